"""What the decoder may see: of a file's bytes those that make pixels, guarded before anything is decoded.

Pillow reads Exif and multi-picture indexes as it opens a file, and a directory whose tags all claim the whole file
would fill the memory; so of JPEG and PNG it gets what makes pixels and nothing else. Nothing here decodes.
`PictureError` for what no decoder will get, `LimitError` past a cap, nothing else on hostile bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from creditline.model.errors import LimitError, PictureError

if TYPE_CHECKING:
    from collections.abc import Iterator

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

CANNOT = "the picture cannot be decoded"
_DNG_VERSION = 0xC612  # DNG 1.7: the tag that every DNG file has and no other
_JPEG_MARKER = re.compile(rb"\xff([^\x00\xff])")
_TIFF_START = re.compile(rb"II[*+]\x00|MM\x00[*+]")
_TIFF_TYPE_SIZES = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8)  # TIFF 6.0 section 2; BigTIFF 16–18
_PNG_PIXELS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})


@dataclass(frozen=True, slots=True)
class Source:
    """What the decoder gets. `orientation` None: ask the opened picture. `icc` True: a profile was cut out."""

    plugin: str
    data: bytes
    orientation: int | None = None
    icc: bool = False


def cap(width: int, height: int, max_pixels: int) -> None:
    """LimitError for more than `max_pixels` pixels."""
    if width * height > max_pixels:
        raise LimitError(f"the picture has {width} × {height} pixels, more than the {max_pixels} that are decoded")


def source_of(data: bytes) -> Source:
    """What to hand to which decoder, decided by the bytes; guards stand here, before Pillow reads anything."""
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(data)
    if data.startswith((b"GIF87a", b"GIF89a")):
        return Source("GIF", data, orientation=1)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        if data[12:16] == b"VP8X":  # libwebp makes two canvases as it opens an animation, before we learn its size
            canvas = int.from_bytes(data[24:27], "little"), int.from_bytes(data[27:30], "little")
            cap(canvas[0] + 1, canvas[1] + 1, MAX_PIXELS)
        return Source("WEBP", data)
    if _TIFF_START.match(data):
        _guard_tags(data, 0)
        return Source("TIFF", data, orientation=1)  # Pillow turns TIFF itself
    if data[4:8] == b"ftyp" and re.search(rb"avi[fs]", data[8 : min(int.from_bytes(data[:4]), 256)]):
        for number, start in enumerate(_TIFF_START.finditer(data)):  # Pillow reads Exif as it opens the file
            if number == MAX_DIRECTORIES:
                raise LimitError(f"the AVIF file has more than {MAX_DIRECTORIES} blocks that look like Exif")
            _guard_tags(data, start.start())
        return Source("AVIF", data)
    raise PictureError(f"{CANNOT}: not a JPEG, PNG, GIF, WebP, AVIF or TIFF file")


def _jpeg(data: bytes) -> Source:
    """The segments that make pixels: no APPn but JFIF and Adobe (they tell the colour space), no comments."""
    kept: list[bytes | memoryview] = [data[:2]]
    exif, icc, at = b"", False, 2
    for _ in range(MAX_UNITS):
        found = _JPEG_MARKER.search(data, at)
        if found is None or found[1] == b"\xd9":
            raise PictureError(f"{CANNOT}: a JPEG file without image data")
        start, marker = found.start(), found[1][0]
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:  # T.81 table B.1: these have no length
            at = found.end()
            continue
        at = found.end() + int.from_bytes(data[found.end() : found.end() + 2])
        if at < found.end() + 2:
            raise PictureError(f"{CANNOT}: a JPEG segment shorter than its own length")
        if marker == 0xDA:
            _guard_scans(data, start)
            kept.append(memoryview(data)[start:])
            return Source("JPEG", b"".join(kept), orientation_of(exif), icc)
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


def _png(data: bytes) -> Source:
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
            return Source("PNG", b"".join(kept), orientation_of(exif), icc)
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
            raise PictureError(f"{CANNOT}: a DNG file holds raw sensor data, which is not developed")
        claim = count * (_TIFF_TYPE_SIZES[kind] if kind < len(_TIFF_TYPE_SIZES) else 0)
        claimed += claim if claim <= len(data) else 0  # Pillow skips a value larger than the file
    if claimed > MAX_TAG_CLAIM * len(data) + 0xFFFF:
        raise LimitError(f"the tags of the picture claim {claimed} bytes, in a file of {len(data)}")


def orientation_of(exif: bytes) -> int:
    """Tag 0x0112 of the first directory, 1–8; 1 where it is missing or makes no sense, as in a browser."""
    for tag, kind, count, value in _tags(exif.removeprefix(b"Exif\0\0")):
        if (tag, kind, count) == (0x0112, 3, 1):
            return value if 1 <= value <= 8 else 1
    return 1
