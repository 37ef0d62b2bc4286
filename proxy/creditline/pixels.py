"""Decoding, shrinking, encoding: the only place that sees pixels.

Pictures are shown as a browser shows them: the first frame (the default picture of an animated PNG), turned by its
Exif orientation, in 8 bits. An ICC profile is noted, not applied, so that equal files give equal pixels on every
machine. `decode_guards` says what of a file reaches the decoder.

Every function raises `PictureError` for what cannot be decoded, truncated files included, `LimitError` past a cap,
and nothing else on hostile bytes.
"""

from __future__ import annotations

import hashlib
import io
import struct
import threading
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from PIL import Image, UnidentifiedImageError

from creditline.decode_guards import CANNOT, MAX_PIXELS, cap, orientation_of, source_of
from creditline.model.errors import CreditlineError, LimitError, PictureError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

type Written = Literal["jpeg", "png", "webp", "avif"]

_STRIP_PIXELS = 1_000_000  # canonical_hash holds this many pixels as RGBA at a time, not all of them
_STORED_EXACTLY = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA"})  # RGBA of these has the samples as stored
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # Exif 3.0, tag 0x0112


@dataclass(frozen=True, slots=True)
class Raster:
    """Decoded upright pixels: `rgba` is row by row from the top left, 4 bytes a pixel, alpha not multiplied in.

    `icc` says that the file carries a colour profile, which was not applied.
    """

    width: int
    height: int
    rgba: bytes
    icc: bool = False


@dataclass(frozen=True, slots=True)
class LowBits:
    """Lowest bits of the stored 8-bit samples, column by column from the left, each from the top, eight to a byte.

    `alpha` has one bit a pixel and is None for a picture without transparency, `rgb` has red, green, blue of each
    pixel in turn; the first bit is the highest of its byte. Both end with the bits asked for or with the picture,
    which has `pixels` pixels; bits that do not fill a byte are left out.
    """

    alpha: bytes | None
    rgb: bytes
    pixels: int


DIFFERENCE_SHOWN = 4
"""How much stronger than they are differences are shown: a strong JPEG differs by a few levels of 255."""


