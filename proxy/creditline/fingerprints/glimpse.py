"""A picture at 32 × 32 luma levels, kept beside its code: what a fingerprint says is checked by it.

PDQ keeps one sign of each of 256 slow waves, and a picture with given signs can be made in a moment from any other
(Hao et al., “It's Not What It Looks Like: Manipulating Perceptual Hashing based Applications”, 2021). To agree here,
too, it has to have those waves as strong as the other has them, and the detail between the 16th and the 32nd wave.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from creditline.model.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE = 32
BYTES = SIDE * SIDE


def glimpse(samples: NDArray[np.float64]) -> bytes:
    """The small picture, 1024 bytes row by row, of the 64 × 64 samples that a code is made of."""
    pairs = samples.reshape(SIDE, 2, SIDE, 2).mean(axis=(1, 3))
    return np.clip(np.round(pairs), 0, 255).astype(np.uint8).tobytes()


def agreement(one: bytes, other: bytes) -> tuple[float, float]:
    """How alike two small pictures are: Pearson's correlation of the whole, and that of the detail.

    The detail is what differs from the mean of a place and its eight neighbours. 0 where a picture is even.

    Raises:
        UsageError: one of them is no such picture.
    """
    if len(one) != BYTES or len(other) != BYTES:
        raise UsageError(f"a small picture has {BYTES} bytes, not {len(one)} and {len(other)}")
    a, b = (np.frombuffer(each, np.uint8).reshape(SIDE, SIDE).astype(np.float64) for each in (one, other))
    return _correlation(a, b), _correlation(_detail(a), _detail(b))


def _detail(of: NDArray[np.float64]) -> NDArray[np.float64]:
    wide = np.pad(of, 1, mode="edge")
    around = sum(wide[y : y + SIDE, x : x + SIDE] for y in range(3) for x in range(3))
    result: NDArray[np.float64] = of - around / 9
    return result


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    # Sums, not products of matrices: numpy would start threads for those.
    a, b = a - a.mean(), b - b.mean()
    spread = float((a * a).sum() * (b * b).sum())
    return float((a * b).sum()) / spread**0.5 if spread > 0 else 0.0
