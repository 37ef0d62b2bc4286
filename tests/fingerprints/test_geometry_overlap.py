"""Overlap and likeness of two pictures under a known placement."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from tests.fingerprints.scenes import saved, scene

from creditline.fingerprints.geometry import Features, copy_of, original_features
from creditline.fingerprints.geometry_overlap import agreement, overlap

cv2 = pytest.importorskip("cv2", reason="the extra `geometry` is not installed: uv sync --extra geometry")
ORIGINAL = original_features(saved(scene(1), "PNG"))


def look(image: Image.Image) -> Features:
    """A copy's first look."""
    return next(copy_of(saved(image, "PNG")).looks())


def way(scale: float, right: float = 0, down: float = 0) -> np.ndarray:
    """A placement without a turn."""
    return np.array([(scale, 0, right), (0, scale, down)], np.float64)


@pytest.mark.parametrize(
    ("placement", "expected"),
    [
        (way(1), ((0, 0, 640, 480), 1.0, 1.0)),
        (way(1, -320, -240), ((320, 240, 320, 240), 0.25, 0.25)),
        (way(0.5, 100, 100), ((0, 0, 640, 480), 1.0, 0.25)),
        (way(2), ((0, 0, 320, 240), 0.25, 1.0)),
        (way(1, 640, 0), ((0, 0, 0, 0), 0.0, 0.0)),
    ],
)
def test_the_overlap(placement: np.ndarray, expected: tuple[tuple[int, ...], float, float]) -> None:
    """The box is in the original's pixels; its shares are of the original and of the copy."""
    box, shown, filled = overlap(cv2, placement, ORIGINAL, look(scene(1)))

    assert (expected[0], pytest.approx(expected[1], abs=0.01), pytest.approx(expected[2], abs=0.01)) == (
        box,
        shown,
        filled,
    )


def test_a_copy_agrees_and_another_picture_does_not() -> None:
    """In correlation and in detail; a little beside its place the detail is lost first."""
    same = agreement(cv2, way(1), 1, ORIGINAL, look(scene(1)))
    beside = agreement(cv2, way(1, 10), 1, ORIGINAL, look(scene(1)))
    other = agreement(cv2, way(1), 1, ORIGINAL, look(scene(2)))

    assert same is not None
    assert beside is not None
    assert other is not None
    assert min(same) > 0.97
    assert beside[1] < beside[0] < same[0]
    assert max(other) < 0.5


def test_an_even_picture_agrees_with_nothing() -> None:
    """There is no correlation with what has no contrast, nor outside of the copy."""
    assert agreement(cv2, way(1), 1, ORIGINAL, look(Image.new("RGB", (640, 480)))) is None
    assert agreement(cv2, way(1, 2000), 1, ORIGINAL, look(scene(1))) is None
