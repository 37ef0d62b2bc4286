"""The fingerprint of what a picture looks like."""

from __future__ import annotations

import io
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from creditline import pixels
from creditline.fingerprints.perceptual import KIND, code_of, distance, pdq
from creditline.model.errors import UsageError
from creditline.vocab.thresholds import ALONE, CANDIDATE, MINIMUM_QUALITY

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
needs_corpus = pytest.mark.skipif(
    not CORPUS.is_dir(),
    reason="shared/corpus is absent (it is given to the team only): corpus tests not run",
)


def png(image: Image.Image) -> bytes:
    """The picture as a PNG file."""
    return saved(image, "PNG")


def saved(image: Image.Image, kind: str, **options: int) -> bytes:
    """The picture as a file."""
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def scene(seed: int, width: int = 720, height: int = 480) -> Image.Image:
    """A drawn picture of overlapping shapes on a slope of light: another one for each seed."""
    random = np.random.default_rng(seed)
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    draw = ImageDraw.Draw(image)
    for _ in range(24):
        x, y = random.integers(-width // 9, width), random.integers(-height // 9, height)
        w, h = random.integers(width // 12, width // 2), random.integers(height // 12, height // 2)
        colour = tuple(int(c) for c in random.integers(0, 256, 3))
        shape = (draw.ellipse, draw.rectangle)[int(random.integers(0, 2))]
        shape((int(x), int(y), int(x + w), int(y + h)), fill=colour)
    return image


def pattern(kind: str, width: int, height: int) -> Image.Image:
    """A grey picture drawn in whole numbers only, so that it is the same everywhere."""
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    if kind == "rings":
        values = ((x - width // 3) ** 2 + (y - height // 4) ** 2) * 9 // width
    elif kind == "tiles":
        values = x // 37 * 83 + y // 29 * 151 + x // 90 * (y // 70) * 61
    else:
        values = x * 255 // (width - 1) + (y * y) // 91 % 97 * 2
    return Image.fromarray((values % 256).astype(np.uint8))


# From pdqhash 0.2.8, which wraps Meta's own C++, on the same pictures shrunk with Pillow's box filter.
GOLDEN = (
    ("rings", 640, 480, "ec711c0e238fe271fc709c0e6391e271ec72ec6e63b1637162716271e3b11b8e"),
    ("tiles", 512, 512, "93b56a423f08a3bc7d75c5c3c3a24f44633033ff096cb549e7b2398e4c11e9f0"),
    ("tiles", 700, 400, "6dd5f773733beccd122a91303ef0d3027c2fd2a878f19b5c4ab3eac4402989c1"),
    ("folds", 97, 301, "aa99aab3eab6aaa6aaa48aad2ea932abcf0b55ea55525552555655545d545554"),
    ("rings", 300, 1000, "127e127edb81db91db71db710381200e244e206edbb1dbf1db71db71db91240e"),
)


@pytest.mark.parametrize(("kind", "width", "height", "expected"), GOLDEN)
def test_codes_are_those_of_the_reference(kind: str, width: int, height: int, expected: str) -> None:
    """Code and bit order are Meta's, for pictures below, at and above 512 pixels."""
    result = pdq(png(pattern(kind, width, height)))

    assert result.code is not None
    assert expected == result.code.hex()
    assert result.quality == 100
    assert result.kind == KIND


@pytest.mark.parametrize(("contrast", "expected"), [(2, 0), (6, 44), (12, 89), (30, 100)])
def test_quality_grows_with_what_there_is_to_see(contrast: int, expected: int) -> None:
    """Quality counts steps in whole percent, as the reference does: on chequerboards it gives these figures."""
    board = ((np.indices((64, 64)).sum(axis=0) // 4) % 2 * contrast).astype(np.float32)

    _, quality = code_of(np.kron(board, np.ones((8, 8), np.float32)))

    assert expected == quality


DERIVATIVES = {
    "JPEG q85": lambda i: saved(i, "JPEG", quality=85),
    "JPEG q50": lambda i: saved(i, "JPEG", quality=50),
    "WebP q75": lambda i: saved(i, "WEBP", quality=75),
    "600 px": lambda i: pixels.recode(png(i), "jpeg", edge=600),
    "320 px": lambda i: pixels.recode(png(i), "webp", edge=320),
    "150 px": lambda i: pixels.recode(png(i), "jpeg", edge=150),
    "grey": lambda i: saved(i.convert("L"), "JPEG", quality=85),
    "palette": lambda i: saved(i.quantize(64), "GIF"),
    "twice as large": lambda i: saved(i.resize((i.width * 2, i.height * 2), Image.Resampling.BICUBIC), "JPEG"),
}


@pytest.mark.parametrize("name", DERIVATIVES)
def test_copies_stay_within_the_threshold(name: str) -> None:
    """What sites do to a picture moves its code by less than the distance that decides alone."""
    for seed in range(6):
        image = scene(seed)
        original, copy = pdq(png(image)), pdq(DERIVATIVES[name](image))

        assert original.code is not None
        assert copy.code is not None
        assert (original.quality or 0) >= MINIMUM_QUALITY
        assert distance(original.code, copy.code) <= ALONE.distance


def test_different_pictures_never_match() -> None:
    """Among 120 different pictures (7,140 pairs), none is as near as even a candidate may be."""
    codes = [code_of(pixels.grey(png(scene(1000 + n, 180, 120))))[0] for n in range(120)]

    nearest = min(distance(a, b) for a, b in combinations(codes, 2))

    assert nearest > CANDIDATE.distance


def test_orientation_does_not_move_the_code() -> None:
    """A picture turned by its Exif tag has the code of the picture as shown, which is what a site stores."""
    shown = scene(3)
    exif = Image.Exif()
    exif[0x0112] = 6
    target = io.BytesIO()
    shown.transpose(Image.Transpose.ROTATE_90).save(target, "JPEG", quality=95, exif=exif)

    turned, upright = pdq(target.getvalue()).code, pdq(saved(shown, "JPEG", quality=95)).code

    assert turned is not None
    assert upright is not None
    assert distance(turned, upright) <= 10


def test_pixels_are_hashed_unless_left_out() -> None:
    """The hash of the pixels comes along, and without it the code is the same."""
    data = png(scene(1, 90, 60))

    whole, short = pdq(data), pdq(data, with_pixels=False)

    assert pixels.canonical_hash(data) == whole.pixels
    assert short.pixels is None
    assert whole.code == short.code


@pytest.mark.parametrize("size", [(1, 1), (1, 4000), (4000, 1), (3, 2)])
def test_thin_and_tiny_pictures_have_codes(size: tuple[int, int]) -> None:
    """Any shape has a code of 32 bytes; what holds nothing has quality 0."""
    result = pdq(png(Image.new("RGB", size, (200, 30, 90))))

    assert result.code is not None
    assert len(result.code) == 32
    assert result.quality == 0


def test_black_is_black() -> None:
    """An all-black picture has no bit above the median, and says by its quality that the code decides nothing."""
    result = pdq(png(Image.new("L", (640, 480))))

    assert bytes(32) == result.code
    assert result.quality == 0


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"<html>", png(scene(1, 60, 40))[:-300]])
def test_what_cannot_be_decoded_says_why(data: bytes) -> None:
    """No picture gives no code and a reason, never an exception."""
    result = pdq(data)

    assert result.code is None
    assert result.pixels is None
    assert "cannot be decoded" in (result.missed or "")


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (513, 5), (5, 513)])
def test_a_code_is_taken_of_what_was_shrunk(shape: tuple[int, int]) -> None:
    """Pixels that `pixels.grey` did not shrink are refused: their code would be another."""
    with pytest.raises(UsageError, match="512"):
        code_of(np.zeros(shape, np.float32))


def test_distance_counts_bits() -> None:
    """The distance is the number of differing bits, between codes of 32 bytes only."""
    assert distance(bytes(32), b"\xff" * 32) == 256
    assert distance(bytes(32), bytes(31) + b"\x05") == 2
    with pytest.raises(UsageError, match="32 bytes"):
        distance(bytes(32), bytes(8))


@needs_corpus
def test_photos_of_the_corpus() -> None:
    """60 photos: every recoded copy is found, and no two different photos are as near as a candidate."""
    files = sorted((CORPUS / "photos").iterdir())[::5][:60]
    codes: list[bytes] = []
    for path in files:
        data = path.read_bytes()
        original = pdq(data, with_pixels=False)
        if original.code is None or (original.quality or 0) < MINIMUM_QUALITY:
            continue
        codes.append(original.code)
        for copy in (pixels.recode(data, "jpeg", edge=600, quality=70), pixels.recode(data, "webp", edge=320)):
            code = pdq(copy, with_pixels=False).code
            assert code is not None
            assert distance(original.code, code) <= ALONE.distance, path.name

    nearest = min(distance(a, b) for a, b in combinations(codes, 2))

    assert len(codes) >= 55
    assert nearest > CANDIDATE.distance
