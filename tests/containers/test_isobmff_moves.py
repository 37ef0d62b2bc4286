"""Sizes and offsets after a splice: all that is understood is put right, all else stops it."""

import pytest
from tests.containers.isobmff_sample import PICTURE, full, image, movie

from creditline.containers.isobmff_items import tables
from creditline.containers.isobmff_moves import Draft, assemble, media_position
from creditline.containers.isobmff_units import walk
from creditline.model.errors import ContainerError
from creditline.structures.bmff import write_box

NEW = write_box(b"skip", bytes(50))


def spliced(data: bytes, draft: Draft) -> bytes:
    walked = walk(data)
    return assemble(data, walked, draft, tables(data, walked))


@pytest.mark.parametrize(("wide", "name"), [(False, b"stco"), (True, b"co64")])
def test_chunk_offsets_follow(wide: bool, name: bytes) -> None:
    """Narrow and wide chunk tables point to the media again, and nothing but them has changed."""
    data = movie(wide=wide)

    moved = spliced(data, Draft(inserted=[(1, None, NEW)]))

    at = moved.index(name) + 12
    assert PICTURE == moved[int.from_bytes(moved[at : at + (8 if wide else 4)]) :]
    assert len(data) + len(NEW) == len(moved)


def test_what_follows_the_media_moves_nothing() -> None:
    """A box at the end of the file leaves everything before it as it is."""
    data = movie()

    assert data + NEW == spliced(data, Draft(inserted=[(len(walk(data).units), None, NEW)]))


@pytest.mark.parametrize("extra", [b"moof", b"sidx", b"mfra"])
def test_fragmented_files_are_not_moved(extra: bytes) -> None:
    """A file with offsets that are not understood is refused when something would move, and only then."""
    data = movie() + write_box(extra, bytes(8))

    with pytest.raises(ContainerError) as caught:
        spliced(data, Draft(inserted=[(1, None, NEW)]))
    assert caught.value.next_step
    assert data + NEW == spliced(data, Draft(inserted=[(len(walk(data).units), None, NEW)]))


def test_auxiliary_offsets_are_not_moved() -> None:
    """Encryption tables point into the media, and nothing here moves them."""
    with pytest.raises(ContainerError):
        spliced(movie(more=full(b"saio", bytes(8))), Draft(inserted=[(1, None, NEW)]))


def test_chunk_table_that_cannot_hold_the_offset() -> None:
    """An offset that leaves its field is refused, not cut."""
    data = movie()
    at = data.index(b"stco") + 12
    full_up = data[:at] + b"\xff\xff\xff\xff" + data[at + 4 :]

    with pytest.raises(ContainerError):
        spliced(full_up, Draft(inserted=[(1, None, NEW)]))


def test_sizes_of_all_boxes_around() -> None:
    """A part that grows makes every box around it grow, 64-bit sizes too."""
    inner = b"\0\0\0\1udta" + (20).to_bytes(8) + bytes(4)
    data = write_box(b"ftyp", b"isom") + write_box(b"moov", inner)
    walked = walk(data)

    grown = spliced(data, Draft(inserted=[(walked.at("moov/udta")[0] + 1, walked.at("moov/udta")[0], NEW)]))

    assert walk(grown).complete
    assert len(data) + len(NEW) == len(grown)
    assert 28 + len(NEW) == int.from_bytes(grown[12:16])


def test_pieces_of_media_follow_one_another() -> None:
    """The place of the next piece is known before the file is put together."""
    data = image()
    draft = Draft(media=[b"12345"])

    assert len(data) + 13 == media_position(data, draft)
    assert spliced(data, draft).endswith(write_box(b"mdat", b"12345"))
