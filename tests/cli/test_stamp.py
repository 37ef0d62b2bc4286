"""`creditline stamp`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.cli.sample import credited, home, jpeg, run, write

from creditline.services.check import inspect

if TYPE_CHECKING:
    from pathlib import Path


def test_from_a_profile_and_from_options(tmp_path: Path) -> None:
    """Options beat the profile."""
    write(home() / "config.toml", b'[profile.default]\ncreator = "Ann"\nai_training = "prohibited"\n')
    source, out = write(tmp_path / "a.jpg", jpeg()), tmp_path / "out.jpg"

    result = run("stamp", source, "-o", out, "--creator", "Bob", "--copyright", "© Bob")

    found = inspect(out)
    assert 0 == result.exit_code
    assert f"{out}: creator" in result.stdout
    assert (["Bob"], "prohibited") == (dict(found.resolved)["creator"], found.consent.ai_training)


def test_one_conflict_does_not_stop_the_rest(tmp_path: Path) -> None:
    """Exit code 2, the option named, the other file written."""
    write(tmp_path / "in" / "a.jpg", credited())
    write(tmp_path / "in" / "b.jpg", jpeg())

    result = run("stamp", tmp_path / "in", "-o", tmp_path / "out", "--creator", "Bob")

    assert 2 == result.exit_code
    assert "--replace creator" in result.stderr
    assert ["b.jpg"] == [path.name for path in (tmp_path / "out").iterdir()]
    assert (
        0
        == run(
            "stamp", tmp_path / "in" / "a.jpg", "-o", tmp_path / "c.jpg", "--creator", "B", "--replace", "creator"
        ).exit_code
    )


def test_signed(tmp_path: Path) -> None:
    """By the key of the data folder."""
    source, out = write(tmp_path / "a.jpg", jpeg()), tmp_path / "out.jpg"

    assert 0 == run("stamp", source, "-o", out, "--creator", "Ann", "--sign").exit_code
    assert "valid" == inspect(out).c2pa.state


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ([], "nothing to write"),
        (["--creator", "Ann", "--replace", "nonsense"], "no field"),
        (["--profile", "none"], "no profile"),
        (["--ai-training", "maybe"], "ai_training takes"),
    ],
)
def test_what_cannot_be_done(tmp_path: Path, args: list[str], why: str) -> None:
    """One line, exit code 2, nothing written."""
    result = run("stamp", write(tmp_path / "a.jpg", jpeg()), "-o", tmp_path / "out.jpg", *args)

    assert 2 == result.exit_code
    assert why in result.stderr
    assert not (tmp_path / "out.jpg").exists()
