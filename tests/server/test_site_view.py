"""A site over the months, and the scoreboard's cells."""

from __future__ import annotations

import pytest

from creditline.ledger.tallies import Tally
from creditline.server import site_view
from creditline.services.scoreboard import Cell, Score
from creditline.vocab.scoreboard import COLUMNS


def tally(name: str, outcome: str, month: str | None, times: int = 1) -> Tally:
    return Tally("a.example", "group", name, outcome, None, month, None, times)


def test_months_count_what_was_there_and_what_was_lost() -> None:
    """Altered and removed are losses, kept and moved are not, added and unexamined fields count for nothing."""
    names, rows = site_view.months(
        [
            tally("credit", "kept", "2026-07", 2),
            tally("credit", "removed", "2026-08", 3),
            tally("credit", "altered", "2026-08"),
            tally("credit", "moved", "2026-08"),
            tally("credit", "added", "2026-08", 9),
            tally("copyright", "not_examined", "2026-08", 9),
            tally("copyright", "removed", None, 9),
        ]
    )

    assert ("2026-07", "2026-08") == names
    assert (
        site_view.Over("Credit", (site_view.Month("2026-07", 2, 0), site_view.Month("2026-08", 5, 4))),
    ) == rows


def test_only_the_newest_months_are_shown() -> None:
    """A year is shown, oldest first, and a column seen only before it is left out."""
    every = [f"{2025 + number // 12}-{number % 12 + 1:02}" for number in range(site_view.MONTHS_SHOWN + 2)]

    names, rows = site_view.months([*(tally("credit", "kept", m) for m in every), tally("c2pa", "kept", every[0])])

    assert tuple(every[2:]) == names
    assert ["Credit"] == [row.label for row in rows]


@pytest.mark.parametrize(
    ("cell", "word", "look", "place", "count"),
    [
        (Cell(4, 0), "kept", "kept", "removed", "0 of 4"),
        (Cell(4, 1), "sometimes lost", "altered", "altered", "1 of 4"),
        (Cell(4, 4), "removed", "removed", "kept", "4 of 4"),
        (Cell(), "not measured", "none", "none", ""),
    ],
)
def test_a_cell_says_its_level_in_a_word(cell: Cell, word: str, look: str, place: str, count: str) -> None:
    """Removing the place is good and has the good colour; what was not measured has neither count nor interval."""
    score = Score("a.example", 4, 4, "2026-08-21", {column.id: cell for column in COLUMNS})

    (row,) = site_view.scores([score])

    assert [column.label for column in COLUMNS] == [shown.label for shown in row.cells]
    assert {word} == {shown.word for shown in row.cells}
    assert {look} == {shown.look for shown in row.cells[:-1]}
    assert place == row.cells[-1].look
    assert count == row.cells[0].count
    assert bool(cell.n) == bool(row.cells[0].sure)


def test_a_month_has_a_name() -> None:
    """`2026-08` is August; what is no month stands as it is."""
    assert "Aug 2026" == site_view.month_name("2026-08")
    assert "2026" == site_view.month_name("2026")
