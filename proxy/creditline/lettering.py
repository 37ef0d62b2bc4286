"""Words as masks, for labels that are drawn into pictures."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from creditline.model.errors import MissingPartError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_LETTERS = 200
_CAPITALS = 0.72
"""Height of a capital letter in the font that Pillow carries, as a share of its size."""


def mask(text: str, height: int) -> NDArray[np.uint8]:
    """`text` in one line with capitals `height` pixels high: 255 where there is ink, cut close to it.

    Characters that the font does not have are left out: its repertoire is Latin.

    Raises:
        MissingPartError: Pillow here was built without FreeType.
    """
    font = _font(round(height / _CAPITALS))
    shown = "".join(char for char in text[:MAX_LETTERS] if char == " " or char in "·’" or "!" <= char <= "ÿ")
    left, top, right, bottom = (round(edge) for edge in font.getbbox(shown or " "))
    image = Image.new("L", (max(1, right - left), max(1, bottom - top)))
    ImageDraw.Draw(image).text((-left, -top), shown, fill=255, font=font)
    return np.asarray(image)


@cache
def _font(size: int) -> Any:
    try:
        return ImageFont.load_default(size)
    except ImportError as error:
        raise MissingPartError("Pillow here has no FreeType, so no label can be drawn") from error
