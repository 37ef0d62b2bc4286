"""Pictures with corners and grain, as photographs have them, and files of them."""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw


@lru_cache
def scene(seed: int, width: int = 640, height: int = 480) -> Image.Image:
    """A picture of many shapes on a slope of colour, with grain; another one for each seed."""
    chance = np.random.default_rng(seed)
    slope = Image.fromarray(chance.integers(40, 216, (4, 5, 3), np.uint8))
    image = slope.resize((width, height), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for _ in range(90):
        x, y = int(chance.integers(-30, width)), int(chance.integers(-30, height))
        w, h = (int(n) for n in chance.integers(8, 110, 2))
        shape = (draw.ellipse, draw.rectangle)[int(chance.integers(0, 2))]
        shape((x, y, x + w, y + h), fill=tuple(int(c) for c in chance.integers(0, 256, 3)))
    grain = chance.integers(-8, 9, (height, width, 3), np.int16)
    return Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8))


def saved(image: Image.Image, kind: str = "JPEG", **options: int) -> bytes:
    """The picture as a file."""
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def page(image: Image.Image, edge: int = 410) -> Image.Image:
    """A page in a browser's window with the picture on it, small."""
    shown = image.resize((edge, round(edge * image.height / image.width)))
    window = Image.new("RGB", (1280, 800), (246, 246, 248))
    draw = ImageDraw.Draw(window)
    draw.rectangle((0, 0, 1280, 70), fill=(222, 225, 230))
    for line in range(30):
        draw.text((700, 130 + 20 * line), "the light of the evening over the harbour again", (60, 60, 60))
    window.paste(shown, (120, 150))
    return window


def collided(shown: Image.Image, wanted: Image.Image, faint: float = 0.2) -> Image.Image:
    """The first picture with PDQ's coefficients, faintly, of the second: a crafted collision.

    What PDQ sees of a picture, 16 × 16 slow waves, is taken out of it, and the other's put in.
    """

    def waves(length: int) -> np.ndarray:
        order, place = np.arange(0, 17)[:, None], (np.arange(length) + 0.5)[None, :]
        basis = np.cos(np.pi * order * place / length)
        return basis / np.sqrt((basis**2).sum(axis=1, keepdims=True))

    one = np.asarray(shown.convert("L"), np.float64)
    other = np.asarray(wanted.convert("L").resize(shown.size), np.float64)
    down, across = waves(one.shape[0]), waves(one.shape[1])
    slow = [down.T @ (down @ part @ across.T) @ across for part in (one, other)]
    mixed = one - slow[0] + 128 + faint * (slow[1] - slow[1].mean())
    return Image.fromarray(np.clip(mixed, 0, 255).astype(np.uint8)).convert("RGB")
