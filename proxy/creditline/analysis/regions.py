"""How much of a picture declared regions cover together: their union, clipped to the picture, as a fraction.

Drawn on a grid of squares, so a share is right to about a thousandth; pixels of the picture are never looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from creditline.model.reading import Region

GRID = 1024
"""Squares along the longer side."""
MAX_CROSSINGS = 4_000_000
"""Edges of polygons times rows of the grid, together; an outline of 2,000 corners takes half of it."""


def share(regions: Sequence[Region], size: tuple[int, int] | None) -> float | None:
    """The fraction of the picture inside at least one region, 0–1; None when it cannot be told.

    `size` is width and height as shown, after orientation: that is what regions count in. Without it percentages
    can still be told, on a square.

    None also for polygons of more corners than are drawn (`MAX_CROSSINGS`).
    """
    if size is None and any(region.unit == "pixel" for region in regions):
        return None
    import numpy as np

    width, height = size if size is not None else (1, 1)
    if width < 1 or height < 1:
        return None
    columns = max(1, round(GRID * min(1.0, width / height)))
    rows = max(1, round(GRID * min(1.0, height / width)))
    if sum(len(region.vertices) for region in regions) * rows > MAX_CROSSINGS:
        return None
    # Middles of the grid's squares, in percent of the picture.
    x = (np.arange(columns) + 0.5) * (100 / columns)
    y = (np.arange(rows) + 0.5) * (100 / rows)
    covered = np.zeros((rows, columns), dtype=bool)
    for region in regions:
        scale = (100 / width, 100 / height) if region.unit == "pixel" else (1.0, 1.0)
        covered |= _inside(region, x, y, scale, (width, height)) == region.inside
    return round(float(covered.mean()), 4)


def _inside(
    region: Region,
    x: np.ndarray,
    y: np.ndarray,
    scale: tuple[float, float],
    size: tuple[int, int],
) -> np.ndarray:
    import numpy as np

    left, top = region.x * scale[0], region.y * scale[1]
    if region.shape == "rectangle":
        across = (x >= left) & (x < left + region.width * scale[0])
        down = (y >= top) & (y < top + region.height * scale[1])
        return down[:, None] & across[None, :]
    if region.shape == "circle":
        # Round on the picture, whose percents are not square: its diameter counts along the width.
        radius = region.width * scale[0] / 2
        aspect = size[1] / size[0]
        return (x[None, :] - left) ** 2 + ((y[:, None] - top) * aspect) ** 2 <= radius**2
    inside = np.zeros((len(y), len(x)), dtype=bool)
    corners = [(px * scale[0], py * scale[1]) for px, py in region.vertices]
    for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if y1 == y2:
            continue
        # Even-odd rule: each edge turns over what lies to the right of it, in the rows that it spans.
        rows = np.flatnonzero((y >= min(y1, y2)) & (y < max(y1, y2)))
        crossing = x1 + (y[rows] - y1) * (x2 - x1) / (y2 - y1)
        inside[rows] ^= x[None, :] >= crossing[:, None]
    return inside
