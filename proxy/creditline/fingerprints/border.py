"""The plain border around a picture: bars and frames of one colour that a site or an editor put there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

EVEN = 10
"""Luma levels: lines whose values stay this near to the corner's are border. JPEG leaves fewer beside an edge."""

# A frame that leaves less of a side than this shows no picture but a page with a thumbnail on it.
_LEAST_SIDE = 0.2
# Fewer lines than this fraction of a side are an edge of the picture itself, or rounding.
_LEAST_BORDER = 0.01


def trimmed(luma: NDArray[Any]) -> NDArray[Any] | None:
    """The part inside a border of one shade on any side; None where there is no border or nothing would be left.

    `luma` is rows × columns, 0–255. All sides are taken to have the shade of their own outermost line.
    """
    rows, columns = luma.shape
    top, bottom = _reach(luma), _reach(luma[::-1])
    left, right = _reach(luma.T), _reach(luma.T[::-1])
    if top + bottom + left + right < max(2, _LEAST_BORDER * (rows + columns)):
        return None
    if rows - top - bottom < max(1, _LEAST_SIDE * rows) or columns - left - right < max(1, _LEAST_SIDE * columns):
        return None
    # One line more at each trimmed side: the last one of a border is mixed with the picture by shrinking.
    top, bottom, left, right = (n + 1 if n else 0 for n in (top, bottom, left, right))
    inside = luma[top : rows - bottom, left : columns - right]
    return inside if inside.size else None


def _reach(luma: NDArray[Any]) -> int:
    """How many lines from the first on have the first line's shade, each in all its length."""
    shade = float(np.median(luma[0]))
    off = np.abs(luma - shade).max(axis=1) > EVEN
    return int(off.argmax()) if off.any() else len(luma)
