"""Pictures for the benches: real JPEG files of a given size, each a little different from the other."""

from __future__ import annotations

import functools
import io
import random
import struct
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SEGMENT = 65_533
"""The most that one JPEG segment holds after its length field (T.81, B.1.1.4)."""


@functools.cache
def _noise(width: int, height: int) -> NDArray[np.int16]:
    return np.random.default_rng(7).integers(-14, 15, (height, width, 3), np.int16)


@functools.cache
def jpeg(width: int, height: int, seed: int = 7, quality: int = 88) -> bytes:
    """A photograph's like: soft shapes under sensor noise, which is what sets the size of the file."""
    chance = np.random.default_rng(seed)
    shapes = Image.fromarray(chance.integers(60, 196, (12, 16, 3), np.uint8)).resize((width, height))
    noise = _noise(width, height)
    target = io.BytesIO()
    Image.fromarray(np.clip(np.asarray(shapes) + noise, 0, 255).astype(np.uint8)).save(
        target, "JPEG", quality=quality
    )
    return target.getvalue()


def padded(picture: bytes, size: int, seed: int) -> bytes:
    """The JPEG brought up to `size` bytes by comments of noise; each seed gives another file of that picture."""
    missing = size - len(picture)
    if missing < 64:
        raise ValueError(f"the picture has {len(picture)} bytes already")
    chance = random.Random(seed)
    comments = bytearray()
    while missing > 0:
        room = min(missing - 4, _SEGMENT)
        # What remains must be able to hold a segment of its own.
        if 0 < missing - 4 - room < 64:
            room -= 64
        comments += struct.pack(">BBH", 0xFF, 0xFE, room + 2) + chance.randbytes(room)
        missing = size - len(picture) - len(comments)
    return picture[:2] + bytes(comments) + picture[2:]
