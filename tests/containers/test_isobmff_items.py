"""Items become blocks: pieces joined, tables that repeat them counted once, what cannot be had said."""

from tests.containers.isobmff_sample import TIFF, XMP, full, image

from creditline.containers.isobmff_items import item_bytes, stored, tables
from creditline.containers.isobmff_units import walk
from creditline.model.picture import Block
from creditline.structures.bmff import (
    Entry,
    Extent,
    ItemLocations,
    write_box,
    write_infe,
    write_locations,
)

HEAD = write_box(b"ftyp", b"heic")


def table(*entries: Entry, infos: bytes, idat: bytes = b"", version: int = 1) -> bytes:
    """A meta box with these places."""
    places = write_locations(ItemLocations(version, bytes(3), 4, 4, 4, 0, entries))
    parts = full(b"iinf", b"\0\1" + infos) + write_box(b"iloc", places) + write_box(b"idat", idat)
    return full(b"meta", parts)


def blocks(data: bytes) -> list[Block]:
    walked = walk(data)
    return [one.block for one in stored(data, walked, tables(data, walked))]


def xmp(encoding: bytes = b"", protected: bytes = b"\0\0") -> bytes:
    return write_box(b"infe", b"\2\0\0\0\0\5" + protected + b"mime\0application/rdf+xml\0" + encoding)


def test_pieces_are_joined() -> None:
    """An item in several extents is one payload, in their order."""
    entry = Entry(5, 1, 0, 1, (Extent(4, 3), Extent(0, 3)))

    found = blocks(HEAD + table(entry, infos=xmp(), idat=b"-abc-xyz"))

    assert [b"xyzabc"] == [block.payload for block in found]
    assert ["meta/item:5"] == [block.location for block in found]


def test_items_that_cannot_be_had() -> None:
    """Without a place, past the end, elsewhere, encrypted or compressed: unreadable, each with its code."""
    here = Extent(0, 4)
    cases = [
        (table(infos=xmp(), idat=b"data"), "container_broken"),
        (table(Entry(5, 1, 0, 0, (Extent(0, 9),)), infos=xmp(), idat=b"data"), "truncated"),
        (table(Entry(5, 0, 0, 9_999, (here,)), infos=xmp()), "truncated"),
        (table(Entry(5, 2, 0, 0, (here,)), infos=xmp()), "not_supported"),
        (table(Entry(5, 0, 1, 0, (here,)), infos=xmp()), "not_supported"),
        (table(Entry(5, 1, 0, 0, (here,)), infos=xmp(b"gzip\0"), idat=b"data"), "not_supported"),
        (table(Entry(5, 1, 0, 0, (here,)), infos=xmp(protected=b"\0\1"), idat=b"data"), "not_supported"),
        (table(Entry(5, 1, 0, 0, (here,)), infos=write_infe(5, "Exif"), idat=b"\0\0\0\0"), "carrier_broken"),
    ]
    for meta, code in cases:
        found = blocks(HEAD + meta)

        assert [code] == [block.problem.code for block in found if block.problem]


def test_other_items_are_no_metadata() -> None:
    """Only XMP among the mime items counts, and an empty item carries nothing."""
    other = write_box(b"infe", b"\2\0\0\0\0\5\0\0mime\0application/octet-stream\0")

    assert [] == blocks(HEAD + table(Entry(5, 1, 0, 0, (Extent(0, 4),)), infos=other, idat=b"data"))
    assert [] == blocks(HEAD + table(Entry(5, 1, 0, 0, (Extent(0, 0),)), infos=xmp(), idat=b"data"))


def test_same_bytes_in_a_track() -> None:
    """A table in a track that names the same bytes makes no second block, others make one."""
    still = image(("mime", XMP))
    at = still.index(XMP)
    place = write_locations(ItemLocations(0, bytes(3), 4, 4, 0, 0, (Entry(5, 0, 0, 0, (Extent(at, len(XMP)),)),)))
    meta = full(b"meta", full(b"iinf", b"\0\1" + xmp()) + write_box(b"iloc", place))
    same = still + write_box(b"moov", write_box(b"trak", meta))
    fewer = place.replace(len(XMP).to_bytes(4), (9).to_bytes(4))
    other = still + write_box(b"moov", write_box(b"trak", meta.replace(place, fewer)))

    assert [XMP] == [block.payload for block in blocks(same)]
    assert [XMP, XMP[:9]] == [block.payload for block in blocks(other)]


def test_overlapping_extents_are_bounded() -> None:
    """Extents over the same bytes, thousands of times, are joined up to the cap and then refused."""
    wide = Entry(5, 1, 0, 0, tuple(Extent(0, 900) for _ in range(2_000)))

    found = blocks(HEAD + table(wide, infos=xmp(), idat=bytes(1_000)))

    assert ["limit"] == [block.problem.code for block in found if block.problem]


def test_bytes_of_any_item() -> None:
    """Items that are no metadata can be read too."""
    data = image(("Exif", bytes(4) + TIFF))
    first = tables(data, walk(data))[0].items[0]

    assert b"coded picture" == item_bytes(data, first)
