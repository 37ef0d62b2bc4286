"""Boxes and item tables: what is written reads back, what is broken is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditline.model.errors import ContainerError
from creditline.structures import bmff

TIFF = b"II*\0\x08\0\0\0"


def test_boxes_in_order() -> None:
    """Plain, 64-bit and open sizes are followed; what runs past its container is cut."""
    plain = bmff.write_box(b"free", b"abc")
    large = b"\0\0\0\1mdat" + (20).to_bytes(8) + b"1234"
    data = plain + large + b"\0\0\0\0skipwhatever"

    found = list(bmff.boxes(data, 0, len(data)))

    assert [("free", 8, 11), ("mdat", 27, 31), ("skip", 39, 47)] == [(b.kind, b.body, b.end) for b in found]
    assert [False, False, True] == [b.open for b in found]
    cut = bmff.box_at(b"\0\0\0\xffuuid", 0, 8)
    assert cut is not None
    assert cut.cut


@pytest.mark.parametrize("data", [b"", b"\0\0\0\x08fre", b"\0\0\0\x07free", b"\0\0\0\1mdat\0\0\0\0"])
def test_no_box(data: bytes) -> None:
    """A header that is cut, or a size below it, is no box."""
    assert bmff.box_at(data, 0, len(data)) is None


@pytest.mark.parametrize("version", [0, 1, 2])
@pytest.mark.parametrize("sizes", [(4, 4, 0, 0), (0, 4, 4, 0), (8, 8, 8, 8), (4, 0, 4, 4)])
def test_item_tables(version: int, sizes: tuple[int, int, int, int]) -> None:
    """Every version and width comes back byte for byte, foreign bytes behind it too."""
    offset, length, base, index = sizes
    extents = tuple(
        bmff.Extent(7 if offset else 0, 9 if length else 0, 3 if index and version else 0) for _ in range(2)
    )
    entry = bmff.Entry(5, 1 if version else 0, 0, 11 if base else 0, extents)
    table = bmff.ItemLocations(version, b"\0\0\0", offset, length, base, index, (entry,), b"tail")

    body = bmff.write_locations(table)

    assert table == bmff.parse_locations(body)


def test_item_table_that_is_broken() -> None:
    """Cut, of unknown form, or with more extents than the cap: refused; numbers that do not fit too."""
    empty = bmff.ItemLocations(1, b"\0\0\0", 0, 0, 0, 0, ())
    many = bmff.write_locations(empty)[:6] + b"\0\2" + b"\0\1\0\0\0\0\xff\xff" * 2

    for body in (b"\0\0\0\0\x44", b"\3\0\0\0\x44\0\0\0", b"\0\0\0\0\x55\0\0\0", many):
        with pytest.raises(ContainerError):
            bmff.parse_locations(body)
    with pytest.raises(ContainerError):
        bmff.write_locations(bmff.ItemLocations(0, b"\0\0\0", 0, 4, 4, 0, (bmff.Entry(1, 0, 0, 1 << 40, ()),)))


@given(st.binary(max_size=80))
def test_any_bytes_as_tables(body: bytes) -> None:
    """Whatever the bytes are, a table is read whole or refused, and everything else gives an answer."""
    try:
        assert body == bmff.write_locations(bmff.parse_locations(body))
    except ContainerError as error:
        assert str(error)
    bmff.parse_infe(body)
    bmff.parse_associations(body)
    bmff.parse_reference(body, 1)
    bmff.c2pa_store(body)
    bmff.tiff(body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"\2\0\0\0\0\7\0\0mime\0application/rdf+xml\0gzip\0", (7, "mime", False, "application/rdf+xml", "gzip")),
        (b"\3\0\0\0\0\1\0\0\0\1Exifname\0", (0x10000, "Exif", True, "", "")),
        (b"\0\0\0\0\0\7\0\0name\0text/plain\0\0", (7, "mime", False, "text/plain", "")),
    ],
)
def test_item_infos(body: bytes, expected: tuple[int, str, bool, str, str]) -> None:
    """Versions 0, 2 and 3 say the same in other places."""
    assert bmff.ItemInfo(*expected) == bmff.parse_infe(body)


def test_written_parts_read_back() -> None:
    """Item infos, references and manifest stores come back as they were written."""
    info = bmff.write_infe(9, "mime", bmff.XMP_TYPE)
    link = bmff.write_reference(b"cdsc", 1, 70_000, (1, 2))

    assert bmff.ItemInfo(9, "mime", False, bmff.XMP_TYPE) == bmff.parse_infe(info[8:])
    assert (70_000, (1, 2)) == bmff.parse_reference(link[8:], 1)
    assert b"store" == bmff.c2pa_store(bmff.write_c2pa(b"store")[8:])
    assert bmff.c2pa_store(bmff.C2PA + bytes(4) + b"merkle\0" + bytes(8)) is None


@pytest.mark.parametrize(
    "body",
    [
        bytes(4) + TIFF,
        b"\0\0\0\6Exif\0\0" + TIFF,
        b"\0\0\0\0Exif\0\0" + TIFF,
        b"\0\0\0\6" + TIFF,
        TIFF,
        b"Exif\0\0" + TIFF,
    ],
)
def test_where_the_tiff_stream_begins(body: bytes) -> None:
    """At the stated offset, or where it plainly begins when the offset misses it."""
    assert TIFF == bmff.tiff(body)


def test_associations() -> None:
    """Narrow and wide property numbers, without the essential bit."""
    assert {1: (1, 2)} == bmff.parse_associations(b"\0\0\0\0\0\0\0\1\0\1\2\x81\2")
    assert {1: (300,)} == bmff.parse_associations(b"\1\0\0\1\0\0\0\1\0\0\0\1\1\x81\x2c")
