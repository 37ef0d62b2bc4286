"""Numbers and days in words."""

from __future__ import annotations

from creditline.analysis.intervals import Interval
from creditline.report import words


def test_shares_are_never_rounded_to_none_or_all() -> None:
    """0 and 100 % are said only of none and all."""
    assert ["0 %", "<1 %", "50 %", ">99 %", "100 %"] == [words.percent(x) for x in (0, 0.001, 0.5, 0.999, 1)]
    assert "21–94 %" == words.certain(Interval(0.2077, 0.9385))


def test_days_categories_and_dollars() -> None:
    """As people write them; what is no time stays as it is."""
    assert ("24 November 2026", "soon") == (words.day("2026-11-24T23:00:00Z"), words.day("soon"))
    assert ("§ 1202(c)(2) author", "") == (words.category(2), words.category(None))
    assert "$25,000" == words.dollars(25_000)
