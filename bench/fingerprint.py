"""A fingerprint costs little more than decoding the picture."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from _ratio import compare, main
from creditline.fingerprints.perceptual import pdq

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _ratio import Line


def drawn(width: int, height: int, noise: float) -> Image.Image:
    """Soft shapes under sensor noise, which is what sets the size of the file."""
    random = np.random.default_rng(7)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    shapes = np.zeros((height, width, 3), np.float32)
    for _ in range(12):
        fx, fy, phase = random.uniform(-9, 9), random.uniform(-9, 9), random.uniform(0, 6)
        wave = np.sin(fx * x / width + fy * y / height + phase)
        shapes += wave[:, :, None] * random.uniform(5, 25, 3).astype(np.float32)
    shapes += 128 + random.normal(0, noise, shapes.shape).astype(np.float32)
    return Image.fromarray(np.clip(shapes, 0, 255).astype(np.uint8))


def encoded(image: Image.Image, kind: str, **options: int) -> bytes:
    """The picture as a file."""
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def draft_decode(data: bytes) -> None:
    """The floor for a JPEG: luma at the smallest scale of at least 512 pixels each way."""
    with Image.open(io.BytesIO(data)) as image:
        image.draft("L", (512, 512))
        image.load()


def decode(data: bytes) -> None:
    """The floor for other formats."""
    with Image.open(io.BytesIO(data)) as image:
        image.load()


def lines() -> Iterator[Line]:
    """Every line of this bench."""
    jpeg = encoded(drawn(4000, 3000, 9), "JPEG", quality=88)
    yield compare(
        f"fingerprint of a 12 MP JPEG, {len(jpeg) / 1e6:.1f} MB",
        lambda: pdq(jpeg, with_pixels=False),
        lambda: draft_decode(jpeg),
        against="draft decode alone",
        goal=1.35,
    )
    png = encoded(drawn(1700, 1300, 2), "PNG")
    yield compare(
        f"fingerprint of a PNG, {len(png) / 1e6:.1f} MB",
        lambda: pdq(png, with_pixels=False),
        lambda: decode(png),
        against="decode alone",
        goal=1.35,
    )
    yield compare(
        "… and the hash of all its pixels",
        lambda: pdq(jpeg),
        lambda: decode(jpeg),
        against="full decode of the 12 MP JPEG",
        rounds=9,
    )


if __name__ == "__main__":
    sys.exit(main(lines))
