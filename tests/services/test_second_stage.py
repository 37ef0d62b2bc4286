"""Aligning as a job: here, or in a worker; what fails finds nothing and says so in the log."""

from __future__ import annotations

import json
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import pytest
from tests.fingerprints.scenes import saved, scene

from creditline.fingerprints import geometry
from creditline.ledger.blobs import Blobs
from creditline.ledger.store import PICTURES
from creditline.services import worker
from creditline.services.second_stage import Here, Sent
from creditline.services.workers import Workers

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("cv2", reason="the extra `geometry` is not installed: uv sync --extra geometry")

ORIGINAL = saved(scene(1), quality=90)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A crop beside a data folder that keeps its original."""
    path = tmp_path / "copy"
    path.write_bytes(saved(scene(1).crop((300, 90, 620, 330)), quality=80))
    return path


@pytest.fixture
def original(tmp_path: Path) -> str:
    """The original's SHA-256."""
    return Blobs(tmp_path / PICTURES).put(ORIGINAL)


def test_here_and_in_a_worker_alike(tmp_path: Path, copy: Path, original: str) -> None:
    """A likely original and one among many are placed the same way in a real worker process."""
    workers = Workers(tmp_path, 1, 60.0)
    try:
        sent = Sent(workers.submit)
        for likely, among in (([(original, False)], []), ([], [original])):
            (one,), (other,) = (stage.place(copy, likely, among) for stage in (Here(tmp_path), sent))
            assert one == other
            assert original == one[0]
    finally:
        workers.close()


def test_the_job_answers_in_json(tmp_path: Path, copy: Path, original: str) -> None:
    """The worker takes it as a line and answers with one."""
    job = {"job": "place", "path": str(copy), "likely": [[original, False]], "among": []}

    answer = json.loads(json.dumps(worker.answer(job, tmp_path)))

    assert original == answer["placed"][0][0]
    assert [300, 90] == pytest.approx(answer["placed"][0][1]["box"][:2], abs=4)


def test_what_fails_finds_nothing(tmp_path: Path, original: str, caplog: pytest.LogCaptureFixture) -> None:
    """A copy that cannot be decoded, and a worker that is lost, are logged; no exception comes out."""
    broken = tmp_path / "broken"
    broken.write_bytes(b"broken")
    failed: Future[dict[str, Any]] = Future()
    failed.set_exception(RuntimeError("gone"))
    said: Future[dict[str, Any]] = Future()
    said.set_result({"error": {"code": "picture", "message": "broken too"}})

    assert [] == Here(tmp_path).place(broken, [(original, False)], [])
    assert [] == Sent(lambda _: failed).place(broken, [(original, False)], [])
    assert [] == Sent(lambda _: said).place(broken, [(original, False)], [])
    assert 3 == len(caplog.records)


def test_without_opencv_nobody_is_asked(
    tmp_path: Path, copy: Path, original: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The extra is not there: nothing is found, quietly."""
    monkeypatch.setattr(geometry, "available", lambda: False)

    assert [] == Here(tmp_path).place(copy, [(original, False)], [])
    assert [] == Sent(lambda _: pytest.fail("asked")).place(copy, [(original, False)], [])
    assert [] == caplog.records
