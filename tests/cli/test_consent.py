"""`creditline consent`: shows, sets, and prints what a site of one's own can say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.cli.sample import run

from creditline import inspect
from creditline.demo.pictures import samples
from creditline.pixels import canonical_hash, recode

if TYPE_CHECKING:
    from pathlib import Path

SILENT = recode(samples()[0].data, "jpeg", edge=256)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "a.jpg"
    path.write_bytes(SILENT)
    return path


def test_silence_is_no_consent(picture: Path) -> None:
    """A file that says nothing is said to say nothing."""
    result = run("consent", picture)

    assert 0 == result.exit_code
    assert "no consent" in result.stdout


@pytest.mark.parametrize("word", ["prohibited", "allowed", "constrained: only with a licence for AI training"])
def test_set_writes_another_file(picture: Path, tmp_path: Path, word: str) -> None:
    """What was set is what a reader finds; the input and the pixels are as they were."""
    out = tmp_path / "out.jpg"

    result = run("consent", picture, "set", word, "-o", out, "--json")

    assert 0 == result.exit_code, result.output
    said = json.loads(result.stdout)
    expected = word.partition(":")[0]
    assert ("creditline/consent/1", expected) == (said["schema"], said["consent"]["ai_training"])
    assert expected == inspect(out).consent.ai_training
    assert SILENT == picture.read_bytes()
    assert canonical_hash(SILENT) == canonical_hash(out.read_bytes())


def test_what_was_said_before_is_replaced(picture: Path, tmp_path: Path) -> None:
    """The user changes their mind; the file then says the new thing only."""
    run("consent", picture, "set", "prohibited", "-o", tmp_path / "no.jpg")

    run("consent", tmp_path / "no.jpg", "set", "allowed", "-o", tmp_path / "yes.jpg")

    assert "allowed" == inspect(tmp_path / "yes.jpg").consent.ai_training


def test_it_can_end(picture: Path, tmp_path: Path) -> None:
    """A day after which it no longer holds is written, too."""
    run("consent", picture, "set", "prohibited", "--until", "2030-12-31", "-o", tmp_path / "no.jpg")

    found = inspect(tmp_path / "no.jpg").consent
    assert ("prohibited", "2030-12-31") == (found.ai_training, found.until)


def test_a_stricter_statement_that_stays_is_said(picture: Path, tmp_path: Path) -> None:
    """Conditions that the file states elsewhere outlive `allowed`; exit code 1 tells."""
    run("consent", picture, "set", "constrained: ask before AI training", "-o", tmp_path / "ask.jpg")

    result = run("consent", tmp_path / "ask.jpg", "set", "allowed", "-o", tmp_path / "yes.jpg")

    assert 1 == result.exit_code
    assert "constrained" in result.stderr


def test_what_is_not_understood_is_refused(picture: Path, tmp_path: Path) -> None:
    """No output, an unknown word, an output without set, the input as output: exit code 2 and nothing written."""
    for asked in (
        (picture, "set", "prohibited"),
        (picture, "set", "maybe", "-o", tmp_path / "x.jpg"),
        (picture, "get", "prohibited", "-o", tmp_path / "x.jpg"),
        (picture, "-o", tmp_path / "x.jpg"),
        (picture, "set", "allowed", "-o", picture, "--force"),
        (picture, "--site"),
        (),
    ):
        assert 2 == run("consent", *asked).exit_code
    assert ["a.jpg"] == [path.name for path in tmp_path.iterdir() if path.is_file()]


def test_a_site_says_it_in_every_convention(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TDMRep, robots.txt, meta tags and headers follow the profile, and without one they prohibit."""
    monkeypatch.setenv("CREDITLINE_HOME", str(tmp_path))

    silent = {
        one["path"]: one["content"] for one in json.loads(run("consent", "--site", "--json").stdout)["files"]
    }
    profile = '[profile.default]\nai_training = "constrained: ask"\nweb_statement = "https://a.example/terms"\n'
    (tmp_path / "config.toml").write_text(profile, encoding="utf-8")
    said = {one["path"]: one["content"] for one in json.loads(run("consent", "--site", "--json").stdout)["files"]}

    name = "/.well-known/tdmrep.json"
    assert [{"location": "/", "tdm-reservation": 1}] == json.loads(silent[name])
    assert [{"location": "/", "tdm-reservation": 1, "tdm-policy": "https://a.example/terms"}] == json.loads(
        said[name]
    )
    assert any("noai" in content for content in silent.values())
    assert not any("noai" in content for content in said.values())
    assert "Disallow: /" in silent["/robots.txt (add these lines)"]
