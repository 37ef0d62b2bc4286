"""`creditline purge`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.sample import credited, jpeg, lines, one_line, remember, run, write

if TYPE_CHECKING:
    from pathlib import Path


def test_dry_run_keeps_everything(tmp_path: Path) -> None:
    """It says what would go, and all is still there."""
    seen = remember(write(tmp_path / "a.jpg", credited()))

    result = run("purge", "--work", str(seen.work), "--dry-run")

    assert 0 == result.exit_code
    assert "Would forget" in result.stdout
    assert "1 pictures" in result.stdout
    assert "a.jpg" == lines(run("log", "--json"))[0]["filename"]


def test_purge_forgets_and_the_observation_stays(tmp_path: Path) -> None:
    """File name, bytes and reading go; the observation stays in the chain; copies of it are not recognised."""
    seen = remember(write(tmp_path / "a.jpg", credited()))
    copy = write(tmp_path / "copy.jpg", jpeg(1, (160, 120)))

    result = run("purge", "--work", str(seen.work))

    (line,) = lines(run("log", "--json"))
    assert 0 == result.exit_code
    assert "Forgot" in result.stdout
    assert (seen.id, None) == (line["id"], line["filename"])
    assert 0 == run("log", "--verify").exit_code
    assert 3 == run("find", copy).exit_code


def test_something_must_be_named() -> None:
    """Without a condition nothing is forgotten."""
    result = run("purge", "--dry-run")

    assert 2 == result.exit_code
    assert "--work" in one_line(result)


def test_an_unknown_work_and_a_time_that_is_none() -> None:
    """Both are named."""
    for args, said in ((("--work", "nope"), "nope"), (("--before", "yesterday"), "ISO 8601")):
        result = run("purge", *args)
        assert 2 == result.exit_code
        assert said in one_line(result)