def size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels as shown, orientation applied; reads the header only, so no cap on pixels."""
    with _opened(data, None) as (image, orientation, _):
        width, height = image.size
    return (height, width) if orientation >= 5 else (width, height)


def upright_rgba(data: bytes, *, max_pixels: int = MAX_PIXELS) -> Raster:
    """All pixels of the picture as shown."""
    with _opened(data, max_pixels) as (image, orientation, icc):
        upright = _upright(_eight_bit(image), orientation).convert("RGBA")
        return Raster(*upright.size, rgba=upright.tobytes(), icc=icc)


def low_bits(data: bytes, count: int, *, max_pixels: int = MAX_PIXELS) -> LowBits | None:
    """The first `count` lowest bits of alpha and of the colours, as stored: neither turned nor multiplied.

    None for samples of more than 8 bits, of which no writer of hidden bits makes use.
    """
    with _opened(data, max_pixels) as (image, _, _):
        if image.mode not in _STORED_EXACTLY:
            return None
        image.load()
        clear = image.has_transparency_data
        width, height = image.size
        columns = min(width, -(-count // height))
        shown = np.asarray(image.crop((0, 0, columns, height)).convert("RGBA"), dtype=np.uint8)
        samples = np.bitwise_and(shown.swapaxes(0, 1).reshape(-1, 4), np.uint8(1))
        return LowBits(
            alpha=_packed(samples[:, 3], count) if clear else None,
            rgb=_packed(samples[:, :3].reshape(-1), count),
            pixels=width * height,
        )


def canonical_hash(data: bytes, *, max_pixels: int = MAX_PIXELS) -> str:
    """Hex SHA-256 of width and height (4 bytes each, big-endian), then the upright RGBA bytes.

    Two files with the same hash show the same pixels, whatever container or metadata they have.
    """
    with _opened(data, max_pixels) as (image, orientation, _):
        upright = _upright(_eight_bit(image), orientation)
        width, height = upright.size
        digest = hashlib.sha256(struct.pack(">II", width, height))
        rows = max(1, _STRIP_PIXELS // width)
        for top in range(0, height, rows):
            strip = upright.crop((0, top, width, min(top + rows, height)))
            digest.update(strip.convert("RGBA").tobytes())
        return digest.hexdigest()


def grey(data: bytes, box: int = 512) -> NDArray[np.float32]:
    """Luma (ITU-R BT.601) of the upright picture, rows × columns, 0–255, long edge at most `box` pixels.

    One path, because the fingerprint's thresholds hold for it only: a JPEG is decoded at the smallest of 1, 1/2,
    1/4, 1/8 that leaves `box` pixels each way, then averaged down. What is transparent lies on white.
    """
    with _opened(data, MAX_PIXELS) as (image, orientation, _):
        image.draft("L", (box, box))
        luma = _opaque(_eight_bit(image)).convert("L")
        small = _shrunk(luma, box, Image.Resampling.BOX)
        return np.asarray(_upright(small, orientation), dtype=np.float32)


def squeezed(luma: NDArray[np.float32], side: int) -> bytes:
    """A luma as `side` × `side` bytes, row by row, whatever its proportions were: bicubic, rounded."""
    small = Image.fromarray(luma).resize((side, side), Image.Resampling.BICUBIC)
    return np.clip(np.rint(np.asarray(small)), 0, 255).astype(np.uint8).tobytes()


def recode(data: bytes, format: Written, *, edge: int | None = None, quality: int = 85) -> bytes:  # noqa: A002
    """The upright picture encoded anew with no metadata at all, long edge at most `edge` pixels, never enlarged.

    JPEG has no transparency: it lies on white. `quality` is 1–100 and means nothing to PNG.
    """
    if edge is not None and edge < 1:
        raise UsageError(f"an edge has at least one pixel, not {edge}")
    with _opened(data, MAX_PIXELS) as (image, orientation, _):
        if edge is not None:
            image.draft(None, (edge, edge))
        shown = _shown(_eight_bit(image))
        if edge is not None:
            shown = _shrunk(shown, edge, Image.Resampling.LANCZOS)
        upright = _upright(shown, orientation)
    return _written(upright, format, quality)


def thumbnail(data: bytes, edge: int, format: Literal["webp", "jpeg"] = "webp") -> bytes:  # noqa: A002
    """A small upright preview without metadata, long edge at most `edge` pixels."""
    return recode(data, format, edge=edge, quality=80)


def difference(one: bytes, other: bytes, edge: int) -> bytes:
    """Where two pictures differ, as a WebP with its long edge at most `edge`: black where they are alike.

    The second is stretched to the first's shape; differences are shown four times as strong.
    """
    shown: list[Image.Image] = []
    for data in (one, other):
        with _opened(data, MAX_PIXELS) as (image, orientation, _):
            image.draft(None, (edge, edge))
            small = _shrunk(_shown(_eight_bit(image)), edge, Image.Resampling.LANCZOS)
            shown.append(_opaque(_upright(small, orientation)).convert("RGB"))
    first, second = shown
    if second.size != first.size:
        second = second.resize(first.size, Image.Resampling.LANCZOS)
    far = np.abs(np.asarray(first, dtype=np.int16) - np.asarray(second, dtype=np.int16)) * DIFFERENCE_SHOWN
    return _written(Image.fromarray(np.minimum(far, 255).astype(np.uint8)), "webp", 85)


def encode(raster: Raster, format: Written, *, quality: int = 85) -> bytes:  # noqa: A002
    """A raster as a file without metadata; JPEG puts what is transparent on white.

    Raises:
        UsageError: `rgba` does not have 4 bytes for each pixel.
    """
    if not raster.rgba or len(raster.rgba) != 4 * raster.width * raster.height:
        raise UsageError(f"{len(raster.rgba)} bytes are not {raster.width} × {raster.height} RGBA pixels")
    return _written(Image.frombytes("RGBA", (raster.width, raster.height), raster.rgba), format, quality)


# Decoding


@contextmanager
def _opened(data: bytes, max_pixels: int | None) -> Iterator[tuple[Image.Image, int, bool]]:
    """The picture, not decoded yet, with its orientation (1–8) and whether there is an ICC profile."""
    try:
        with _silence:
            source = source_of(data)
            with Image.open(io.BytesIO(source.data), formats=(source.plugin,)) as image:
                width, height = image.size
                if max_pixels is not None:
                    cap(width, height, max_pixels)
                orientation = source.orientation
                if orientation is None:
                    orientation = orientation_of(image.info.get("exif") or b"")
                yield image, orientation, source.icc or "icc_profile" in image.info
    except CreditlineError:
        raise
    except (MemoryError, Image.DecompressionBombError) as error:
        raise LimitError(f"the picture is too large to decode: {error}") from error
    except UnidentifiedImageError as error:
        raise PictureError(f"{CANNOT}: its header is broken") from error
    except Exception as error:  # Pillow gives no list of what hostile bytes make it raise
        raise PictureError(f"{CANNOT}: {error}") from error


class _Silence:
    """Keeps Pillow's warnings from the caller while any thread decodes; filters per thread would race."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._filters = warnings.catch_warnings()

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._filters = warnings.catch_warnings()
                self._filters.__enter__()
                warnings.filterwarnings("ignore", module=r"PIL(\.|$)")

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._filters.__exit__(None, None, None)


