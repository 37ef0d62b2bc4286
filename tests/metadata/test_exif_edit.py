"""Entries carried from one Exif block into another as the bytes that they are."""

from __future__ import annotations

import struct

import pytest

from creditline.metadata import exif, exif_edit
from creditline.model.errors import CarrierError

ARTIST = exif.build(
    {
        "IFD0:Artist": "Ann Example",
        "ExifIFD:DateTimeOriginal": "2026:03:14 18:15:00",
        "ExifIFD:OffsetTimeOriginal": "+01:00",
        "GPS:GPSLatitude": "51/1,30/1,0/1",
        "GPS:GPSLatitudeRef": "N",
    }
)
KEYS = ("IFD0:Artist", "ExifIFD:DateTimeOriginal", "ExifIFD:OffsetTimeOriginal")
NOTE = b"maker's own bytes, with offsets in them"


def camera(order: str = "<") -> bytes:
    """A block with Make, Orientation, and an Exif directory with a maker's note at a place of its own."""
    ifd0 = [(0x010F, 2, 8, 62), (0x0112, 3, 1, 6), (0x8769, 4, 1, 80)]
    out = (
        (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HL", 42, 8) + struct.pack(f"{order}H", len(ifd0))
    )
    for tag, kind, count, value in ifd0:
        packed = struct.pack(f"{order}H2x", value) if kind == 3 else struct.pack(f"{order}L", value)
        out += struct.pack(f"{order}HHL", tag, kind, count) + packed
    out = (out + bytes(4)).ljust(62, b"\0") + b"Example\0"
    out = out.ljust(80, b"\0") + struct.pack(f"{order}HHHLLL", 1, 0x927C, 7, len(NOTE), 100, 0)
    return out.ljust(100, b"\0") + NOTE


def values(payload: bytes) -> dict[str, object]:
    """The block's properties."""
    return {item.key: item.value for item in exif.read(payload)}


@pytest.mark.parametrize("order", ["<", ">"])
def test_entries_come_in_and_nothing_moves(order: str) -> None:
    """What was there reads as before, in either byte order, and the maker's note lies where it lay."""
    block = camera(order)

    made = exif_edit.edited(block, exif_edit.entries(ARTIST, KEYS))

    assert {**values(block), **{key: values(ARTIST)[key] for key in KEYS}} == values(made)
    assert NOTE == made[100 : 100 + len(NOTE)]
    assert block[8:] == made[8 : len(block)]
    assert exif_edit.has_maker_note(made)


def test_a_block_of_its_own() -> None:
    """Without a block there is a new one, in the byte order of its entries."""
    made = exif_edit.edited(None, exif_edit.entries(ARTIST, KEYS))

    assert {key: values(ARTIST)[key] for key in KEYS} == values(made)
    assert made.startswith(ARTIST[:4])
    assert not exif_edit.has_maker_note(made)


def test_an_entry_that_is_there_gives_way() -> None:
    """One tag stands once."""
    once = exif_edit.edited(None, [exif_edit.text("IFD0:Artist", "Ann")])

    twice = exif_edit.edited(once, [exif_edit.text("IFD0:Artist", "Ann Example")])

    assert {"IFD0:Artist": "Ann Example"} == values(twice)


def test_a_whole_directory_on_request() -> None:
    """Place is many entries; nobody lists them one by one."""
    raw = exif_edit.entries(camera(), [], groups=["GPS"]) + exif_edit.entries(ARTIST, [], groups=["GPS"])

    assert {"GPS:GPSLatitude", "GPS:GPSLatitudeRef"} == set(values(exif_edit.edited(None, raw)))


def test_numbers_follow_the_byte_order() -> None:
    """Rationals of a big-endian block read the same in a little-endian one."""
    made = exif_edit.edited(camera("<"), exif_edit.entries(ARTIST, [], groups=["GPS"]))

    assert values(ARTIST)["GPS:GPSLatitude"] == values(made)["GPS:GPSLatitude"]


@pytest.mark.parametrize("text", ["plain", "ünï ☀"])
def test_user_comment_carries_its_character_code(text: str) -> None:
    """ASCII or UTF-16, as generators write their records."""
    made = exif_edit.edited(camera("<"), [exif_edit.text("ExifIFD:UserComment", text)])

    assert text == values(made)["ExifIFD:UserComment"]


@pytest.mark.parametrize("payload", [b"", b"II*\0", b"II*\0\xff\xff\xff\xff", camera()[:30], b"no tiff at all"])
def test_a_broken_block_is_refused(payload: bytes) -> None:
    """Nothing is added to what cannot be read."""
    with pytest.raises(CarrierError):
        exif_edit.edited(payload, [exif_edit.text("IFD0:Artist", "Ann")])
