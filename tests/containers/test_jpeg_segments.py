import pytest

from creditline.containers.jpeg_segments import MAX_BODY, name, segment, walk
from creditline.model.errors import ContainerError

SCAN = b"\xff\xda\0\2"


def kinds(data: bytes) -> list[str]:
    return [unit.kind for unit in walk(data).units]


def test_entropy_data_is_walked_not_searched() -> None:
    """Stuffing, restart markers and fill bytes belong to the scan; an EOI inside a segment ends nothing."""
    data = b"\xff\xd8" + segment(0xE1, b"\xff\xd9") + SCAN + b"a\xff\0b\xff\xd0c\xff\xff\xd9tail"

    assert ["SOI", "APP1", "SOS", "scan", "EOI", "trailer"] == kinds(data)


def test_several_scans() -> None:
    """Tables and further scans of a progressive file are units of their own."""
    data = b"\xff\xd8" + SCAN + b"aa" + segment(0xC4, b"t") + SCAN + b"bb\xff\xd9"

    assert ["SOI", "SOS", "scan", "DHT", "SOS", "scan", "EOI"] == kinds(data)


def test_fill_bytes_belong_to_the_marker_behind() -> None:
    """A location names the marker, the unit counts its fill bytes in."""
    unit = walk(b"\xff\xd8\xff\xff\xff" + segment(0xFE, b"x") + SCAN).units[1]

    assert (2, 5, "COM@5") == (unit.start, unit.at, unit.location)


def test_stray_bytes_are_kept_and_told() -> None:
    """Bytes between segments are a unit, and a problem."""
    walked = walk(b"\xff\xd8" + segment(0xFE, b"x") + b"junk" + SCAN + b"\xff\xd9")

    assert ["SOI", "COM", "junk", "SOS", "EOI"] == [unit.kind for unit in walked.units]
    assert ["container_broken"] == [problem.code for problem in walked.problems]
    assert walked.complete


def test_next_picture_ends_a_cut_one() -> None:
    """A second SOI in entropy data is where a primary without EOI stops."""
    walked = walk(b"\xff\xd8" + SCAN + b"aa\xff\xd8" + SCAN + b"\xff\xd9")

    assert ["SOI", "SOS", "scan", "trailer"] == [unit.kind for unit in walked.units]
    assert ["truncated"] == [problem.code for problem in walked.problems]


def test_names() -> None:
    """Markers are named as the standard names them."""
    assert ["SOF2", "DHT", "APP13", "COM", "RST7", "JPG0", "FF02"] == [
        name(marker) for marker in (0xC2, 0xC4, 0xED, 0xFE, 0xD7, 0xF0, 0x02)
    ]


def test_segment_limit() -> None:
    """The length field's limit is kept."""
    assert MAX_BODY + 4 == len(segment(0xFE, bytes(MAX_BODY)))
    with pytest.raises(ContainerError):
        segment(0xFE, bytes(MAX_BODY + 1))


def test_no_jpeg() -> None:
    """Other bytes are refused at once."""
    with pytest.raises(ContainerError):
        walk(b"\x89PNG")
