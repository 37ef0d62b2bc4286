"""Plain borders are found and cut off; pictures on a page are found; nothing takes long."""

from __future__ import annotations

import time

import numpy as np
import pytest

from creditline.fingerprints.border import MOST_BLOCKS, blocks, trimmed

INSIDE = np.random.default_rng(3).integers(0, 256, (60, 80)).astype(np.float32)


def framed(top: int, right: int, bottom: int, left: int, shade: float = 255.0) -> np.ndarray:
    """The inside with bars of one shade around it."""
    return np.pad(INSIDE, ((top, bottom), (left, right)), constant_values=shade)


@pytest.mark.parametrize("bars", [(20, 0, 20, 0), (0, 15, 0, 15), (10, 10, 10, 10), (0, 0, 30, 0)])
def test_a_border_is_cut_off(bars: tuple[int, int, int, int]) -> None:
    """Bars on any side go, with one mixed line beside each."""
    found = trimmed(framed(*bars))

    assert found is not None
    lines = [min(1, bar) for bar in bars]
    assert (60 - lines[0] - lines[2], 80 - lines[1] - lines[3]) == found.shape


def test_a_border_with_the_noise_of_jpeg_is_cut_off() -> None:
    """A few levels of unevenness do not make a picture of a border."""
    noisy = framed(20, 20, 20, 20, 240.0)
    noisy += np.random.default_rng(5).integers(-4, 5, noisy.shape)

    found = trimmed(noisy)

    assert found is not None
    assert (58, 78) == found.shape


@pytest.mark.parametrize(
    "luma",
    [
        INSIDE,
        np.zeros((60, 80), np.float32),
        np.zeros((1, 640), np.float32),
        np.zeros((1, 1), np.float32),
        framed(600, 600, 600, 600),
    ],
    ids=["no border", "black", "one line", "one pixel", "hardly anything inside"],
)
def test_nothing_to_cut_off(luma: np.ndarray) -> None:
    """Where there is no border, nothing but border, or hardly a picture in it, the answer is None."""
    assert trimmed(luma) is None


def test_pictures_on_a_page_are_found() -> None:
    """A picture in an outlined card beside lines of text is found to the pixel, and the text is not."""
    page = np.full((800, 1280), 250, np.uint8)
    page[150:450, 100:500] = np.random.default_rng(1).integers(0, 256, (300, 400))
    page[140, 90:510] = page[459, 90:510] = 200
    page[140:460, 90] = page[140:460, 509] = 200
    for line in range(30):
        page[120 + 20 * line : 130 + 20 * line, 600:1200:3] = 40

    assert (150, 100, 300, 400) == blocks(page)[0]


def test_there_are_never_many_blocks() -> None:
    """A page of a thousand thumbnails gives a few of them, soon."""
    page = np.full((1280, 1280), 255, np.uint8)
    tile = np.random.default_rng(2).integers(0, 256, (190, 190))
    for top in range(0, 1080, 200):
        for left in range(0, 1080, 200):
            page[top : top + 190, left : left + 190] = tile
    start = time.process_time()

    found = blocks(page)

    assert len(found) <= MOST_BLOCKS
    assert time.process_time() - start < 2


@pytest.mark.parametrize("shape", [(1, 1), (1, 640), (640, 1), (640, 480)])
def test_an_even_picture_has_no_blocks(shape: tuple[int, int]) -> None:
    """Nor has one that is nothing but a line."""
    assert [] == blocks(np.zeros(shape, np.uint8))
