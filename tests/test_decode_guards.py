"""What of a file reaches the decoder."""

from __future__ import annotations

import struct
import zlib

import pytest

from creditline.decode_guards import MAX_SCANS, MAX_UNITS, cap, orientation_of, source_of
from creditline.model.errors import LimitError, PictureError

EXIF = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
FRAME = b"\xff\xda\0\x02pixels\xff\xd9"


def segment(marker: int, payload: bytes) -> bytes:
    """A JPEG segment."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload


def chunk(kind: bytes, data: bytes) -> bytes:
    """A PNG chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_a_jpeg_is_its_pixels() -> None:
    """Exif, profile and comment stay behind; what they say of direction and colour is kept beside."""
    tables = segment(0xDB, b"tables")
    data = b"\xff\xd8" + segment(0xE1, EXIF) + segment(0xE2, b"ICC_PROFILE\0x") + segment(0xFE, b"hello")
    source = source_of(data + tables + FRAME)

    assert (b"\xff\xd8" + tables + FRAME, "JPEG", 6, True) == (
        source.data,
        source.plugin,
        source.orientation,
        source.icc,
    )


def test_a_png_is_its_pixels() -> None:
    """Text and profile stay behind, however long."""
    pixels = chunk(b"IDAT", b"x"), chunk(b"IEND", b"")
    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13))
    source = source_of(
        head + chunk(b"iCCP", b"p") + chunk(b"eXIf", EXIF[6:]) + chunk(b"tEXt", b"y") + b"".join(pixels)
    )

    assert (head + b"".join(pixels), 6, True) == (source.data, source.orientation, source.icc)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF88a",
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8" + b"\xff\xe0\0\x01",
        b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 0xC612, 1, 4, 1) + bytes(4),
    ],
)
def test_what_no_decoder_gets(data: bytes) -> None:
    """Other formats, JPEGs without pixels and raw sensor data."""
    with pytest.raises(PictureError):
        source_of(data)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8" + segment(0xFE, b"") * (MAX_UNITS + 1),
        b"\xff\xd8" + segment(0xDA, b"") * (MAX_SCANS + 1),
        b"\x89PNG\r\n\x1a\n" + chunk(b"tEXt", b"") * (MAX_UNITS + 1),
        b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\xff" * 6,
        b"\0\0\0\x10ftypavif" + b"II*\0" * 100,
        b"II*\0\x08\0\0\0\x40\0" + struct.pack("<HHII", 1, 7, 70_000, 1) * 64 + bytes(70_000),
    ],
)
def test_bombs_are_refused(data: bytes) -> None:
    """Too many parts, too large a canvas, tags that claim more than there is."""
    with pytest.raises(LimitError):
        source_of(data)


def test_caps_and_directions() -> None:
    """A picture at the cap passes; a direction that makes no sense is upright."""
    cap(10, 10, 100)
    with pytest.raises(LimitError):
        cap(10, 11, 100)

    assert 6 == orientation_of(EXIF)
    assert [1, 1, 1] == [orientation_of(b) for b in (b"", EXIF.replace(b"\0\x06", b"\0\x09"), EXIF[:20])]
