import pytest

from creditline.containers.gif_units import XMP_TRAILER, packed, sub_blocks, walk
from creditline.model.errors import ContainerError

HEADER = b"GIF89a\x02\0\x03\0\x80\0\0" + bytes(6)
IMAGE = b"\x2c" + bytes(9) + b"\x02\x02\x4c\x01\0"


def kinds(data: bytes) -> list[str]:
    return [unit.kind for unit in walk(data).units]


def test_units_in_order() -> None:
    """Header with its table, extensions by their label, images, trailer byte, and what follows it."""
    control = b"\x21\xf9\x04" + bytes(4) + b"\0"
    text = b"\x21\x01\x0c" + bytes(12) + b"\0"
    data = HEADER + control + IMAGE + text + b"\x21\xfe\x01x\0" + b"\x21\x99\0" + b"\0\0" + b";tail"

    walked = walk(data)

    expected = ["header", "control", "image", "text", "comment", "extension", "padding", "end", "trailer"]
    assert expected == [unit.kind for unit in walked.units]
    assert walked.complete
    assert [unit.end for unit in walked.units[:-1]] == [unit.start for unit in walked.units[1:]]


def test_local_colour_table() -> None:
    """An image's own table belongs to it."""
    image = b"\x2c" + bytes(8) + b"\x81" + bytes(12) + b"\x02\0"

    assert ["header", "image", "end"] == kinds(HEADER + image + b";")


def test_packet_holds_lengths_that_lead_astray() -> None:
    """A raw packet is followed to its trailer, whatever its bytes would mean as lengths."""
    packet = b"<x>;\x21\xfe,</x>" * 50
    data = HEADER + b"\x21\xff\x0bXMP DataXMP" + packet + XMP_TRAILER + IMAGE + b";"

    unit = walk(data).units[1]

    assert packet == data[unit.body : unit.stop]
    assert unit.raw
    assert 258 == len(XMP_TRAILER)


@pytest.mark.parametrize("length", [0, 1, 255, 256, 1000])
def test_sub_blocks_round_trip(length: int) -> None:
    """What is packed comes out again, in parts of at most 255 bytes."""
    payload = bytes(n % 251 for n in range(length))

    data = packed(payload)

    assert payload == sub_blocks(data, 0)
    assert payload == sub_blocks(b"xx" + data + b"yy", 2)


def test_junk_between_blocks() -> None:
    """What is no block ends the walk, and is one unit."""
    walked = walk(HEADER + b"?????")

    assert ["header", "unread"] == [unit.kind for unit in walked.units]
    assert ["container_broken"] == [problem.code for problem in walked.problems]


def test_no_gif() -> None:
    """Another signature is refused."""
    with pytest.raises(ContainerError):
        walk(b"GIF90a" + bytes(20))
