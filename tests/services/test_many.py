"""Many files, read on every core."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest
from tests.cli.sample import credited, jpeg, write

from creditline.services import many


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Thirty pictures in three folders, more than are read in one process."""
    for number in range(30):
        write(tmp_path / f"in/{number % 3}/{number:02}.jpg", credited() if number % 2 else jpeg())
    return tmp_path / "in"


def test_order_and_lines_are_those_of_one_process(folder: Path, tmp_path: Path) -> None:
    """Workers give what reading one after the other gives, in the same order."""
    paths = list(many.files_in(str(folder)))

    spread = list(many.read_all(paths, pixels=True, home=tmp_path))

    assert paths == [outcome.path for outcome in spread]
    assert [many.read_one(path, pixels=True) for path in paths] == spread


def test_an_unreadable_file_is_its_own_outcome(folder: Path, tmp_path: Path) -> None:
    """A missing and an empty file cost nobody else the reading."""
    (folder / "1" / "00-empty.jpg").write_bytes(b"")
    paths = [*many.files_in(str(folder)), str(folder / "gone.jpg")]

    outcomes = {outcome.path: outcome for outcome in many.read_all(paths, pixels=False, home=tmp_path)}

    errors = {path: outcome.error.code for path, outcome in outcomes.items() if outcome.error is not None}
    assert {str(folder / "gone.jpg"): "no_such_file", str(folder / "1/00-empty.jpg"): "empty_file"} == errors
    assert outcomes[str(folder / "gone.jpg")].line is None
    assert "unknown" == outcomes[str(folder / "1/00-empty.jpg")].inspection.format


def test_few_files_start_no_process(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A handful is read before a worker would have started."""
    monkeypatch.setattr(many, "_spread", lambda *_: pytest.fail("workers were started"))
    paths = list(many.files_in(str(folder)))[: many.FEW]

    assert many.FEW == len(list(many.read_all(paths, pixels=False, home=tmp_path)))


@pytest.mark.skipif(sys.platform != "linux", reason="finds the workers through /proc")
def test_a_worker_that_dies_costs_no_file(folder: Path, tmp_path: Path) -> None:
    """When the process that reads is killed, its files are read again and all have a line."""
    paths = [path for _ in range(4) for path in many.files_in(str(folder))]

    outcomes = []
    for outcome in many.read_all(paths, pixels=False, home=tmp_path, workers=1):
        if not outcomes:
            _kill_workers()
        outcomes.append(outcome)

    assert paths == [outcome.path for outcome in outcomes]
    assert all(outcome.line is not None and outcome.error is None for outcome in outcomes)


def test_a_file_whose_reader_is_lost_still_has_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes longer than the deadline is `worker_lost`: hash and size are known, nothing is called absent."""
    monkeypatch.setattr(many, "DEADLINE", 0.0)
    paths = [str(write(tmp_path / f"{number}.jpg", jpeg())) for number in range(many.FEW + 1)]

    outcomes = list(many.read_all(paths, pixels=False, home=tmp_path, workers=1))

    lines = [json.loads(outcome.line or "") for outcome in outcomes]
    assert ["worker_lost"] * len(paths) == [outcome.error.code for outcome in outcomes if outcome.error]
    assert {("unknown", "not_examined", len(jpeg()))} == {
        (line["format"], line["c2pa"]["state"], line["bytes"]) for line in lines
    }
    assert [many.read_one(path, pixels=False).inspection.sha256 for path in paths] == [
        line["sha256"] for line in lines
    ]


def _kill_workers() -> None:
    """Ends the workers of this process, and none of its other children."""
    lists = [path.read_text(encoding="ascii") for path in Path("/proc/self/task").glob("*/children")]
    children = [int(child) for text in lists for child in text.split()]
    workers = [child for child in children if b"creditline.services.worker" in _command(child)]
    assert workers
    for worker in workers:
        os.kill(worker, signal.SIGKILL)


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""
