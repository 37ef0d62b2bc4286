"""What pictures and movies have in common: metadata boxes, track sizes, frames."""

import pytest
from tests.containers.isobmff_sample import STORE, XMP, movie, track

from creditline.containers import isobmff_boxes
from creditline.containers.isobmff_units import walk
from creditline.model.errors import ContainerError
from creditline.model.picture import Block
from creditline.structures import bmff
from creditline.structures.bmff import write_box


def test_metadata_boxes() -> None:
    """Stores, packets and the packet in user data are found; other uuid boxes and Merkle trees are not."""
    merkle = write_box(b"uuid", bmff.C2PA + bytes(4) + b"merkle\0" + bytes(30))
    data = movie(write_box(b"udta", write_box(b"XMP_", b"old"))) + merkle + write_box(b"uuid", bytes(16))
    data += write_box(b"uuid", bmff.XMP + XMP) + bmff.write_c2pa(STORE)

    found = [(one.block.carrier, one.block.payload) for one in isobmff_boxes.collect(data, walk(data))]

    assert [("xmp", b"old"), ("xmp", XMP), ("c2pa", STORE)] == found


def test_packet_in_user_data_stays_there() -> None:
    """It is rewritten as user data; a second packet goes to a box of its own at the end."""
    walked = walk(data := movie(write_box(b"udta", write_box(b"XMP_", b"old"))))
    found = isobmff_boxes.collect(data, walked)

    plan = isobmff_boxes.edits(walked, found, "xmp", [b"new", b"more"])

    assert [write_box(b"XMP_", b"new")] == list(plan.replaced.values())
    assert [len(walked.units)] == [at for at, _, _ in plan.inserted]


def test_nothing_follows_a_box_without_an_end() -> None:
    """A box that says "to the end" cannot be followed by another."""
    walked = walk(write_box(b"ftyp", b"isom") + b"\0\0\0\0mdatmedia")

    with pytest.raises(ContainerError):
        isobmff_boxes.edits(walked, (), "xmp", [XMP])


def test_carriers_that_are_only_read() -> None:
    """Their payloads may be named as they are, and no other way."""
    blocks = [Block("icc", "here", b"profile")]

    isobmff_boxes.keep(blocks, {"icc": [b"profile"], "xmp": []}, ["icc"])
    with pytest.raises(ContainerError):
        isobmff_boxes.keep(blocks, {"icc": []}, ["icc"])


def test_size_and_frames_of_tracks() -> None:
    """The first track that is seen says size and frames; sound and alpha do not."""
    data = movie()
    sound = write_box(b"ftyp", b"isom") + write_box(b"moov", track(b"soun") + track(b"auxv"))

    assert (64, 48) == isobmff_boxes.track_size(data, walk(data))
    assert 3 == isobmff_boxes.frames(data, walk(data))
    assert (None, None) == isobmff_boxes.track_size(sound, walk(sound))
    assert isobmff_boxes.frames(sound, walk(sound)) is None
