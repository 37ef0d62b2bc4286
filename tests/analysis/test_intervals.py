"""Wilson's interval against values that others computed."""

from __future__ import annotations

import pytest

from creditline.analysis.intervals import wilson


@pytest.mark.parametrize(
    ("times", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775), (12, 12, 0.7575, 1.0), (81, 263, 0.2553, 0.3662), (1, 29, 0.0061, 0.1718)],
)
def test_known_values(times: int, n: int, low: float, high: float) -> None:
    """81 of 263 and 1 of 29 are Newcombe's examples (Statist. Med. 17 (1998), table I)."""
    assert (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5)) == wilson(times, n)


def test_nothing_seen_says_nothing() -> None:
    """Without a case every share is possible."""
    assert (0.0, 1.0) == wilson(0, 0)
