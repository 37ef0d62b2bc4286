"""JPEG XL: boxes found and swapped, compressed ones inflated within bounds, naked streams wrapped."""

import time

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.containers.isobmff_sample import TIFF, XMP

from creditline.containers import jxl
from creditline.model.errors import ContainerError
from creditline.model.picture import Layout
from creditline.structures import bmff
from creditline.structures.bmff import write_box

NAKED = b"\xff\x0a\x47\x02" + bytes(20)
STORE = write_box(b"jumb", write_box(b"jumd", b"c2pa" + bytes(12) + b"\3c2pa\0") + b"content")
WANTED = {"exif": [TIFF], "xmp": [XMP], "c2pa": [STORE]}


def file(*boxes: bytes, stream: bytes = write_box(b"jxlc", NAKED)) -> bytes:
    return b"".join((jxl.SIGNATURE, jxl.FILE_TYPE, *boxes, stream))


def squeezed(kind: bytes, body: bytes) -> bytes:
    return write_box(b"brob", kind + brotli.compress(body))


def payloads(layout: Layout, carrier: str) -> list[bytes]:
    return [block.payload for block in layout.blocks if block.carrier == carrier]


def kinds(data: bytes) -> list[str]:
    return [part.kind for part in jxl.find(data).segments]


def test_naked_stream_carries_nothing() -> None:
    """Without boxes there is no place for metadata: absent, not unexamined."""
    layout = jxl.find(NAKED)

    assert (32, 32, 1) == (layout.width, layout.height, layout.frames)
    assert ((), (), ()) == (layout.blocks, layout.unexamined, layout.problems)
    assert NAKED == jxl.replace(NAKED, {"exif": []})


def test_naked_stream_is_wrapped() -> None:
    """It gets the signature, ftyp and the boxes; the stream itself stays."""
    data = jxl.replace(NAKED, WANTED)

    assert ["JXL ", "ftyp", "jumb", "Exif", "xml ", "jxlc"] == kinds(data)
    assert all(wanted == payloads(jxl.find(data), carrier) for carrier, wanted in WANTED.items())
    assert data.endswith(NAKED)
    assert file() == jxl.replace(data, dict.fromkeys(WANTED, ()))


def test_find() -> None:
    """Plain and compressed boxes are read alike; other JUMBF boxes are no manifest store."""
    other = write_box(b"jumb", write_box(b"jumd", bytes(16) + b"\3else\0"))
    layout = jxl.find(file(other, squeezed(b"Exif", bytes(4) + TIFF), squeezed(b"xml ", XMP), STORE))

    assert ("jxl", 32, 32, ()) == (layout.format, layout.width, layout.height, layout.problems)
    assert all(wanted == payloads(layout, carrier) for carrier, wanted in WANTED.items())
    assert ["brob:Exif", "brob:xml", "jumb"] == [block.location.partition("@")[0] for block in layout.blocks]


def test_size_from_a_stream_in_parts() -> None:
    """The part with number 0 begins the stream, the last part may be marked."""
    parts = write_box(b"jxlp", b"\0\0\0\0" + NAKED[:9]) + write_box(b"jxlp", b"\x80\0\0\1" + NAKED[9:])

    assert (32, 32) == ((found := jxl.find(file(stream=parts))).width, found.height)


@pytest.mark.parametrize("stream", [write_box(b"jxlc", NAKED), b"\0\0\0\0jxlc" + NAKED])
def test_splice_back_is_byte_identical(stream: bytes) -> None:
    """No change, and the payloads that are there, leave the file as it is."""
    boxes = (write_box(b"jxll", b"\x05"), squeezed(b"xml ", XMP), STORE, write_box(b"jbrd", b"rebuild"))
    data = file(*boxes, stream=stream)

    assert data == jxl.replace(data, {})
    assert data == jxl.replace(data, {"xmp": [XMP], "c2pa": [STORE], "exif": []})


