"""The visible AI label drawn into a picture: large, on a plate of its own, in the corner with the least to see.

Readable without any tool (labels-and-ux, 3): capitals of at least 3 % of the long side and 18 pixels, white on nearly
black, which is a contrast of over 17 : 1 (WCAG 2.2, 1.4.6 asks for 7 : 1).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from creditline import lettering, pixels
from creditline.model.errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from creditline.pixels import Written

SHARE, LEAST = 0.03, 18
"""Height of capitals: share of the long side, and pixels."""
PLATE, INK = (20, 20, 20), (255, 255, 255)
CORNERS = ("bottom-right", "bottom-left", "top-right", "top-left")
_QUALITY = 95
_ROOM = 0.6
"""Of a capital's height, between the words and the plate's edge."""
_MARGIN = 0.02
"""Of the short side, between the plate and the picture's edge: a thin crop does not take the label off."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The picture with its label, and where it is: a corner or `band`; `text` is what fitted."""

    data: bytes
    where: str
    text: str
    height: int


def draw(
    data: bytes,
    texts: Sequence[str],
    format: Written,  # noqa: A002
    *,
    band: bool = False,
    corner: str | None = None,
) -> Drawn:
    """`data` with the first of `texts` that fits in its width; `band` puts it below the picture, covering nothing.

    Raises:
        PictureError: it cannot be decoded.
        LimitError: too large to decode, or too small for words that can be read.
    """
    raster = pixels.upright_rgba(data)
    picture = np.frombuffer(raster.rgba, dtype=np.uint8).reshape(raster.height, raster.width, 4)
    height = max(LEAST, math.ceil(SHARE * max(raster.width, raster.height)))
    margin = 0 if band else round(_MARGIN * min(raster.width, raster.height))
    for text in texts:
        plate = _plate(text, height)
        if plate.shape[1] + 2 * margin <= raster.width and (band or plate.shape[0] + 2 * margin <= raster.height):
            break
    else:
        raise LimitError(
            f"a label with letters of {height} pixels does not fit into {raster.width} × {raster.height} pixels",
            next_step="label a larger size of the picture",
        )
    if band:
        made, where = _with_band(picture, plate), "band"
    else:
        where = corner or _quietest(picture, plate, margin)
        made = picture.copy()
        top, left = _place(where, picture, plate, margin)
        made[top : top + plate.shape[0], left : left + plate.shape[1]] = plate
    out = pixels.Raster(made.shape[1], made.shape[0], made.tobytes())
    return Drawn(pixels.encode(out, format, quality=_QUALITY), where, text, height)


def _plate(text: str, height: int) -> NDArray[np.uint8]:
    ink = lettering.mask(text, height).astype(np.float32)[..., None] / 255
    room = round(_ROOM * height)
    plate = np.empty((ink.shape[0] + 2 * room, ink.shape[1] + 2 * room, 4), dtype=np.uint8)
    plate[:] = (*PLATE, 255)
    words = ink * np.array(INK, dtype=np.float32) + (1 - ink) * np.array(PLATE, dtype=np.float32)
    plate[room : room + ink.shape[0], room : room + ink.shape[1], :3] = np.rint(words).astype(np.uint8)
    return plate


def _with_band(picture: NDArray[np.uint8], plate: NDArray[np.uint8]) -> NDArray[np.uint8]:
    band = np.empty((plate.shape[0], picture.shape[1], 4), dtype=np.uint8)
    band[:] = (*PLATE, 255)
    band[:, : plate.shape[1]] = plate
    return np.concatenate([picture, band])


def _place(corner: str, picture: NDArray[np.uint8], plate: NDArray[np.uint8], margin: int) -> tuple[int, int]:
    top = margin if corner.startswith("top") else picture.shape[0] - margin - plate.shape[0]
    left = margin if corner.endswith("left") else picture.shape[1] - margin - plate.shape[1]
    return top, left


def _quietest(picture: NDArray[np.uint8], plate: NDArray[np.uint8], margin: int) -> str:
    """The corner where the plate covers the least detail; of equals the first of `CORNERS`."""

    def detail(corner: str) -> float:
        top, left = _place(corner, picture, plate, margin)
        below = (
            picture[top : top + plate.shape[0], left : left + plate.shape[1], :3].astype(np.float32).mean(axis=2)
        )
        return float(np.abs(np.diff(below, axis=0)).mean() + np.abs(np.diff(below, axis=1)).mean())

    return min(CORNERS, key=detail)
