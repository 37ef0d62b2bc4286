import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditline.structures import tiff_ifd


def classic(order: str, entries: bytes, count: int, following: int = 0) -> bytes:
    mark = b"II" if order == "<" else b"MM"
    return (
        mark
        + struct.pack(order + "HIH", 42, 8, count)
        + entries
        + struct.pack(order + "I", following)
        + b"a long value"
    )


@pytest.mark.parametrize("order", ["<", ">"])
def test_directory(order: str) -> None:
    """Entries come with the places of their values, in either byte order."""
    entries = struct.pack(order + "HHIHH", 256, 3, 1, 640, 0) + struct.pack(order + "HHII", 270, 2, 12, 38)
    data = classic(order, entries, 2, following=99)

    head = tiff_ifd.header(data)
    assert head is not None
    found = tiff_ifd.directory(data, head, head.first)

    assert found is not None
    assert (99, 34, 38, False) == (found.following, found.next_at, found.end, found.cut)
    assert (640,) == tuple(tiff_ifd.numbers(data, head, found.find(256), 4))
    entry = found.find(270)
    assert entry is not None
    assert b"a long value" == tiff_ifd.value(data, entry)
    assert not entry.inline
    assert found.find(1) is None


@pytest.mark.parametrize("order", ["<", ">"])
def test_big(order: str) -> None:
    """BigTIFF counts and points with eight bytes."""
    mark = b"II" if order == "<" else b"MM"
    head = mark + struct.pack(order + "HHHQQ", 43, 8, 0, 16, 1)
    data = head + struct.pack(order + "HHQQQ", 273, 16, 1, 1 << 40, 0)

    header = tiff_ifd.header(data)
    assert header is not None
    found = tiff_ifd.directory(data, header, 16)

    assert header.big
    assert found is not None
    assert (1 << 40,) == tuple(tiff_ifd.numbers(data, header, found.find(273), 1))


@pytest.mark.parametrize(
    "data", [b"", b"II*\0", b"XX*\0\x08\0\0\0", b"II+\0\x04\0\0\0" + bytes(8), b"II\x2b\0\x08\0"]
)
def test_no_header(data: bytes) -> None:
    """What does not begin as a TIFF does has none."""
    assert tiff_ifd.header(data) is None


def test_cut_directory() -> None:
    """A directory that the file cuts keeps its whole entries and says so; one outside is none."""
    entries = struct.pack("<HHIHH", 256, 3, 1, 640, 0) * 2
    data = classic("<", entries, 60_000)
    head = tiff_ifd.header(data)
    assert head is not None

    found = tiff_ifd.directory(data, head, 8)

    assert found is not None
    assert found.cut
    assert found.next_at is None
    assert tiff_ifd.directory(data, head, len(data)) is None
    assert tiff_ifd.directory(data, head, 2) is None


def test_missing_pointer_is_the_end() -> None:
    """Some writers leave out the pointer to the next directory where the file ends."""
    data = classic("<", struct.pack("<HHIHH", 256, 3, 1, 640, 0), 1)[:22]
    head = tiff_ifd.header(data)
    assert head is not None

    found = tiff_ifd.directory(data, head, 8)

    assert found is not None
    assert (None, 0, False) == (found.next_at, found.following, found.cut)


def test_unknown_type_and_lost_value() -> None:
    """Neither has a value; numbers of what holds none are empty."""
    entries = struct.pack("<HHII", 300, 99, 1, 5) + struct.pack("<HHII", 301, 4, 9, 5_000)
    data = classic("<", entries, 2)
    head = tiff_ifd.header(data)
    assert head is not None
    found = tiff_ifd.directory(data, head, 8)
    assert found is not None

    assert [None, None] == [tiff_ifd.value(data, entry) for entry in found.entries]
    assert [(), ()] == [tuple(tiff_ifd.numbers(data, head, entry, 9)) for entry in found.entries]
    assert () == tuple(tiff_ifd.numbers(data, head, None, 9))


@given(st.binary(max_size=40), st.sampled_from([1, 2, 4, 8]))
def test_swapped_twice_is_as_before(raw: bytes, unit: int) -> None:
    """Turning the bytes of each unit around undoes itself."""
    assert raw == tiff_ifd.swapped(tiff_ifd.swapped(raw, unit), unit)
    assert b"\2\1\4\3\5" == tiff_ifd.swapped(b"\1\2\3\4\5", 2)
