"""A site over time, and the scoreboard, as their pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from creditline.server import wording
from creditline.vocab.scoreboard import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from creditline.ledger.tallies import Tally
    from creditline.services.scoreboard import Score

MONTHS_SHOWN = 12
HAD = ("kept", "moved", "altered", "removed")
LOST = ("altered", "removed")
WORDS = {
    "kept": ("kept", "="),
    "sometimes": ("sometimes lost", "≠"),
    "removed": ("removed", "−"),
    "not_measured": ("not measured", "·"),
}
CLASSES = {"kept": "kept", "sometimes": "altered", "removed": "removed", "not_measured": "none"}
GOOD = {"kept": "removed", "sometimes": "altered", "removed": "kept", "not_measured": "none"}
"""Colours of a column whose removal is good."""


@dataclass(frozen=True, slots=True)
class Month:
    """Postings of one month that had a column's fields, and those that lost them."""

    month: str
    n: int
    lost: int


@dataclass(frozen=True, slots=True)
class Over:
    """One column over the months."""

    label: str
    months: tuple[Month, ...]


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell of the scoreboard."""

    label: str
    word: str
    symbol: str
    look: str
    count: str
    sure: str


@dataclass(frozen=True, slots=True)
class ScoreView:
    """One row of the scoreboard."""

    site: str
    postings: int
    own: int
    files: int
    last_seen: str
    cells: tuple[CellView, ...]


def months(found: Iterable[Tally]) -> tuple[tuple[str, ...], tuple[Over, ...]]:
    """The newest months, oldest first, and each column over them; columns of which nothing was seen are left out."""
    counted: dict[tuple[str, str], tuple[int, int]] = {}
    for tally in found:
        if tally.month is not None and tally.outcome in HAD:
            n, lost = counted.get((tally.name, tally.month), (0, 0))
            counted[tally.name, tally.month] = (n + tally.times, lost + tally.times * (tally.outcome in LOST))
    names = tuple(sorted({month for _, month in counted})[-MONTHS_SHOWN:])
    rows = tuple(
        Over(column.label, tuple(Month(month, *counted.get((column.id, month), (0, 0))) for month in names))
        for column in COLUMNS
    )
    return names, tuple(row for row in rows if any(month.n for month in row.months))


def scores(found: Iterable[Score]) -> tuple[ScoreView, ...]:
    """The scoreboard's rows."""
    rows = []
    for score in found:
        cells = []
        for column in COLUMNS:
            cell = score.columns[column.id]
            word, symbol = WORDS[cell.level]
            low, high = cell.interval
            looks = GOOD if column.good_if_removed else CLASSES
            cells.append(
                CellView(
                    column.label,
                    word,
                    symbol,
                    looks[cell.level],
                    f"{cell.lost} of {cell.n}" if cell.n else "",
                    f"{low:.0%} to {high:.0%}" if cell.n else "",
                )
            )
        rows.append(ScoreView(score.site, score.postings, score.own, score.files, score.last_seen, tuple(cells)))
    return tuple(rows)


def month_name(month: str) -> str:
    """`2026-08` as `Aug 2026`."""
    return wording.moment(f"{month}-01T00:00:00Z")[2:10] if len(month) == 7 else month