_silence = _Silence()


# Pixels


def _eight_bit(image: Image.Image) -> Image.Image:
    """The decoded picture in a mode of 8 bits: 16 bits lose the low byte, wider numbers are stretched to 0–255."""
    image.load()
    if image.mode.startswith("I;16"):
        wide = np.asarray(image)
        narrow = Image.fromarray((wide >> 8).astype(np.uint8))
        clear = image.info.get("transparency")
        if isinstance(clear, int):
            narrow.putalpha(Image.fromarray(np.where(wide == clear, 0, 255).astype(np.uint8)))
        return narrow
    if image.mode in {"I", "F"}:
        numbers: NDArray[Any] = np.nan_to_num(np.asarray(image, dtype=np.float64))
        low, high = float(numbers.min()), float(numbers.max())
        return Image.fromarray(((numbers - low) * (255 / ((high - low) or 1))).astype(np.uint8))
    return image


def _packed(bits: NDArray[np.uint8], count: int) -> bytes:
    whole = min(count, bits.size) // 8 * 8
    return np.packbits(bits[:whole]).tobytes()


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def _shown(image: Image.Image) -> Image.Image:
    """In RGBA, RGB or, for a grey picture, L."""
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode == "L" else image.convert("RGB")


def _opaque(image: Image.Image) -> Image.Image:
    """On white where it is transparent; other pictures as they are."""
    if not image.has_transparency_data:
        return image
    over = image.convert("RGBA")
    white = Image.new("RGB", over.size, (255, 255, 255))
    white.paste(over, mask=over.getchannel("A"))
    return white


def _shrunk(image: Image.Image, edge: int, how: Image.Resampling) -> Image.Image:
    longest = max(image.size)
    if longest <= edge:
        return image
    width, height = (max(1, round(side * edge / longest)) for side in image.size)
    return image.resize((width, height), how)


def _written(image: Image.Image, format: str, quality: int) -> bytes:  # noqa: A002
    if format not in {"jpeg", "png", "webp", "avif"}:
        raise UsageError(f"pictures are written as jpeg, png, webp or avif, not {format!r}")
    if not 1 <= quality <= 100:
        raise UsageError(f"quality is 1 to 100, not {quality}")
    if format == "jpeg":
        image = _opaque(image)
    bare = image.copy()
    bare.info.clear()  # Pillow writes a profile, Exif or comment it finds here
    target = io.BytesIO()
    options = {} if format == "png" else {"quality": quality}
    try:
        bare.save(target, format.upper(), **options)
    except (OSError, ValueError) as error:  # a side longer than the format allows
        raise LimitError(f"the picture cannot be written as {format}: {error}") from error
    return target.getvalue()
