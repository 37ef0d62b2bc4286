"""What a body is, by its first bytes alone: labels lie in both directions (site-protocols 4.2)."""

from __future__ import annotations

import struct

from creditline.containers.sniff import sniff

HEAD = 4096
"""So many bytes from the front are enough for every format."""

_PICTURES = frozenset({"jpeg", "png", "webp", "gif", "tiff", "dng", "heic", "avif", "jxl", "svg"})
_BMP_INFO_SIZES = frozenset({12, 40, 52, 56, 64, 108, 124})

_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_MAX_SEGMENTS = 400
"""JPEG segments looked through for the size; a profile of 255 ICC chunks is the longest real case."""


def kind(data: bytes) -> str | None:
    """The picture format that the bytes begin as, or None; films and everything else are none."""
    found = sniff(data)
    if found in _PICTURES:
        return found
    if data[:2] == b"BM" and len(data) >= 18 and struct.unpack_from("<I", data, 14)[0] in _BMP_INFO_SIZES:
        return "bmp"
    return None


def dimensions(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels where the header says them cheaply; None elsewhere."""
    try:
        if data.startswith(b"\x89PNG"):
            width, height = struct.unpack_from(">II", data, 16)
            return width, height
        if data.startswith(b"GIF8"):
            width, height = struct.unpack_from("<HH", data, 6)
            return width, height
        if data.startswith(b"\xff\xd8"):
            return _jpeg(data)
        if data[:4] == b"RIFF":
            return _webp(data)
    except struct.error:
        return None
    return None


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    for _ in range(_MAX_SEGMENTS):
        mark, code, length = struct.unpack_from(">BBH", data, at)
        if mark != 0xFF:
            return None
        if code in _START_OF_FRAME:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 2 + length
    return None


def _webp(data: bytes) -> tuple[int, int] | None:
    form = data[12:16]
    if form == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if form == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if form == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None
