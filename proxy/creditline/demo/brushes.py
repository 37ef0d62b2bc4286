"""What the sample pictures are painted with: masks and colours over numpy arrays, the same on every machine.

A canvas is height × width × 3, a mask height × width, both float32 from 0 to 1. Coordinates are in units of the
picture's height: `y` runs from 0 (top) to 1, `x` from 0 to width/height.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    type Floats = NDArray[np.floating[Any]]
    type Colour = tuple[int, int, int]

LINE = np.array([[0.5]], dtype=np.float32)
"""The one height at which noise of a single dimension is read."""

_TABLE = 256  # points of the noise lattice per side; a power of two, so that wrapping is a mask


def coordinates(width: int, height: int) -> tuple[Floats, Floats]:
    """`(x, y)`: a row and a column of pixel centres that broadcast to the picture's size."""
    x = (np.arange(width, dtype=np.float32) + 0.5) / height
    y = (np.arange(height, dtype=np.float32) + 0.5) / height
    return x[np.newaxis, :], y[:, np.newaxis]


def gradient(at: Floats, stops: Sequence[tuple[float, Colour]]) -> Floats:
    """The colour at each value of `at`, mixed linearly between `(value, colour)` stops in rising order."""
    places = [place for place, _ in stops]
    channels = [np.interp(at, places, [colour[i] / 255 for _, colour in stops]) for i in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def edge(distance: Floats, softness: float) -> Floats:
    """A mask that is 0 where `distance` is 0 or less, 1 from `softness` on, smooth between."""
    ramp = np.clip(distance / softness, 0, 1)
    smooth: Floats = (ramp * ramp * (3 - 2 * ramp)).astype(np.float32)
    return smooth


def lay(canvas: Floats, colour: Colour | Floats, mask: Floats) -> Floats:
    """The canvas with a colour (or another canvas) laid over it where the mask says."""
    paint = np.asarray(colour, dtype=np.float32) / 255 if isinstance(colour, tuple) else colour
    laid: Floats = canvas + (paint - canvas) * mask[..., np.newaxis]
    return laid


def glow(canvas: Floats, colour: Colour, mask: Floats) -> Floats:
    """The canvas with light of a colour added where the mask says; light never darkens."""
    light = (np.asarray(colour, dtype=np.float32) / 255) * mask[..., np.newaxis]
    return 1 - (1 - canvas) * (1 - np.clip(light, 0, 1))


def noise(x: Floats, y: Floats, *, seed: int, octaves: int = 5) -> Floats:
    """Fractal value noise, 0 to 1, at any coordinates; one wave per unit in the first octave.

    The lattice comes from numpy's legacy generator, whose stream is frozen for good.
    """
    table = np.random.RandomState(seed).random_sample((_TABLE, _TABLE)).astype(np.float32)
    total = np.zeros(np.broadcast_shapes(x.shape, y.shape), dtype=np.float32)
    weight, scale, sum_of_weights = 1.0, 1.0, 0.0
    for octave in range(octaves):
        total += weight * _lattice(table, x * scale + 17.3 * octave, y * scale + 31.7 * octave)
        sum_of_weights += weight
        weight *= 0.5
        scale *= 2.0
    return total / np.float32(sum_of_weights)


def _lattice(table: Floats, x: Floats, y: Floats) -> Floats:
    left, top = np.floor(x).astype(np.int32), np.floor(y).astype(np.int32)
    across, down = (x - left).astype(np.float32), (y - top).astype(np.float32)
    across, down = across * across * (3 - 2 * across), down * down * (3 - 2 * down)
    flat = table.ravel()
    x0, x1 = left & (_TABLE - 1), (left + 1) & (_TABLE - 1)
    y0, y1 = (top & (_TABLE - 1)) * _TABLE, ((top + 1) & (_TABLE - 1)) * _TABLE
    corner = flat.take(y0 + x0)
    upper = corner + (flat.take(y0 + x1) - corner) * across
    corner = flat.take(y1 + x0)
    lower = corner + (flat.take(y1 + x1) - corner) * across
    mixed: Floats = upper + (lower - upper) * down
    return mixed


def skyline(
    x: Floats, *, seed: int, base: float, rise: float, waves: float, octaves: int = 7, peaks: bool = False
) -> Floats:
    """A ridge's height line: `y` per `x`, around `base`, up to `rise` higher; `peaks` folds hills to points."""
    level = noise(x * waves, LINE, seed=seed, octaves=octaves)
    if peaks:
        level = 1 - 2.2 * np.abs(level - 0.5)
    return (base - rise * level).astype(np.float32)


def grain(canvas: Floats, strength: float, *, seed: int) -> Floats:
    """The canvas with film grain, so that smooth skies don't band."""
    random = np.random.RandomState(seed)
    return (
        canvas
        + np.float32(strength) * (random.random_sample(canvas.shape[:2]).astype(np.float32) - 0.5)[..., np.newaxis]
    )


def firs(x: Floats, ground: Floats, *, seed: int, count: int, height: float, spread: float) -> Floats:
    """The upper outline of a row of firs on a ground line, as `y` for each `x`."""
    random = np.random.RandomState(seed)
    top = ground.copy()
    for place, size in zip(random.random_sample(count), random.random_sample(count), strict=True):
        tall = height * (0.45 + 0.55 * size)
        trunk = float(place) * spread
        away = np.abs(x - np.float32(trunk))
        # Branches step outwards on the way down: a saw over the straight flank of the cone.
        flank = away / np.float32(tall * 0.19)
        saw = np.float32(0.055) * np.sin(flank * np.float32(44.0))
        foot = np.interp(trunk, x[0], ground[0])
        outline = foot - tall * (1 - flank + saw * np.minimum(flank * 3, 1))
        top = np.where(flank < 1, np.minimum(top, outline), top)
    return top.astype(np.float32)


def to_bytes(canvas: Floats) -> NDArray[np.uint8]:
    """The canvas as 8-bit RGB, height × width × 3."""
    return np.clip(np.rint(canvas * 255), 0, 255).astype(np.uint8)
