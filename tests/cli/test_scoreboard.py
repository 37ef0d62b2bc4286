"""`creditline scoreboard`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.cli.sample import run
from tests.server.sample import fill
from tests.services.test_measurements import posted

from creditline.ledger.store import Ledger
from creditline.model.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def test_an_empty_ledger_says_what_to_do() -> None:
    """Exit code 0, nothing on the lines for programs."""
    assert "creditline probe" in run("scoreboard").stdout
    assert "" == run("scoreboard", "--json").stdout


def test_a_line_for_each_site(tmp_path: Path) -> None:
    """For programs one object a site, for people a table."""
    with Ledger.open(tmp_path / "home", Settings()) as ledger:
        fill(ledger)
    (line,) = map(json.loads, run("scoreboard", "--json").stdout.splitlines())

    assert ("imageboard.example", 1, 1) == (
        line["site"],
        line["columns"]["credit"]["n"],
        line["columns"]["c2pa"]["lost"],
    )
    shown = run("scoreboard").stdout
    assert "imageboard" in shown
    assert "not measured" in shown


def test_export_and_import(tmp_path: Path) -> None:
    """One data folder's file is another's measurement; what is there is not overwritten."""
    out = tmp_path / "m.json"
    with Ledger.open(tmp_path / "home", Settings()) as ledger:
        posted(ledger, 5, "flickr", lost=5)

    assert 0 == run("scoreboard", "--export", str(out)).exit_code
    assert 2 == run("scoreboard", "--export", str(out)).exit_code
    assert 2 == run("scoreboard", "--import", str(out)).exit_code
    taken = run("--home", str(tmp_path / "other"), "scoreboard", "--import", str(out), "--json")
    line = json.loads(taken.stdout)
    assert ("flickr", 0, 1, "removed") == (
        line["site"],
        line["own_postings"],
        line["measurement_files"],
        line["columns"]["credit"]["level"],
    )
