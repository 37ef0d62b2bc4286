"""Decoding, shrinking, encoding: the only place that sees pixels.

Pictures are shown as a browser shows them: the first frame (the default picture of an animated PNG), turned by its
Exif orientation, in 8 bits. An ICC profile is noted, not applied, so that equal files give equal pixels on every
machine. Of JPEG and PNG the decoder gets what makes pixels and nothing else: Pillow reads Exif and multi-picture
indexes as it opens a file, and a directory whose tags all claim the whole file would fill the memory.

Every function raises `PictureError` for what cannot be decoded, truncated files included, `LimitError` past a cap,
and nothing else on hostile bytes.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import threading
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from PIL import Image, UnidentifiedImageError

from creditline.model.errors import CreditlineError, LimitError, PictureError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

type Written = Literal["jpeg", "png", "webp", "avif"]

MAX_PIXELS = 120_000_000
"""Cap on width × height: above the 108 MP of phones, and 480 MB at the decoder's 4 bytes a pixel."""

# Each scan of a progressive JPEG visits all of its blocks; encoders write about 10, a hostile file a million.
MAX_SCANS = 100

# Segments or chunks walked before the pixels: a 100 MB PNG in usual IDAT chunks of 8 KiB has 13,000.
MAX_UNITS = 100_000

# Tags of one directory together may claim this many times the file's size; honest ones claim less than once.
MAX_TAG_CLAIM = 2

# Places in an AVIF file that look like Exif, each of which is walked; a file has one or two.
MAX_DIRECTORIES = 16

_CANNOT = "the picture cannot be decoded"
_DNG_VERSION = 0xC612  # DNG 1.7: the tag that every DNG file has and no other
_STRIP_PIXELS = 1_000_000  # canonical_hash holds this many pixels as RGBA at a time, not all of them
_JPEG_MARKER = re.compile(rb"\xff([^\x00\xff])")
_TIFF_START = re.compile(rb"II[*+]\x00|MM\x00[*+]")
_TIFF_TYPE_SIZES = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8)  # TIFF 6.0 section 2; BigTIFF 16–18
_PNG_PIXELS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
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
class _Source:
    """What the decoder gets. `orientation` None: ask the opened picture. `icc` True: a profile was cut out."""

    plugin: str
    data: bytes
    orientation: int | None = None
    icc: bool = False


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
            source = _source(data)
            with Image.open(io.BytesIO(source.data), formats=(source.plugin,)) as image:
                width, height = image.size
                if max_pixels is not None:
                    _cap(width, height, max_pixels)
                orientation = source.orientation
                if orientation is None:
                    orientation = _orientation(image.info.get("exif") or b"")
                yield image, orientation, source.icc or "icc_profile" in image.info
    except CreditlineError:
        raise
    except (MemoryError, Image.DecompressionBombError) as error:
        raise LimitError(f"the picture is too large to decode: {error}") from error
    except UnidentifiedImageError as error:
        raise PictureError(f"{_CANNOT}: its header is broken") from error
    except Exception as error:  # Pillow gives no list of what hostile bytes make it raise
        raise PictureError(f"{_CANNOT}: {error}") from error


