"""Sites compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.server.sample import fill

from creditline.ledger.store import Ledger
from creditline.model.settings import Settings
from creditline.services.scoreboard import Cell, scoreboard

if TYPE_CHECKING:
    from pathlib import Path


def test_a_site_has_a_cell_for_each_column(tmp_path: Path) -> None:
    """What was lost, what was kept, and what nothing was seen of."""
    with Ledger.open(tmp_path, Settings()) as ledger:
        filled = fill(ledger)
        (score,) = scoreboard(ledger)
        line = score.to_json()

    assert ("creditline/scoreboard/1", filled.site, 1) == (line["schema"], line["site"], line["postings"])
    levels = {name: cell["level"] for name, cell in line["columns"].items()}
    assert ("removed", "kept", "not_measured") == (levels["credit"], levels["licence"], levels["place"])
    assert ("removed", "removed", "removed") == (levels["consent"], levels["ai_label"], levels["c2pa"])
    assert 0.2065 == line["columns"]["credit"]["low"]


def test_levels() -> None:
    """Three levels, and one for nothing."""
    cells = (Cell(3, 0), Cell(3, 1), Cell(3, 3), Cell())

    assert ["kept", "sometimes", "removed", "not_measured"] == [cell.level for cell in cells]
