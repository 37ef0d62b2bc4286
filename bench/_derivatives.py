"""What sites and people make of a picture: the rows of the recognition table, each with its goal."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

if TYPE_CHECKING:
    from collections.abc import Callable

type Make = Callable[[Image.Image, np.random.Generator], bytes]


@dataclass(frozen=True, slots=True)
class Derivative:
    """One row: how it is made and the least recall, in percent, that is promised for it.

    `whole`: it shows the whole frame, so that one too flat for a fingerprint can be told from one not found.
    """

    name: str
    make: Make
    goal: float

    @property
    def whole(self) -> bool:
        """Whether it shows the whole frame and nothing else."""
        return self.goal >= 99


def saved(image: Image.Image, kind: str = "JPEG", **options: int) -> bytes:
    """The picture as a file, JPEG at quality 85 unless told otherwise."""
    target = io.BytesIO()
    image.save(target, kind, **({"quality": 85} | options if kind != "PNG" else {}))
    return target.getvalue()


def _edge(image: Image.Image, edge: int) -> Image.Image:
    by = edge / max(image.size)
    return image.resize(tuple(max(1, round(side * by)) for side in image.size), Image.Resampling.LANCZOS)


def _chain(image: Image.Image) -> bytes:
    small = Image.open(io.BytesIO(saved(_edge(image, 600), quality=70)))
    return saved(small, "WEBP", quality=75)


def _colours(matrix: tuple[tuple[float, ...], ...]) -> Make:
    def make(image: Image.Image, _: np.random.Generator) -> bytes:
        mixed = np.asarray(image, np.float32) @ np.array(matrix, np.float32).T
        return saved(Image.fromarray(np.clip(mixed, 0, 255).astype(np.uint8)))

    return make


_TO_SRGB = ((1.2249, -0.2247, 0.0), (-0.0420, 1.0419, 0.0), (-0.0197, -0.0786, 1.0979))  # Display P3, as if linear
_SEPIA = ((0.393, 0.769, 0.189), (0.349, 0.686, 0.168), (0.272, 0.534, 0.131))
_WARM = ((1.15, 0, 0), (0, 1.02, 0), (0, 0, 0.8))


def _cut(off: float) -> Make:
    """So much less of each side's length, from anywhere in the picture."""

    def make(image: Image.Image, chance: np.random.Generator) -> bytes:
        width, height = (round(side * (1 - off)) for side in image.size)
        left = int(chance.integers(0, image.width - width + 1))
        top = int(chance.integers(0, image.height - height + 1))
        return saved(image.crop((left, top, left + width, top + height)))

    return make


def _centre(shape: float, edge: int) -> Make:
    def make(image: Image.Image, _: np.random.Generator) -> bytes:
        width = min(image.width, round(image.height * shape))
        height = min(image.height, round(image.width / shape))
        left, top = (image.width - width) // 2, (image.height - height) // 2
        return saved(_edge(image.crop((left, top, left + width, top + height)), edge))

    return make


