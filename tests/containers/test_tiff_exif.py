import struct

import pytest
from tests.containers.tiff_sample import blob, image, long, short, text, tiff

from creditline.containers import tiff_exif
from creditline.containers.tiff_exif import Item, extract, is_exif, laid_out, parsed, stream
from creditline.metadata import exif
from creditline.model.errors import ContainerError
from creditline.structures import tiff_ifd
from creditline.structures.tiff_ifd import Header

BLOCK = {
    "IFD0:Artist": "Ann Author",
    "IFD0:Copyright": "© Ann",
    "ExifIFD:DateTimeOriginal": "2024:05:06 07:08:09",
    "ExifIFD:ExposureTime": "1/125",
    "ExifIFD:UserComment": "äöü",
    "GPS:GPSLatitude": "51/1, 30/1, 0/1",
    "GPS:GPSLatitudeRef": "N",
}


def first(data: bytes) -> tuple[Header, tiff_ifd.Directory]:
    head = tiff_ifd.header(data)
    assert head is not None
    found = tiff_ifd.directory(data, head, head.first)
    assert found is not None
    return head, found


def properties(payload: bytes) -> dict[str, object]:
    return {item.key: item.value for item in exif.read(payload)}


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
def test_block_keeps_its_words_in_every_kind_of_file(order: str, big: bool) -> None:
    """A stream made elsewhere says the same in the file's byte order and offset size."""
    head = Header(order, big=big, first=16)

    items = parsed(exif.build(BLOCK), head)

    assert BLOCK == properties(stream(items, head))


def test_stream_of_a_stream_is_the_same() -> None:
    """Taking a block out of its own stream changes nothing more."""
    head = Header(">", big=False, first=8)
    once = stream(parsed(exif.build(BLOCK), head), head)

    items, whole = extract(once, *first(once))

    assert whole
    assert once == stream(items, head)


def test_structure_is_no_exif() -> None:
    """Tags that say how pixels are stored make no block, nor do other carriers, GDAL's or DNG's texts."""
    page = [
        *image(),
        short(0x112, 6),
        text(0x2BC, "<x/>"),
        text(0xA480, "<GDALMetadata/>"),
        text(0xC614, "Camera"),
        blob(0x935C, b"layers"),
    ]

    data = tiff(page)

    assert ((), True) == extract(data, *first(data))


def test_descriptions_are_exif() -> None:
    """Description, text under an unknown tag, Exif tags astray; and the orientation for who reads them."""
    page = [short(0x112, 6), text(0x10E, "words"), text(0x9286, "astray"), short(0xA001, 1), text(0xFDE8, "own")]

    data = tiff([*image(), *page])

    items, _ = extract(data, *first(data))

    assert [0x112, 0x10E, 0x9286, 0xA001, 0xFDE8] == [item.tag for item in items]
    assert not is_exif(items[0])
    assert all(map(is_exif, items[1:]))


def test_lost_values_stay_named() -> None:
    """What lies outside the file is not left out: the reader of the block says so."""
    data = bytearray(tiff([text(0x10E, "a long description"), text(0x131, "program")]))
    _, directory = first(bytes(data))
    struct.pack_into("<I", data, directory.entries[0].at + 8, 60_000)

    items, whole = extract(bytes(data), *first(bytes(data)))
    found, problems = exif.read_with_problems(stream(items, first(bytes(data))[0]))

    assert whole
    assert ["IFD0:Software"] == [item.key for item in found]
    assert ["exif_truncated"] == [problem.code for problem in problems]


def test_directories_that_hold_themselves() -> None:
    """An Exif directory that points to itself is read once."""
    data = bytearray(tiff([text(0x10E, "x"), long(0x8769, 14)]))
    items, whole = extract(bytes(data), *first(bytes(data)))

    assert whole
    assert (0x8769, None) == (items[1].tag, items[1].value)
    assert b"" != stream(items, first(bytes(data))[0])


def test_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past a cap the block is not whole, and not written."""
    data = tiff([text(0x10E, "x" * 100), text(0x131, "y" * 100)])
    monkeypatch.setattr(tiff_exif, "MAX_BYTES", 150)

    items, whole = extract(data, *first(data))

    assert ([0x10E], False) == ([item.tag for item in items], whole)
    with pytest.raises(ContainerError):
        parsed(data, first(data)[0])


@pytest.mark.parametrize("payload", [b"", b"Exif\0\0MM", b"II*\0\xff\xff\0\0", b"II*\0\x08\0\0\0\x09\0"])
def test_no_stream(payload: bytes) -> None:
    """A payload that is no whole TIFF stream is refused."""
    with pytest.raises(ContainerError):
        parsed(payload, Header("<", big=False, first=8))


def test_eight_byte_numbers_need_a_big_file() -> None:
    """Classic TIFF has no type for them."""
    payload = tiff([(0xA002, 16, 1, struct.pack("<Q", 5))], big=True)

    assert 1 == len(parsed(payload, Header(">", big=True, first=16)))
    with pytest.raises(ContainerError):
        parsed(payload, Header("<", big=False, first=8))


def test_laid_out_at_a_place() -> None:
    """Offsets count from the start of the file that the directory goes to."""
    head = Header("<", big=False, first=8)
    items = [Item(0x10E, 2, 6, b"words\0"), Item(0x8769, 4, 1, None, (Item(0x9003, 2, 5, b"date\0"),))]

    data = bytes(100) + laid_out(items, head, 100)

    directory = tiff_ifd.directory(data, head, 100)
    assert directory is not None
    assert b"words\0" == tiff_ifd.value(data, directory.entries[0])
    below = tiff_ifd.directory(data, head, next(iter(tiff_ifd.numbers(data, head, directory.entries[1], 1))))
    assert below is not None
    assert b"date\0" == tiff_ifd.value(data, below.entries[0])