def test_remove_and_restore() -> None:
    """Each carrier can go and come back; all other boxes are as they were."""
    data = file(write_box(b"jxll", b"\x05"), STORE, write_box(b"Exif", bytes(4) + TIFF), write_box(b"xml ", XMP))
    for carrier, wanted in WANTED.items():
        gone = jxl.replace(data, {carrier: []})

        assert [] == payloads(jxl.find(gone), carrier)
        assert wanted == payloads(jxl.find(jxl.replace(gone, {carrier: wanted})), carrier)

    bare = jxl.replace(data, dict.fromkeys(WANTED, ()))
    assert ["JXL ", "ftyp", "jxll", "jxlc"] == kinds(bare)
    assert data == jxl.replace(bare, WANTED)


def test_nothing_follows_an_open_stream() -> None:
    """Behind a stream that reaches to the end there is no room: a second packet goes in front."""
    data = file(stream=b"\0\0\0\0jxlc" + NAKED)

    more = jxl.replace(data, {"xmp": [XMP, b"<y/>"]})

    assert [XMP, b"<y/>"] == payloads(jxl.find(more), "xmp")
    assert "jxlc" == kinds(more)[-1]


def test_compressed_box_that_is_broken() -> None:
    """Damaged and cut streams are unreadable, never absent."""
    for body in (b"xml \xff\xff\xff\xff", b"xml " + brotli.compress(XMP)[:-4]):
        found = jxl.find(file(write_box(b"brob", body))).blocks

        assert [("xmp", "carrier_broken")] == [(b.carrier, b.problem and b.problem.code) for b in found]


def test_bombs_are_bounded() -> None:
    """Small boxes that grow without end are refused at the cap, all together at the cap of the file."""
    started = time.monotonic()
    bomb = squeezed(b"xml ", bytes(jxl.MAX_INFLATED + 1))

    layout = jxl.find(file(*[bomb] * 40))

    assert len(bomb) < 1_000
    assert {"limit"} == {block.problem.code for block in layout.blocks if block.problem}
    assert 40 == len(layout.blocks)
    assert time.monotonic() - started < 10


def test_too_many_boxes() -> None:
    """Countless boxes end at the cap and are not written into."""
    started = time.monotonic()
    many = file(write_box(b"xml ", b"") * 3_000)

    assert bmff.MAX_BLOCKS + 1 == len(jxl.find(many).blocks)
    with pytest.raises(ContainerError):
        jxl.replace(many, {"xmp": []})
    assert ["limit"] == [p.code for p in jxl.find(file(write_box(b"free", b"") * 200_000)).problems]
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    "data", [b"", b"\0\0\0\x0cJXL bad!", file()[:-4], file() + b"x", jxl.SIGNATURE + jxl.FILE_TYPE]
)
def test_corrupted_is_refused(data: bytes) -> None:
    """A file that never began, is cut or has no stream is not written into."""
    with pytest.raises(ContainerError):
        jxl.replace(data, {"xmp": [XMP]})


def test_cut_file_keeps_what_was_found() -> None:
    """A cut box is unreadable, and what was not reached is unexamined."""
    data = file(write_box(b"xml ", XMP), write_box(b"Exif", bytes(4) + TIFF))

    layout = jxl.find(data[: data.index(TIFF) + 3])

    assert [XMP] == payloads(layout, "xmp")
    assert ["truncated"] == [block.problem.code for block in layout.blocks if block.problem]
    assert ("c2pa",) == layout.unexamined


def test_store_must_be_one_box() -> None:
    """Bytes that are no JUMBF box are refused."""
    with pytest.raises(ContainerError):
        jxl.replace(file(), {"c2pa": [b"store"]})


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damaged_pictures(draws: st.DataObject) -> None:
    """With bytes changed or cut there is a layout over the whole file, and a splice or a refusal."""
    data = bytearray(file(squeezed(b"xml ", XMP), write_box(b"Exif", bytes(4) + TIFF), STORE))
    for at in draws.draw(st.lists(st.integers(0, len(data) - 1), max_size=4)):
        data[at] = draws.draw(st.integers(0, 255))
    damaged = bytes(data[: draws.draw(st.integers(0, len(data)))])
    try:
        layout = jxl.find(damaged)
        changed = jxl.replace(damaged, {"xmp": [b"new"]})
    except ContainerError as error:
        assert str(error)
        return

    assert len(damaged) == sum(part.length for part in layout.segments)
    assert [b"new"] == payloads(jxl.find(changed), "xmp")
