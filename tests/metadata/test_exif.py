"""The Exif reader: values as text, each broken entry named, hostile directories bounded."""

import struct
import time

import piexif
import pytest

from creditline.metadata import exif
from creditline.model.errors import CarrierError, UsageError

type Entry = tuple[int, int, int, bytes]


def stream(entries: list[Entry], following: int = 0, order: str = "<", extra: bytes = b"") -> bytes:
    """A TIFF stream whose one directory has these (tag, type, count, four bytes)."""
    mark = b"II" if order == "<" else b"MM"
    body = b"".join(struct.pack(f"{order}HHL", tag, kind, count) + value for tag, kind, count, value in entries)
    head = mark + struct.pack(f"{order}HLH", 42, 8, len(entries))
    return head + body + struct.pack(f"{order}L", following) + extra


def values(payload: bytes) -> dict[str, object]:
    """Key → value of what the reader found."""
    return {item.key: item.value for item in exif.read(payload)}


def test_what_is_built_reads_back() -> None:
    """Text in any script, rationals and numbers survive."""
    properties = {
        "IFD0:Artist": "Zoë Example",
        "IFD0:Orientation": "6",
        "IFD0:XPAuthor": "Zoë; Bob",
        "ExifIFD:UserComment": "東京",
        "ExifIFD:DateTimeOriginal": "2026:03:01 10:15:00",
        "ExifIFD:BodySerialNumber": "SN 1",
        "GPS:GPSLatitudeRef": "N",
        "GPS:GPSLatitude": "51/1, 30/1, 0/1",
    }

    assert properties == values(exif.build(properties))


@pytest.mark.parametrize("properties", [{"IFD0:Nothing": "a"}, {"IFD0:Orientation": "up"}, {"Artist": "a"}])
def test_what_cannot_be_built_is_refused(properties: dict[str, str]) -> None:
    """An unknown key or an unfit value is the caller's error."""
    with pytest.raises(UsageError):
        exif.build(properties)


def test_values_agree_with_piexif() -> None:
    """The walk reads what piexif reads on a sound block."""
    block = piexif.dump(
        {"0th": {315: b"Ann", 271: b"Cam"}, "Exif": {0x9003: b"2026:03:01 10:15:00"}, "GPS": {1: b"N"}}
    )

    loaded = piexif.load(block)
    found = values(block[6:])

    assert loaded["0th"][315].decode() == found["IFD0:Artist"]
    assert loaded["Exif"][0x9003].decode() == found["ExifIFD:DateTimeOriginal"]
    assert loaded["GPS"][1].decode() == found["GPS:GPSLatitudeRef"]


def test_prefix_and_unknown_tags() -> None:
    """A stray Exif prefix is no harm; unknown tags have their number; text without NUL is whole."""
    payload = b"Exif\0\0" + stream([(0xABCD, 3, 1, b"\x07\0\0\0"), (0x013B, 2, 3, b"Ann\0")])

    assert {"IFD0:0xABCD": "7", "IFD0:Artist": "Ann"} == values(payload)


def test_copyright_has_photographer_and_editor() -> None:
    """Exif parts the two with NUL; a blank photographer leaves the editor."""
    both = stream([(0x8298, 2, 8, struct.pack("<L", 26))], extra=b"Ann\0Bob\0")
    editor = stream([(0x8298, 2, 6, struct.pack("<L", 26))], extra=b" \0Bob\0")

    assert {"IFD0:Copyright": "Ann; Bob"} == values(both)
    assert {"IFD0:Copyright": "Bob"} == values(editor)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"ASCII\0\0\0plain\0\0", "plain"),
        (b"ASCII\0\0\0Zo\xc3\xab", "Zoë"),
        (b"UNICODE\0" + "photo".encode("utf-16-be"), "photo"),
        (b"UNICODE\0" + "photo".encode("utf-16-le"), "photo"),
        (b"JIS\0\0\0\0\0" + "東京".encode("iso2022_jp"), "東京"),
        (bytes(8) + b"Zo\xeb", "Zoë"),
        (b'{"no": "prefix at all"}', '{"no": "prefix at all"}'),
    ],
)
@pytest.mark.parametrize("order", ["<", ">"])
def test_user_comment_in_ifd0(data: bytes, expected: str, order: str) -> None:
    """The character code decides, UTF-16 by its zero halves; generators put the tag into IFD0."""
    payload = stream([(0x9286, 7, len(data), struct.pack(f"{order}L", 26))], order=order, extra=data)

    assert {"IFD0:UserComment": expected} == values(payload)


def test_bigtiff_is_read() -> None:
    """BigTIFF has eight-byte counts and offsets."""
    payload = b"II+\0\x08\0\0\0" + struct.pack("<QQHHQ", 16, 1, 0x013B, 2, 4) + b"Ann\0\0\0\0\0" + bytes(8)

    assert {"IFD0:Artist": "Ann"} == values(payload)


def test_maker_note_is_never_decoded() -> None:
    """A maker's note, the layout and other carriers' tags give no property."""
    payload = stream([(tag, 7, 4, b"abcd") for tag in (0x927C, 0x02BC, 0x83BB, 0x8649, 0x0111)])

    assert {} == values(payload)


def test_a_broken_entry_costs_only_itself() -> None:
    """What lies outside is named; the rest is read; strict reading refuses."""
    payload = stream([(0x013B, 2, 4, b"Ann\0"), (0x010E, 2, 99, b"\xff\xff\0\0"), (0x0131, 99, 1, b"abcd")])

    properties, problems = exif.read_with_problems(payload)

    assert {"IFD0:Artist": "Ann"} == {item.key: item.value for item in properties}
    assert ["exif_truncated", "exif_type"] == [problem.code for problem in problems]
    with pytest.raises(CarrierError):
        exif.read(payload)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"/etc/hostname",
        b"II*\0",
        b"II*\0\xff\xff\xff\xff",
        stream([(0x010E, 2, 99, b"\xff\xff\0\0")]),
        stream([(0x013B, 2, 0xFFFFFFFF, bytes(4))]),
    ],
)
def test_a_block_without_a_sound_entry_is_unreadable(payload: bytes) -> None:
    """Nothing read and something broken is an error, never an empty reading."""
    with pytest.raises(CarrierError):
        exif.read_with_problems(payload)


@pytest.mark.parametrize(
    "payload",
    [
        stream([(0x013B, 2, 4, b"Ann\0")], following=8),
        stream([(0x013B, 2, 4, b"Ann\0"), (0x8769, 4, 1, struct.pack("<L", 8))]),
        b"II*\0\x08\0\0\0\xff\xff" + b"\x3b\x01\x02\0\x04\0\0\0Ann\0" * 65_535,
        stream([(0x013B, 2, 1_000_000, struct.pack("<L", 8))] * 1_500, extra=b"A" * 1_000_000),
    ],
    ids=["cyclic chain", "cyclic pointer", "65,535 entries", "one long value 1,500 times"],
)
def test_hostile_directories_are_bounded(payload: bytes) -> None:
    """Cycles, counts and shared values end soon, with a problem said."""
    begun = time.monotonic()

    properties, problems = exif.read_with_problems(payload)

    assert "IFD0:Artist" == properties[0].key
    assert problems
    assert time.monotonic() - begun < 2
