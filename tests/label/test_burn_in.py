"""The label's letters: large enough, in contrast, where there is least to see."""

from __future__ import annotations

import numpy as np
import pytest

from creditline.label.burn_in import CORNERS, INK, LEAST, PLATE, draw
from creditline.model.errors import LimitError
from creditline.pixels import Raster, encode, upright_rgba


def _picture(width: int, height: int, busy: str = "") -> bytes:
    """Grey, with noise everywhere but in the corner `busy` leaves quiet."""
    pixels = np.full((height, width, 4), 128, dtype=np.uint8)
    if busy:
        pixels[..., :3] = np.random.default_rng(1).integers(0, 255, (height, width, 3), dtype=np.uint8)
        rows = slice(0, height // 2) if busy.startswith("top") else slice(height // 2, height)
        columns = slice(0, width // 2) if busy.endswith("left") else slice(width // 2, width)
        pixels[rows, columns, :3] = 128
    pixels[..., 3] = 255
    return encode(Raster(width, height, pixels.tobytes()), "png")


def test_the_quietest_corner_is_taken() -> None:
    """Each in turn, and the one that is named where one is."""
    for quiet in CORNERS:
        assert quiet == draw(_picture(800, 600, quiet), ["AI-edited"], "png").where
    assert "top-left" == draw(_picture(800, 600, "top-right"), ["AI-edited"], "png", corner="top-left").where


@pytest.mark.parametrize(("size", "expected"), [((400, 300), LEAST), ((3000, 2000), 90)])
def test_letters_are_large(size: tuple[int, int], expected: int) -> None:
    """Capitals of 3 % of the long side, 18 pixels at least, measured in what was drawn."""
    drawn = draw(_picture(*size), ["IIII"], "png", corner="top-left")

    raster = upright_rgba(drawn.data)
    rows = np.frombuffer(raster.rgba, dtype=np.uint8).reshape(raster.height, raster.width, 4)
    inked = np.nonzero((rows[..., :3].min(axis=2) > 200).any(axis=1))[0]
    assert expected == drawn.height
    assert abs((inked.max() - inked.min() + 1) - expected) <= max(2, 0.06 * expected)


def test_the_contrast_is_enough() -> None:
    """At least 7 : 1 (WCAG 2.2), by the colours' relative luminance."""

    def luminance(colour: tuple[int, int, int]) -> float:
        linear = [((c / 255 + 0.055) / 1.055) ** 2.4 if c > 10 else c / 255 / 12.92 for c in colour]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    assert (luminance(INK) + 0.05) / (luminance(PLATE) + 0.05) >= 7


def test_the_longest_text_that_fits_is_drawn() -> None:
    """Model names go first; a picture too small for the bare word is refused."""
    texts = ["AI-generated · SDXL 1.0 base", "AI-generated"]

    assert texts[1] == draw(_picture(300, 300), texts, "png").text
    assert texts[0] == draw(_picture(1600, 300), texts, "png").text
    with pytest.raises(LimitError):
        draw(_picture(60, 60), texts, "png")
