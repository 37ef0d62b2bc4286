"""PDQ, a fingerprint of what a picture looks like: 256 bits, equal to a few bits after resizing or recompression.

The algorithm is Meta's (“The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm”, 2019): luma,
two passes of a box filter along each axis, 64 × 64 samples, their 16 × 16 lowest cosine coefficients but for the
constant ones; each bit says whether a coefficient lies above the median. Filters and sampling are linear and act
along one axis each, so here they are one sum of a few weighted pixels per axis and sample.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from creditline.fingerprints.glimpse import glimpse
from creditline.model.errors import LimitError, PictureError, UsageError
from creditline.model.observation import Fingerprint

if TYPE_CHECKING:
    from numpy.typing import NDArray

KIND = "creditline.pdq.1"
"""PDQ over the luma of `pixels.grey`; another way of shrinking would need another name."""

BYTES = 32
BOX = 512

_SIDE = 64  # samples along an axis
_BLOCK = 16  # cosine coefficients along an axis
_PASSES = 2
_QUALITY_SCALE = 90  # the paper's divisor of the sum of gradients

# A site serves pictures of a few sizes only, each with four crops and perhaps a border; a length costs up to 5 ms to
# work out and 7 kB to keep.
_KEPT = 512


def pdq(data: bytes, *, with_pixels: bool = True) -> Fingerprint:
    """The fingerprint of an encoded picture; never raises on what the bytes are.

    A picture that cannot be decoded gives `code=None` with the reason in `missed`. `with_pixels=False` leaves out
    the hash of the decoded pixels, which costs several times what the code costs.
    """
    # The proxy's process only compares codes; decoders would be memory for nothing there.
    from creditline import pixels

    try:
        samples = sampled(pixels.grey(data, BOX))
        code, quality = sampled_code(samples)
        canonical = pixels.canonical_hash(data) if with_pixels else None
    except (PictureError, LimitError) as error:
        return Fingerprint(kind=KIND, code=None, missed=str(error))
    return Fingerprint(kind=KIND, code=code, quality=quality, pixels=canonical, luma=glimpse(samples))


def code_of(luma: NDArray[np.float32]) -> tuple[bytes, int]:
    """The code (32 bytes) and the quality (0–100) of a luma: rows × columns, each 1–512, values 0–255.

    Raises:
        UsageError: it is empty or larger than that; `pixels.grey` shrinks pictures.
    """
    return sampled_code(sampled(luma))


def sampled(luma: NDArray[np.float32]) -> NDArray[np.float64]:
    """The 64 × 64 samples that a code is made of; turning or mirroring them does so to the picture.

    Raises:
        UsageError: the luma is empty or too large, as for `code_of`.
    """
    rows, columns = luma.shape
    if not (1 <= rows <= BOX and 1 <= columns <= BOX):
        raise UsageError(f"a fingerprint is taken of 1 to {BOX} pixels each way, not of {columns} × {rows}")
    return _sampled(_sampled(luma, rows).T, columns).T


def sampled_code(samples: NDArray[np.float64]) -> tuple[bytes, int]:
    """The code and the quality of 64 × 64 samples."""
    cosines = _cosines()
    coefficients = (cosines @ samples @ cosines.T).ravel()
    # The 128th smallest of 256, not the mean of the middle two: a bit stands for "above", and 128 are.
    median = np.partition(coefficients, 127)[127]
    bits = coefficients > median
    return np.packbits(bits[::-1]).tobytes(), _quality(samples)


def distance(a: bytes, b: bytes) -> int:
    """How many of the 256 bits differ.

    Raises:
        UsageError: one of them is no code of 32 bytes.
    """
    if len(a) != BYTES or len(b) != BYTES:
        raise UsageError(f"a fingerprint has {BYTES} bytes, not {len(a)} and {len(b)}")
    return (int.from_bytes(a) ^ int.from_bytes(b)).bit_count()


def _quality(samples: NDArray[np.float64]) -> int:
    """How much there is to see: the sum of the steps between neighbours, each in whole percent of full range."""
    down = np.trunc((samples[:-1] - samples[1:]) * (100 / 255))
    across = np.trunc((samples[:, :-1] - samples[:, 1:]) * (100 / 255))
    return min(100, int(np.abs(down).sum() + np.abs(across).sum()) // _QUALITY_SCALE)


def _sampled(luma: NDArray[Any], length: int) -> NDArray[np.float64]:
    """64 rows, each the weighted sum of its few rows of `luma`.

    Not a product of matrices: numpy would start threads for one, which wait for each other on a busy machine.
    """
    places, weights = _sampling(length)
    total = np.zeros((_SIDE, luma.shape[1]))
    for place, weight in zip(places.T, weights.T, strict=True):
        total += luma[place] * weight[:, None]
    return total


@lru_cache(maxsize=_KEPT)
def _sampling(length: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """What each of 64 samples takes from an axis of that length: places and weights, 64 × the widest reach.

    The box has ⌈length / 128⌉ pixels and, at the edges, only those that are there.
    """
    window = (length + 2 * _SIDE - 1) // (2 * _SIDE)
    ahead = (window + 2) // 2 - 1
    behind = window - ahead - 1
    axis = np.arange(length)
    offset = axis[None, :] - axis[:, None]
    box = ((offset >= -behind) & (offset <= ahead)).astype(np.float64)
    box /= box.sum(axis=1, keepdims=True)
    taken = box[((np.arange(_SIDE) + 0.5) * length / _SIDE).astype(np.intp)]
    for _ in range(_PASSES - 1):
        taken = taken @ box
    first = (taken > 0).argmax(axis=1)
    reach = int((taken > 0).sum(axis=1).max())
    places = np.minimum(first[:, None] + np.arange(reach), length - 1)
    weights = np.take_along_axis(taken, places, axis=1)
    weights[first[:, None] + np.arange(reach) >= length] = 0
    return places, weights


@lru_cache(maxsize=1)
def _cosines() -> NDArray[np.float64]:
    """16 × 64: rows 1 to 16 of the DCT-II, the constant row left out."""
    order = np.arange(1, _BLOCK + 1)[:, None]
    place = np.arange(_SIDE)[None, :]
    result: NDArray[np.float64] = np.sqrt(2 / _SIDE) * np.cos(np.pi / (2 * _SIDE) * order * (2 * place + 1))
    return result
