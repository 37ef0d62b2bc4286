"""Numbers and days as every format writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from creditline.report import statutory
from creditline.vocab.cmi_1202 import BY_NUMBER

if TYPE_CHECKING:
    from creditline.analysis.intervals import Interval

LAW = statutory
"""The page on the law, for templates."""


def percent(share: float) -> str:
    """A share as a whole percentage; what is neither none nor all is never rounded to it."""
    if 0 < share < 0.01:
        return "<1 %"
    if 0.99 < share < 1:
        return ">99 %"
    return f"{share:.0%}".replace("%", " %")


def certain(interval: Interval) -> str:
    """An interval: `21–64 %`."""
    return f"{interval.low * 100:.0f}–{interval.high * 100:.0f} %"


def day(at: str) -> str:
    """An ISO 8601 time as `24 November 2026`; what is none is left as it stands."""
    try:
        when = datetime.fromisoformat(at).astimezone(UTC)
    except (ValueError, OverflowError):
        return at
    return f"{when.day} {when:%B %Y}"


def category(number: int | None) -> str:
    """The paragraph of § 1202(c), or nothing."""
    if number is None or number not in BY_NUMBER:
        return ""
    return f"§ 1202(c)({number}) {BY_NUMBER[number].name}"


def dollars(amount: int) -> str:
    """US dollars: `$2,500`."""
    return f"${amount:,}"
