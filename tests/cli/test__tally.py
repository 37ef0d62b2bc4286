"""Long runs of `inspect`: output that can be gone on with, and the list of failures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.cli.sample import credited, jpeg, one_line, run, write

from creditline.cli import _tally

if TYPE_CHECKING:
    from pathlib import Path


def test_a_run_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    """Whole lines stay, half a line is written anew, and the end is that of a run without a break."""
    for number in range(6):
        write(tmp_path / f"in/{number}.jpg", credited())
    out = tmp_path / "out.jsonl"
    assert 0 == run("inspect", "-r", tmp_path / "in", "--json", "-o", out).exit_code
    whole = out.read_bytes()
    out.write_bytes(whole[: len(whole) * 3 // 5])

    result = run("inspect", "-r", tmp_path / "in", "--json", "-o", out, "--resume")

    assert 0 == result.exit_code
    assert whole == out.read_bytes()
    assert "3 files, 0 without a reading" in result.stderr
    assert "3 were there before" in result.stderr


def test_what_is_finished_is_read_no_more(tmp_path: Path) -> None:
    """Going on with a finished file changes nothing and is no failure."""
    write(tmp_path / "in/a.jpg", jpeg())
    out = tmp_path / "out.jsonl"
    run("inspect", "-r", tmp_path / "in", "--json", "-o", out)
    before = out.read_bytes()

    result = run("inspect", "-r", tmp_path / "in", "--json", "-o", out, "--resume")

    assert (0, before) == (result.exit_code, out.read_bytes())


@pytest.mark.parametrize("diary", [b"Dear diary\nhalf a line", b"no line at all"])
def test_a_foreign_file_is_left_alone(tmp_path: Path, diary: bytes) -> None:
    """--resume never cuts or adds to a file that inspect did not write."""
    write(tmp_path / "in/a.jpg", jpeg())
    out = write(tmp_path / "diary.txt", diary)

    result = run("inspect", "-r", tmp_path / "in", "--json", "-o", out, "--resume")

    assert 2 == result.exit_code
    assert "diary.txt" in one_line(result)
    assert diary == out.read_bytes()


@pytest.mark.parametrize("more", [[], ["--csv", "-o", "x"], ["--json"]])
def test_resume_needs_lines_in_a_file(tmp_path: Path, more: list[str]) -> None:
    """Only JSON lines in a file say what is finished."""
    path = write(tmp_path / "a.jpg", jpeg())

    assert 2 == run("inspect", path, "--resume", *more).exit_code


def test_failures_are_listed(tmp_path: Path) -> None:
    """The list has the files without a reading, one a line with the reason, and no other."""
    good = write(tmp_path / "in/a.jpg", jpeg())
    write(tmp_path / "in/b.jpg", b"no picture at all")
    write(tmp_path / "in/c.jpg", b"")
    failures = tmp_path / "failures.txt"

    result = run("inspect", "-r", tmp_path / "in", "--json", "--failures", failures)

    listed = [line.split("\t") for line in failures.read_text(encoding="utf-8").splitlines()]
    assert [str(tmp_path / "in/b.jpg"), str(tmp_path / "in/c.jpg")] == [path for path, _ in listed]
    assert ["not_a_picture", "empty_file"] == [why.partition(":")[0] for _, why in listed]
    assert str(good) in [json.loads(line)["path"] for line in result.stdout.splitlines()]


def test_a_long_run_says_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress and the end go to standard error; standard output holds only lines."""
    monkeypatch.setattr(_tally, "LONG", 3)
    monkeypatch.setattr(_tally, "SELDOM", 0.0)
    for number in range(5):
        write(tmp_path / f"in/{number}.jpg", jpeg())

    result = run("inspect", "-r", tmp_path / "in", "--json")

    assert ["3 files", "4 files", "5 files", "5 files"] == [
        line.partition(",")[0] for line in result.stderr.splitlines()
    ]
    assert 5 == len([json.loads(line) for line in result.stdout.splitlines()])


def test_output_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder that is not there is one clear line, before anything is read."""
    path = write(tmp_path / "a.jpg", jpeg())

    result = run("inspect", path, "--json", "-o", tmp_path / "none" / "out.jsonl")

    assert 2 == result.exit_code
    assert "out.jsonl" in one_line(result)
