"""What lies around a picture: bars and frames of one colour, or the page that it is shown on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

EVEN = 10
"""Luma levels: lines whose values stay this near to the corner's are border. JPEG leaves fewer beside an edge."""

MOST_BLOCKS = 2
"""Pictures on a page that are looked at by themselves; each costs as much as the page does."""
LEAST_EDGE = 48
"""Pixels: a smaller part of a page is an icon or a line of text."""

_CUTS = 6  # rounds: page, column, card, picture inside its outline
_PARTS = 32  # cut on in a round; a page of a hundred thumbnails shows none of them well enough
_LEAST_AREA = 0.02  # of the page
_NEARLY_ALL = 0.9

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


def blocks(luma: NDArray[Any]) -> list[tuple[int, int, int, int]]:
    """Pictures on a page, largest first: top, left, rows and columns of at most `MOST_BLOCKS` parts.

    The page is cut wherever a line of one shade goes all across it, then each part again (Nagy's X-Y cut, 1984). What
    is nearly the page, or too small to show anything, is left out.
    """
    area = luma.size
    found = []
    parts = [(0, 0, *luma.shape)]
    for _ in range(_CUTS):
        smaller = []
        for part in parts:
            cut = _cut(luma, part)
            if cut == [part]:
                found.append(part)
            smaller += [one for one in cut if one != part]
        parts = sorted(smaller, key=_size)[:_PARTS]
        if not parts:
            break
    pictures = [part for part in [*found, *parts] if part[2] * part[3] < _NEARLY_ALL * area]
    return sorted(pictures, key=_size)[:MOST_BLOCKS]


def _size(part: tuple[int, int, int, int]) -> int:
    return -part[2] * part[3]


def _cut(luma: NDArray[Any], part: tuple[int, int, int, int]) -> list[tuple[int, int, int, int]]:
    """The part's own parts, or the part itself where no line goes across it; only those large enough."""
    top, left, rows, columns = part
    seen = luma[top : top + rows, left : left + columns]
    pieces = []
    for above, height in _runs(seen):
        for before, width in _runs(seen[above : above + height].T):
            if min(height, width) >= LEAST_EDGE and height * width >= _LEAST_AREA * luma.size:
                pieces.append((top + above, left + before, height, width))
    return pieces


def _runs(luma: NDArray[Any]) -> list[tuple[int, int]]:
    """Start and length of each run of lines between lines of one shade."""
    busy = luma.max(axis=1) - luma.min(axis=1) > EVEN
    edges = np.flatnonzero(np.diff(np.concatenate([[False], busy, [False]]).astype(np.int8)))
    return [(int(start), int(end - start)) for start, end in zip(edges[::2], edges[1::2], strict=True)]
