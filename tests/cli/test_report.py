"""`creditline report`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.cli.sample import run
from tests.server.sample import fill

from creditline.ledger.store import Ledger
from creditline.model.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with Ledger.open(tmp_path / "home", Settings()) as ledger:
        fill(ledger)
    return tmp_path / "home"


def test_it_writes_a_file_once(home: Path, tmp_path: Path) -> None:
    """The ending gives the format; a file that is there is left alone without --force."""
    out = tmp_path / "r.json"

    assert 0 == run("report", "-o", str(out)).exit_code
    assert "creditline/report/1" == json.loads(out.read_bytes())["schema"]
    refused = run("report", "-o", str(out))
    assert (2, True) == (refused.exit_code, "--force" in refused.stderr)
    assert 0 == run("report", "-o", str(out), "--force", "--format", "csv").exit_code
    assert out.read_bytes().startswith(b'"site"')
    assert ["home", "r.json"] == sorted(path.name for path in tmp_path.iterdir())


def test_a_letter_needs_a_site(home: Path, tmp_path: Path) -> None:
    """What cannot be done is one line and exit code 2, and leaves no file."""
    out = tmp_path / "letter.txt"

    assert 2 == run("report", "--format", "letter", "-o", str(out)).exit_code
    assert 2 == run("report", "--site", "nowhere", "-o", str(out)).exit_code
    assert not out.exists()
    assert 0 == run("report", "--site", "imageboard.example", "--format", "letter", "-o", str(out)).exit_code
    assert "REQUEST" in out.read_text()
