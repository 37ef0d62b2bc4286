"""Where a placement lets two pictures overlap, and how alike they are there: what decides whether it is believed.

OpenCV comes as an argument: `geometry` is its door.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from creditline.fingerprints.geometry import Features

_FINE = 4.0  # kept pixels: detail is what a blur of this takes away
_WINDOW = 9  # kept pixels
_LEAST_DETAIL = 0.25  # variance in squared luma levels: less is rounding and compression
_LEAST_PLACES = 64
_LEAST_CONTRAST = 4.0  # standard deviation in luma levels; what is even correlates with nothing or by chance


def overlap(
    cv2: Any, found: NDArray[np.float64], original: Features, copy: Features
) -> tuple[tuple[int, int, int, int], float, float]:
    """The part of the original that is shown, in its pixels; its share of the original; and that of the copy."""
    there = _frame(original)
    back = cv2.transform(_frame(copy)[None], cv2.invertAffineTransform(found))[0].astype(np.float64)
    shape = _clipped(back, there[2, 0], there[2, 1])
    area = _area(shape) if len(shape) else 0.0
    if area <= 0:
        return (0, 0, 0, 0), 0.0, 0.0
    shown, filled = min(1.0, area / _area(there)), min(1.0, area / _area(back))
    corners = np.floor(shape * (max(original.width, original.height) / original.edge) + 0.5)
    left, top = corners.min(axis=0)
    right, bottom = corners.max(axis=0)
    return (int(left), int(top), int(right - left), int(bottom - top)), shown, filled


def _clipped(shape: NDArray[np.float64], width: float, height: float) -> NDArray[np.float64]:
    """The part of a convex polygon inside a rectangle at the origin (Sutherland and Hodgman, 1974)."""
    for axis, sign, edge in ((0, 1.0, 0.0), (0, -1.0, width), (1, 1.0, 0.0), (1, -1.0, height)):
        kept: list[NDArray[np.float64]] = []
        inside = sign * (shape[:, axis] - edge)
        for number, (here, distance) in enumerate(zip(shape, inside, strict=True)):
            before, distance_before = shape[number - 1], inside[number - 1]
            if (distance < 0) != (distance_before < 0):
                kept.append(before + (here - before) * (distance_before / (distance_before - distance)))
            if distance >= 0:
                kept.append(here)
        if not kept:
            return np.empty((0, 2))
        shape = np.array(kept)
    return shape


def _area(shape: NDArray[np.float64]) -> float:
    x, y = shape.T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def _frame(of: Features) -> NDArray[np.float64]:
    by = of.edge / max(of.width, of.height)
    width, height = of.width * by, of.height * by
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)


def agreement(
    cv2: Any, found: NDArray[np.float64], scale: float, original: Features, copy: Features
) -> tuple[float, float] | None:
    """How alike both lumas are in the original's frame, where they overlap: Pearson's correlation, and the detail's.

    That of the detail is the median of the correlations around each place, of what is finer than 4 pixels, at places
    that have such detail: text over half of the picture leaves the median as it was. Two photographs of one scene,
    taken from one place, correlate as a whole and not in their detail. None where one picture is even.
    """
    rows, columns = original.luma.shape
    small = max(rows, columns) / original.edge  # kept pixels per pixel looked at
    large = max(copy.luma.shape) / copy.edge
    # From a kept pixel of the original to the copy's luma, pixel centres on pixel centres.
    way = np.vstack([found, (0, 0, 1)])
    way = _scaling(large) @ way @ _scaling(1 / small)
    step = scale * large / small  # pixels of the copy's luma for one kept pixel
    luma = copy.luma
    if step > 1:
        luma = cv2.GaussianBlur(luma, (0, 0), 0.5 * step)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpAffine(luma, way[:2], (columns, rows), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    mask = cv2.warpAffine(np.full(luma.shape, 255, np.uint8), way[:2], (columns, rows), flags=flags)
    inside = cv2.erode(mask, np.ones((3, 3), np.uint8), borderValue=255) > 250
    if inside.sum() < _LEAST_PLACES:
        return None
    there, here = (cv2.GaussianBlur(part.astype(np.float64), (0, 0), 1.0) for part in (original.luma, seen))
    a, b = there[inside], here[inside]
    if min(a.std(), b.std()) < _LEAST_CONTRAST:
        return None
    fine = [soft - cv2.GaussianBlur(soft, (0, 0), _FINE) for soft in (there, here)]
    detail = _locally(cv2, fine[0], fine[1], inside, original.parts)
    return float(np.corrcoef(a, b)[0, 1]), detail


def _locally(
    cv2: Any,
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    inside: NDArray[np.bool_],
    parts: tuple[tuple[int, ...], ...],
) -> float:
    """The median of the correlations in a window around each place; 0 where too few places have detail.

    Where `a` is a page with pictures on it, that of the picture that correlates least: two pages of one site are the
    same but for what they show.
    """

    def mean(of: NDArray[np.float64]) -> NDArray[np.float64]:
        result: NDArray[np.float64] = cv2.boxFilter(of, -1, (_WINDOW, _WINDOW))
        return result

    spread_a, spread_b = mean(a * a) - mean(a) ** 2, mean(b * b) - mean(b) ** 2
    known = inside & (spread_a > _LEAST_DETAIL)
    places = known & (spread_b > _LEAST_DETAIL)
    if places.sum() < _LEAST_PLACES:
        return 0.0
    alike = (mean(a * b) - mean(a) * mean(b)) / np.sqrt(np.maximum(spread_a * spread_b, _LEAST_DETAIL**2))
    found = float(np.median(alike[places]))
    for top, left, rows, columns in parts:
        part = (slice(top, top + rows), slice(left, left + columns))
        if known[part].sum() >= _LEAST_PLACES:  # else it is not in the overlap, or there is nothing to see in it
            found = min(found, float(np.median(alike[part][known[part]])))
    return found


def _scaling(by: float) -> NDArray[np.float64]:
    """From pixel centres to pixel centres of a picture `by` times as large."""
    shift = by / 2 - 0.5
    return np.array([(by, 0, shift), (0, by, shift), (0, 0, 1)])
