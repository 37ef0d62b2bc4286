"""`creditline restore`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.cli.sample import credited, home, jpeg, lines, one_line, remember, run, write

from creditline.services.check import inspect

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path, Path]:
    """An original, a copy without anything, and where to write."""
    return write(tmp_path / "o.jpg", credited()), write(tmp_path / "c.jpg", jpeg()), tmp_path / "out.jpg"


def test_from_a_file(pair: tuple[Path, Path, Path]) -> None:
    """Written, told field by field, exit code 0; the inputs are as they were."""
    original, copy, out = pair
    before = [path.read_bytes() for path in (original, copy)]

    result = run("restore", copy, "--from", original, "-o", out)

    assert 0 == result.exit_code
    assert "restore   creator: Ann Example" in result.stdout
    assert ["Ann Example"] == dict(inspect(out).resolved)["creator"]
    assert before == [path.read_bytes() for path in (original, copy)]
    assert "Signed" in result.stdout
    assert "A signing key was made" in result.stderr
    assert "valid" == inspect(out).c2pa.state


def test_without_signing(pair: tuple[Path, Path, Path]) -> None:
    """No key is made for it."""
    original, copy, out = pair

    result = run("restore", copy, "--from", original, "-o", out, "--no-sign")

    assert 0 == result.exit_code
    assert "none" == inspect(out).c2pa.state
    assert not (home() / "signing").exists()


def test_from_the_ledger(pair: tuple[Path, Path, Path]) -> None:
    """The original is found among the known works; of an unknown picture none is, which is exit code 3."""
    original, copy, out = pair
    remember(original)

    result = run("restore", copy, "--from-ledger", "-o", out, "--json")
    none = run("restore", write(copy.with_name("x.jpg"), jpeg(2)), "--from-ledger", "-o", out.with_name("y.jpg"))

    (line,) = lines(result)
    assert (0, "creditline/restoration/1", str(out)) == (result.exit_code, line["schema"], line["output"])
    assert "creator" in line["written"]
    assert 3 == none.exit_code
    assert "no known original" in one_line(none)


def test_a_dry_run(pair: tuple[Path, Path, Path]) -> None:
    """Says what would be, writes nothing, needs no OUT."""
    original, copy, out = pair

    result = run("restore", copy, "--from", original, "--dry-run")
    as_json = run("restore", copy, "--from", original, "--dry-run", "-o", out, "--json")

    assert (0, 0) == (result.exit_code, as_json.exit_code)
    assert "would restore   creator" in result.stdout
    assert not out.exists()
    assert lines(as_json)[0]["plan"]["steps"]


def test_another_picture(pair: tuple[Path, Path, Path]) -> None:
    """Exit code 3, one line of why, no file."""
    original, copy, out = pair

    result = run("restore", write(copy, jpeg(2)), "--from", original, "-o", out)

    assert 3 == result.exit_code
    assert "does not show the original" in one_line(result)
    assert not out.exists()


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (["-o", "{out}"], "--from"),
        (["--from", "{o}", "--from-ledger", "-o", "{out}"], "--from"),
        (["--from", "{o}"], "-o OUT"),
        (["--from", "{o}", "-o", "{c}", "--force"], "is the input"),
        (["--from", "{o}", "-o", "{o}", "--force"], "is the input"),
        (["--from", "{o}", "-o", "{there}"], "there already"),
        (["--from", "{o}", "-o", "{out}", "--include-private", "creator"], "no private field"),
        (["--from", "{o}", "-o", "{nowhere}"], "cannot be written"),
        (["--from", "{missing}", "-o", "{out}"], "no such file"),
    ],
)
def test_what_cannot_be_done(pair: tuple[Path, Path, Path], args: list[str], why: str) -> None:
    """One line, exit code 2, nothing written and nothing left behind."""
    original, copy, out = pair
    there = write(out.with_name("there.jpg"), b"precious")
    names = {"o": original, "c": copy, "out": out, "there": there}
    names |= {"nowhere": out.parent / "no" / "out.jpg", "missing": out.with_name("missing.jpg")}
    before = {path.name: path.read_bytes() for path in out.parent.glob("*.jpg")}

    result = run("restore", copy, *(arg.format(**names) for arg in args))

    assert 2 == result.exit_code
    assert why in result.stderr
    assert before == {path.name: path.read_bytes() for path in out.parent.iterdir() if path.is_file()}


def test_force_writes_over_another_file(pair: tuple[Path, Path, Path]) -> None:
    """But never over an input."""
    original, copy, out = pair
    out.write_bytes(b"old")

    assert 0 == run("restore", copy, "--from", original, "-o", out, "--force").exit_code
    assert ["Ann Example"] == dict(inspect(out).resolved)["creator"]


def test_a_truncated_copy(pair: tuple[Path, Path, Path]) -> None:
    """Cut in its header it is no picture that anything can be written into: exit code 2 or 3, no file."""
    original, copy, out = pair
    copy.write_bytes(jpeg()[:200])

    result = run("restore", copy, "--from", original, "-o", out)

    assert result.exit_code in {2, 3}
    assert not out.exists()


def test_without_the_time_stamp_that_was_asked_for(pair: tuple[Path, Path, Path]) -> None:
    """What was lost is back, unsigned rather than signed without it; it is said, and is exit code 1."""
    original, copy, out = pair

    result = run("restore", copy, "--from", original, "-o", out, "--time-stamp", "http://127.0.0.1:9/")

    assert 1 == result.exit_code
    assert "it is not signed: the time-stamp authority gave no time stamp" in result.stdout
    assert "Signed" not in result.stdout
    assert ["Ann Example"] == dict(inspect(out).resolved)["creator"]
    assert "none" == inspect(out).c2pa.state
