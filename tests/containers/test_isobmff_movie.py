"""MP4 and MOV: what they say of their origin is found; XMP and C2PA boxes come and go."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.containers.isobmff_sample import PICTURE, STORE, XMP, full, movie, text

from creditline.analysis import read as analysis
from creditline.containers.isobmff_movie import MOV, MP4
from creditline.model.errors import ContainerError
from creditline.model.picture import Layout
from creditline.structures import bmff
from creditline.structures.bmff import write_box

NAME = write_box(b"\xa9nam", write_box(b"data", (1).to_bytes(4) + bytes(4) + b"Name"))
TAGS = full(b"meta", full(b"hdlr", bytes(4) + b"mdir" + bytes(13)) + write_box(b"ilst", NAME))
TEXTS = write_box(b"udta", text(b"\xa9cpy", b"(c) me") + TAGS)


def payloads(layout: Layout, carrier: str) -> list[bytes]:
    return [block.payload for block in layout.blocks if block.carrier == carrier]


def media(data: bytes) -> bytes:
    at = data.index(b"stco") + 12
    start = int.from_bytes(data[at : at + 4])
    return data[start : start + len(PICTURE)]


def test_find() -> None:
    """Texts, packet and store are found, with the size and frames of the video track."""
    data = bmff.write_c2pa(STORE)
    data = movie(TEXTS)[:20] + data + movie(TEXTS)[20:] + write_box(b"uuid", bmff.XMP + XMP)

    layout = MP4.find(data)

    assert ("mp4", 64, 48, 3, ()) == (layout.format, layout.width, layout.height, layout.frames, layout.problems)
    assert [STORE] == payloads(layout, "c2pa")
    assert [XMP] == payloads(layout, "xmp")
    assert [TEXTS] == payloads(layout, "mp4_metadata")
    assert () == layout.unexamined


def test_texts_become_fields() -> None:
    """The whole way: title and notice of a movie are canonical fields."""
    fields = {field.id: field.value for field in analysis.read(movie(TEXTS)).fields}

    assert {"title": "Name", "copyright_notice": "(c) me"} == fields


def test_keys_beside_the_tracks() -> None:
    """A meta box of the movie itself is a block of its own; one without texts is none."""
    assert [TAGS] == payloads(MOV.find(movie(TAGS, brand=b"qt  ")), "mp4_metadata")
    assert [] == payloads(MOV.find(movie(write_box(b"udta", write_box(b"name", b"x")))), "mp4_metadata")


def test_splice_back_is_byte_identical() -> None:
    """No change, and the payloads that are there, leave the file as it is."""
    data = movie(TEXTS) + write_box(b"uuid", bmff.XMP + XMP)

    assert data == MP4.replace(data, {})
    assert data == MP4.replace(data, {"xmp": [XMP], "c2pa": [], "mp4_metadata": [TEXTS]})


def test_added_and_taken_out_again() -> None:
    """A store goes behind ftyp, a packet to the end, and the media is still where the chunk table says."""
    data = movie(TEXTS)

    more = MP4.replace(data, {"xmp": [XMP], "c2pa": [STORE]})

    assert ["ftyp", "uuid", "moov", "mdat", "uuid"] == [part.kind for part in MP4.find(more).segments]
    assert PICTURE == media(more)
    assert data == MP4.replace(more, {"xmp": [], "c2pa": []})


def test_packet_in_user_data() -> None:
    """A MOV's packet is edited where it is; the boxes around it and the chunk table follow."""
    data = movie(write_box(b"udta", write_box(b"XMP_", XMP) + bytes(4)), brand=b"qt  ")

    longer = MOV.replace(data, {"xmp": [XMP * 3]})

    assert [XMP * 3] == payloads(MOV.find(longer), "xmp")
    assert () == MOV.find(longer).problems
    assert PICTURE == media(longer)
    assert [] == payloads(MOV.find(MOV.replace(data, {"xmp": []})), "xmp")


def test_texts_are_only_read() -> None:
    """Other texts are refused, with the next step."""
    with pytest.raises(ContainerError) as caught:
        MP4.replace(movie(TEXTS), {"mp4_metadata": []})

    assert caught.value.next_step


@pytest.mark.parametrize("data", [b"", b"\0\0\0\x08free", movie(TEXTS)[:-3], movie(TEXTS) + b"tail"])
def test_corrupted_is_refused(data: bytes) -> None:
    """A file that never began or is cut is not written into."""
    with pytest.raises(ContainerError):
        MP4.replace(data, {"xmp": [XMP]})


def test_cut_file_is_not_called_empty() -> None:
    """A list of texts that is cut is unreadable; what was not reached is unexamined."""
    data = movie(TEXTS)

    layout = MP4.find(data[: data.index(b"Name") + 2])

    assert ["truncated"] == [problem.code for problem in layout.problems]
    assert ["truncated"] == [block.problem.code for block in layout.blocks if block.problem]
    assert ("xmp", "c2pa") == layout.unexamined


def test_hostile_sizes_are_bounded() -> None:
    """Nested and countless boxes end soon."""
    started = time.monotonic()
    nested = b""
    for _ in range(2_000):
        nested = write_box(b"moov", nested)

    assert () == MP4.find(write_box(b"ftyp", b"isom") + nested).problems
    many = MP4.find(movie(*[TEXTS] * 3_000))
    assert bmff.MAX_BLOCKS + 1 == len(many.blocks)
    assert time.monotonic() - started < 10


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damaged_movies(draws: st.DataObject) -> None:
    """With bytes changed or cut there is a layout over the whole file, and a splice or a refusal."""
    data = bytearray(movie(TEXTS))
    for at in draws.draw(st.lists(st.integers(0, len(data) - 1), max_size=4)):
        data[at] = draws.draw(st.integers(0, 255))
    damaged = bytes(data[: draws.draw(st.integers(0, len(data)))])
    try:
        layout = MP4.find(damaged)
        changed = MP4.replace(damaged, {"xmp": [XMP]})
    except ContainerError as error:
        assert str(error)
        return

    assert len(damaged) == sum(part.length for part in layout.segments)
    assert [XMP] == payloads(MP4.find(changed), "xmp")
