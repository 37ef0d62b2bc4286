"""Items put in and taken out: ids, links and tables stay consistent."""

import pytest
from tests.containers.isobmff_sample import TIFF, XMP, full, image

from creditline.containers.isobmff import HEIC
from creditline.containers.isobmff_edits import ItemEdits
from creditline.containers.isobmff_items import Table, stored, tables
from creditline.containers.isobmff_moves import Draft, assemble
from creditline.containers.isobmff_units import walk
from creditline.model.errors import ContainerError
from creditline.structures.bmff import Entry, ItemLocations, write_box, write_locations

HEAD = write_box(b"ftyp", b"heic")


def added(data: bytes, *carriers: str) -> bytes:
    walked = walk(data)
    found = tables(data, walked)
    draft = Draft()
    edits = ItemEdits(data, walked, found, stored(data, walked, found), draft)
    for carrier in carriers:
        edits.add(carrier, XMP)
    edits.finish()
    return assemble(data, walked, draft, found)


def table(data: bytes) -> Table:
    return tables(data, walk(data))[0]


def bare(entry_id: int, infos: bytes = b"", count: int = 0, sizes: tuple[int, int, int] = (4, 4, 0)) -> bytes:
    """A meta box with one place, for an item of that id."""
    places = ItemLocations(0, bytes(3), *sizes, 0, (Entry(entry_id, 0, 0, 0, ()),))
    parts = full(b"iinf", count.to_bytes(2) + infos) + write_box(b"iloc", write_locations(places))
    return HEAD + full(b"meta", parts)


def test_new_items_have_ids_of_their_own() -> None:
    """Each gets the next id, a place and a link; links that were there stay."""
    found = table(added(image(("mime", b"old")), "xmp", "exif"))

    assert [1, 2, 3, 4] == [item.info.id for item in found.items]
    assert ["hvc1", "mime", "mime", "Exif"] == [item.info.kind for item in found.items]
    assert frozenset({(2, 1), (3, 1), (4, 1)}) == found.links


def test_gap_among_ids() -> None:
    """Where the highest id is taken the first free one is used; groups count as taken."""
    assert 1 == table(added(bare(0xFFFF), "xmp")).items[0].info.id
    grouped = write_box(b"grpl", full(b"altr", (9).to_bytes(4) + bytes(4)))
    data = bare(4)
    inner = data[len(HEAD) + 12 :] + grouped
    assert 10 == table(added(HEAD + full(b"meta", inner), "xmp")).items[0].info.id


def test_tables_without_room_are_refused() -> None:
    """A table without lengths or places, a full list of items and a file without tables take nothing."""
    with pytest.raises(ContainerError):
        added(bare(1, sizes=(4, 0, 0)), "xmp")
    with pytest.raises(ContainerError):
        added(bare(1, sizes=(0, 4, 0)), "xmp")
    with pytest.raises(ContainerError):
        added(bare(1, count=0xFFFF), "xmp")
    with pytest.raises(ContainerError) as caught:
        added(HEAD, "xmp")
    assert caught.value.next_step


def test_links_go_with_the_item() -> None:
    """Taking an item out takes its links, and the box of links with the last of them."""
    data = image(("Exif", bytes(4) + TIFF), ("mime", XMP))

    one = HEIC.replace(data, {"xmp": []})
    none = HEIC.replace(one, {"exif": []})

    assert frozenset({(2, 1)}) == table(one).links
    assert b"iref" in one
    assert b"iref" not in none
    assert [1] == [item.info.id for item in table(none).items]


def test_same_bytes_in_a_track_change_together() -> None:
    """A table in a track that names the edited item follows it, or loses it too."""
    still = image(("mime", XMP))
    source = tables(still, walk(still))[0]
    meta = full(
        b"meta", b"".join(still[u.start : u.end] for u in walk(still).units if u.path.startswith("meta/iinf"))
    )
    place = write_box(b"iloc", write_locations(source.locations)) if source.locations else b""
    meta = full(b"meta", meta[12:] + place)
    data = still + write_box(b"moov", write_box(b"trak", meta))

    longer = HEIC.replace(data, {"xmp": [XMP * 9]})
    gone = HEIC.replace(data, {"xmp": []})

    assert [XMP * 9] == [block.payload for block in HEIC.find(longer).blocks]
    assert [] == [block.payload for block in HEIC.find(gone).blocks]
    assert XMP not in gone