def _cap(width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise LimitError(f"the picture has {width} × {height} pixels, more than the {max_pixels} that are decoded")


def _source(data: bytes) -> _Source:
    """What to hand to which decoder, decided by the bytes; guards stand here, before Pillow reads anything."""
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(data)
    if data.startswith((b"GIF87a", b"GIF89a")):
        return _Source("GIF", data, orientation=1)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        if data[12:16] == b"VP8X":  # libwebp makes two canvases as it opens an animation, before we learn its size
            canvas = int.from_bytes(data[24:27], "little"), int.from_bytes(data[27:30], "little")
            _cap(canvas[0] + 1, canvas[1] + 1, MAX_PIXELS)
        return _Source("WEBP", data)
    if _TIFF_START.match(data):
        _guard_tags(data, 0)
        return _Source("TIFF", data, orientation=1)  # Pillow turns TIFF itself
    if data[4:8] == b"ftyp" and re.search(rb"avi[fs]", data[8 : min(int.from_bytes(data[:4]), 256)]):
        for number, start in enumerate(_TIFF_START.finditer(data)):  # Pillow reads Exif as it opens the file
            if number == MAX_DIRECTORIES:
                raise LimitError(f"the AVIF file has more than {MAX_DIRECTORIES} blocks that look like Exif")
            _guard_tags(data, start.start())
        return _Source("AVIF", data)
    raise PictureError(f"{_CANNOT}: not a JPEG, PNG, GIF, WebP, AVIF or TIFF file")


def _jpeg(data: bytes) -> _Source:
    """The segments that make pixels: no APPn but JFIF and Adobe (they tell the colour space), no comments."""
    kept: list[bytes | memoryview] = [data[:2]]
    exif, icc, at = b"", False, 2
    for _ in range(MAX_UNITS):
        found = _JPEG_MARKER.search(data, at)
        if found is None or found[1] == b"\xd9":
            raise PictureError(f"{_CANNOT}: a JPEG file without image data")
        start, marker = found.start(), found[1][0]
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:  # T.81 table B.1: these have no length
            at = found.end()
            continue
        at = found.end() + int.from_bytes(data[found.end() : found.end() + 2])
        if at < found.end() + 2:
            raise PictureError(f"{_CANNOT}: a JPEG segment shorter than its own length")
        if marker == 0xDA:
            _guard_scans(data, start)
            kept.append(memoryview(data)[start:])
            return _Source("JPEG", b"".join(kept), _orientation(exif), icc)
        segment = data[start:at]
        payload = segment[4:]
        if marker == 0xE1 and not exif and payload.startswith(b"Exif\0"):
            exif = payload
        icc = icc or (marker == 0xE2 and payload.startswith(b"ICC_PROFILE\0"))
        colours = (marker == 0xE0 and payload.startswith(b"JFIF\0")) or marker == 0xEE
        if colours or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            kept.append(segment)
    raise LimitError(f"the JPEG file has more than {MAX_UNITS} segments before its image data")


def _guard_scans(data: bytes, at: int) -> None:
    if data.count(b"\xff\xda", at) <= MAX_SCANS:
        return
    # More than that may also stand in what was appended behind the picture; count up to its end.
    scans = 0
    while (found := _JPEG_MARKER.search(data, at)) and found[1] != b"\xd9":
        at = found.end()
        if not 0xD0 <= found[1][0] <= 0xD7:
            scans += found[1] == b"\xda"
            at += int.from_bytes(data[at : at + 2])
        if scans > MAX_SCANS:
            raise LimitError(f"the JPEG file has more than {MAX_SCANS} scans")


def _png(data: bytes) -> _Source:
    """The chunks that make the default picture; Pillow would refuse a good picture over 1 MB of text."""
    kept, exif, icc, at = [data[:8]], b"", False, 8
    for _ in range(MAX_UNITS):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        end = at + 12 + length
        if kind in _PNG_PIXELS:
            kept.append(data[at:end])
        elif kind == b"eXIf" and not exif:
            exif = data[at + 8 : end - 4]
        icc = icc or kind == b"iCCP"
        if kind == b"IEND" or end >= len(data):
            return _Source("PNG", b"".join(kept), _orientation(exif), icc)
        at = end
    raise LimitError(f"the PNG file has more than {MAX_UNITS} chunks")


def _tags(data: bytes, start: int = 0) -> Iterator[tuple[int, int, int, int]]:
    """Tag, type, count and, if it is a SHORT, value of each entry of the first directory (TIFF 6.0 section 2)."""
    if not _TIFF_START.match(data, start):
        return
    order: Literal["little", "big"] = "little" if data[start] == 0x49 else "big"
    # 2 bytes of count, entries of 12; BigTIFF (version 43) 8 and 20.
    word, counted, length = (8, 8, 20) if 43 in data[start + 2 : start + 4] else (4, 2, 12)

    def number(at: int, width: int) -> int:
        return int.from_bytes(data[at : at + width], order)

    head = start + number(start + word, word)
    first, entries = head + counted, min(number(head, counted), MAX_UNITS)
    for at in range(first, min(first + length * entries, len(data)), length):
        yield number(at, 2), number(at + 2, 2), number(at + 4, word), number(at + 4 + word, 2)


def _guard_tags(data: bytes, start: int) -> None:
    """Pillow copies the value of every tag of the first directory; together they may not be a bomb."""
    claimed = 0
    for tag, kind, count, _ in _tags(data, start):
        if start == 0 and tag == _DNG_VERSION:
            raise PictureError(f"{_CANNOT}: a DNG file holds raw sensor data, which is not developed")
        claim = count * (_TIFF_TYPE_SIZES[kind] if kind < len(_TIFF_TYPE_SIZES) else 0)
        claimed += claim if claim <= len(data) else 0  # Pillow skips a value larger than the file
    if claimed > MAX_TAG_CLAIM * len(data) + 0xFFFF:
        raise LimitError(f"the tags of the picture claim {claimed} bytes, in a file of {len(data)}")


def _orientation(exif: bytes) -> int:
    """Tag 0x0112 of the first directory, 1–8; 1 where it is missing or makes no sense, as in a browser."""
    for tag, kind, count, value in _tags(exif.removeprefix(b"Exif\0\0")):
        if (tag, kind, count) == (0x0112, 3, 1):
            return value if 1 <= value <= 8 else 1
    return 1


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
