"""How far a share seen in few cases may be from the share in all: Wilson's score interval."""

from __future__ import annotations

import math
from typing import NamedTuple

Z_95 = 1.959963984540054
"""The normal quantile for a confidence of 95 %."""


class Interval(NamedTuple):
    """A share's lower and upper bound, 0 to 1, at 95 % confidence."""

    low: float
    high: float


def wilson(times: int, n: int) -> Interval:
    """The interval of `times` out of `n`; 0 to 1 when nothing was seen (E. B. Wilson, JASA 22 (1927), 209)."""
    if n <= 0:
        return Interval(0.0, 1.0)
    share, square = times / n, Z_95 * Z_95
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = Z_95 / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    low = 0.0 if times <= 0 else max(0.0, middle - half)
    high = 1.0 if times >= n else min(1.0, middle + half)
    return Interval(low, high)
