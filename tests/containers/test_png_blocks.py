import zlib

import pytest

from creditline.containers import png_text
from creditline.containers.png_blocks import carrier_of, collect
from creditline.containers.png_chunks import SIGNATURE, chunk, walk
from creditline.model.picture import Block

IIM = b"\x1c\x02\x50\x00\x03Ann"
RESOURCES = b"8BIM\x04\x04\0\0\0\0\0\x08" + IIM


def blocks(kind: bytes, body: bytes) -> list[Block]:
    data = SIGNATURE + chunk(kind, body)
    return [found.block for found in collect(data, walk(data).units)]


@pytest.mark.parametrize(
    ("name", "profile", "expected"),
    [
        (b"exif", b"Exif\0\0II*\0", [("exif", b"II*\0")]),
        (b"APP1", b"Exif\0\0II*\0", [("exif", b"II*\0")]),
        (b"APP1", b"http://ns.adobe.com/xap/1.0/\0<x/>", [("xmp", b"<x/>")]),
        (b"xmp", b"<x/>", [("xmp", b"<x/>")]),
        (b"iptc", IIM, [("iptc", IIM)]),
        (b"iptc", RESOURCES, [("photoshop", RESOURCES), ("iptc", IIM)]),
        (b"8bim", RESOURCES, [("photoshop", RESOURCES), ("iptc", IIM)]),
        (b"icc", b"profile", [("icc", b"profile")]),
        (b"icm", b"profile", [("icc", b"profile")]),
    ],
)
def test_raw_profiles(name: bytes, profile: bytes, expected: list[tuple[str, bytes]]) -> None:
    """Each raw profile becomes the carrier that its bytes are."""
    found = blocks(b"zTXt", png_text.raw_profile_body(name, profile))

    assert expected == [(block.carrier, block.payload) for block in found]


@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt"])
def test_xmp_in_any_text_chunk(kind: bytes) -> None:
    """The keyword decides, not the kind."""
    middle = {b"tEXt": b"\0", b"zTXt": b"\0\0", b"iTXt": b"\0\0\0\0\0"}[kind]
    text = zlib.compress(b"<x/>") if kind == b"zTXt" else b"<x/>"

    (block,) = blocks(kind, png_text.XMP_KEYWORD + middle + text)

    assert ("xmp", kind.decode() + "@8", b"<x/>") == (block.carrier, block.location, block.payload)


def test_exif_prefix_is_taken_off() -> None:
    """A stray JPEG header before the TIFF stream is no part of the payload."""
    (block,) = blocks(b"eXIf", b"Exif\0\0MM\0*")

    assert b"MM\0*" == block.payload


def test_records_without_hexadecimal() -> None:
    """IIM put into a text chunk as it is, is found."""
    (block,) = blocks(b"zTXt", b"Raw profile type iptc\0\0" + zlib.compress(IIM))

    assert ("iptc", IIM) == (block.carrier, block.payload)


def test_unreadable_text_is_told() -> None:
    """A stream that does not inflate makes a block with a problem, never none."""
    (block,) = blocks(b"iCCP", b"name\0\0nonsense")

    assert ("icc", "carrier_broken") == (block.carrier, block.problem and block.problem.code)


def test_other_text_is_kept_raw() -> None:
    """Type and data, without a look inside."""
    (block,) = blocks(b"zTXt", b"Comment\0\0not zlib")

    assert ("png_text", b"zTXtComment\0\0not zlib") == (block.carrier, block.payload)


def test_carrier_of_a_keyword() -> None:
    """An unknown raw profile is plain text."""
    assert "png_text" == carrier_of("tEXt", b"Raw profile type other\0x")
    assert "exif" == carrier_of("tEXt", b"Raw profile type EXIF\0x")