def _framed(image: Image.Image, *, blurred: bool) -> bytes:
    """On a 4:5 page, or 5:4 for a picture higher than that."""
    width, height = image.size
    shape = 0.8 if width / height > 0.8 else 1.25
    page = (max(width, round(height * shape)), max(height, round(width / shape)))
    back = Image.new("RGB", page, "white")
    if blurred:
        back = ImageOps.fit(image, page).filter(ImageFilter.GaussianBlur(24))
    back.paste(image, ((page[0] - width) // 2, (page[1] - height) // 2))
    return saved(back)


def _bar(image: Image.Image) -> bytes:
    """A caption below, as under a meme or a news picture."""
    deep = image.height // 6
    page = Image.new("RGB", (image.width, image.height + deep), "white")
    page.paste(image, (0, 0))
    text = "When the light comes back again"
    ImageDraw.Draw(page).text(
        (12, image.height + deep // 4), text, fill="black", font=ImageFont.load_default(deep // 2)
    )
    return saved(page)


def _watermark(image: Image.Image) -> bytes:
    over = Image.new("RGBA", image.size)
    draw = ImageDraw.Draw(over)
    font = ImageFont.load_default(max(14, image.width // 12))
    for line in range(3):
        draw.text(
            (image.width // 12, image.height * (2 * line + 1) // 6 - 20),
            "SAMPLE PICTURE",
            (255, 255, 255, 170),
            font,
        )
    return saved(Image.alpha_composite(image.convert("RGBA"), over).convert("RGB"))


def _screenshot(image: Image.Image, chance: np.random.Generator) -> bytes:
    """A browser window with a page of text on which the picture is a third of the width."""
    page = Image.new("RGB", (1280, 800), (246, 246, 248))
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, 1280, 72), fill=(222, 225, 230))
    draw.rounded_rectangle((150, 36, 1000, 64), 14, fill="white")
    small, large = ImageFont.load_default(15), ImageFont.load_default(28)
    draw.text((170, 41), "https://photos.example/people/anna/4711", "black", small)
    draw.text((80, 96), "photos.example", (30, 60, 160), large)
    words = ("light", "harbour", "evening", "station", "walked", "through", "before", "colour", "again", "morning")
    for line in range(32):
        text = " ".join(words[int(n)] for n in chance.integers(0, len(words), 7))
        draw.text((700, 150 + 20 * line), text, (60, 60, 60), small)
    shown = _edge(image, 410)
    page.paste(shown, (120, 150))
    draw.text((120, 160 + shown.height), "Anna · 3 h · 214 likes", (90, 90, 90), small)
    return saved(page, "PNG")


def _plain(change: Callable[[Image.Image], bytes]) -> Make:
    return lambda image, _: change(image)


DERIVATIVES: tuple[Derivative, ...] = (
    Derivative("JPEG q85", _plain(saved), 99.5),
    Derivative("JPEG q70", _plain(lambda i: saved(i, quality=70)), 99.5),
    Derivative("JPEG q50", _plain(lambda i: saved(i, quality=50)), 99.5),
    Derivative("PNG", _plain(lambda i: saved(i, "PNG")), 99.5),
    Derivative("WebP q75", _plain(lambda i: saved(i, "WEBP", quality=75)), 99.5),
    Derivative("AVIF q50", _plain(lambda i: saved(i, "AVIF", quality=50, speed=9)), 99.5),
    Derivative("600 px", _plain(lambda i: saved(_edge(i, 600))), 99.5),
    Derivative("320 px", _plain(lambda i: saved(_edge(i, 320))), 99.5),
    Derivative("150 px", _plain(lambda i: saved(_edge(i, 150))), 99.5),
    Derivative("1440 px", _plain(lambda i: saved(_edge(i, 1440))), 99.5),
    Derivative("600 px, sharpened", _plain(lambda i: saved(_edge(i, 600).filter(ImageFilter.SHARPEN))), 99.5),
    Derivative("600 px, q70, WebP", _plain(_chain), 99.5),
    Derivative("Display P3 → sRGB", _colours(_TO_SRGB), 99.5),
    Derivative("grey", _plain(lambda i: saved(ImageOps.grayscale(i))), 99.5),
    Derivative("warm", _colours(_WARM), 99.5),
    Derivative("sepia", _colours(_SEPIA), 99.5),
    Derivative("dark", _plain(lambda i: saved(ImageEnhance.Brightness(i).enhance(0.55))), 99.5),
    Derivative("mirrored", _plain(lambda i: saved(ImageOps.mirror(i))), 99.0),
    Derivative("turned by 90°", _plain(lambda i: saved(i.transpose(Image.Transpose.ROTATE_270))), 99.0),
    Derivative("centre 1:1, 320 px", _centre(1.0, 320), 98.0),
    Derivative("centre 4:5", _centre(0.8, 600), 98.0),
    Derivative("centre 1.91:1", _centre(1.91, 600), 98.0),
    Derivative("centre 9:16", _centre(9 / 16, 600), 98.0),
    Derivative("5 % cut off", _cut(0.05), 98.0),
    Derivative("10 % cut off", _cut(0.10), 98.0),
    Derivative("25 % cut off", _cut(0.25), 98.0),
    Derivative("50 % cut off", _cut(0.50), 87.0),
    Derivative("framed 4:5, white", _plain(lambda i: _framed(i, blurred=False)), 98.0),
    Derivative("framed 4:5, blurred", _plain(lambda i: _framed(i, blurred=True)), 98.0),
    Derivative("caption bar", _plain(_bar), 98.0),
    Derivative("text over it", _plain(_watermark), 95.0),
    Derivative("screenshot of a page", _screenshot, 75.0),
)
