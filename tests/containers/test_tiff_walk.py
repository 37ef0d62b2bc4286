import struct
import time

import pytest
from tests.containers.tiff_sample import blob, image, long, nested, text, tiff

from creditline.containers.tiff_walk import MAX_DIRECTORIES, taken, walk
from creditline.model.errors import ContainerError


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
def test_chain(order: str, big: bool) -> None:
    """Every page is met once, in order."""
    walked = walk(tiff(image(order), image(order, width=4), order=order, big=big))

    assert 2 == len(walked.chain)
    assert walked.complete
    assert walked.all_seen
    assert () == walked.problems


def test_branches() -> None:
    """What hangs below a page is found once, with the pointer's name."""
    data = nested(
        [text(0x9003, "2024:01:01 00:00:00")], lambda at: [*image(), long(0x14A, at, at), long(0x8769, at)]
    )

    walked = walk(data)

    assert [("SubIFD", 0)] == [(branch.kind, branch.page) for branch in walked.branches]
    assert walked.branches[0].directory.find(0x9003) is not None
    assert walked.all_seen


@pytest.mark.parametrize("back_to", [0, 1])
def test_cycle(back_to: int) -> None:
    """A chain that comes back ends there, and is not whole."""
    data = bytearray(tiff(image(), image()))
    chain = walk(bytes(data)).chain
    place = chain[1].next_at
    assert place is not None
    struct.pack_into("<I", data, place, chain[back_to].offset)

    walked = walk(bytes(data))

    assert 2 == len(walked.chain)
    assert not walked.complete
    assert ["container_broken"] == [problem.code for problem in walked.problems]


@pytest.mark.parametrize("target", [9_999, 0xFFFFFFF0])
def test_chain_out_of_the_file(target: int) -> None:
    """A pointer past the end is a cut file."""
    data = bytearray(tiff(image()))
    place = walk(bytes(data)).chain[0].next_at
    assert place is not None
    struct.pack_into("<I", data, place, target)

    walked = walk(bytes(data))

    assert ["truncated"] == [problem.code for problem in walked.problems]
    assert not walked.complete


def test_no_directory() -> None:
    """A header alone holds nothing, and is no whole file."""
    walked = walk(b"II*\0" + bytes(4))

    assert () == walked.chain
    assert not walked.complete
    with pytest.raises(ContainerError):
        walk(b"II")


def test_taken() -> None:
    """Header, strips, directories and long values are somebody's; a strip of unknown length takes the rest."""
    data = tiff([*image(), blob(0x2BC, b"x" * 100)])
    walked = walk(data)

    spans = taken(data, walked)

    assert {(0, 8), (8, 14), (14, 128), (128, 228)} == set(spans)
    boundless = tiff([long(0x111, 8)])
    assert (8, len(boundless)) in taken(boundless, walk(boundless))


def test_hostile_sizes_are_bounded() -> None:
    """Endless chains, trees of pointers to everywhere and overlapping directories end soon."""
    chain = bytearray(b"II*\0\x08\0\0\0")
    for n in range(MAX_DIRECTORIES + 10):
        chain += struct.pack("<HI", 0, 8 + 6 * (n + 1))
    tree = tiff(*([long(0x14A, *range(8, 8 + 20_000))] for _ in range(20)), pixels=bytes(40_000))
    dense = b"II*\0\x08\0\0\0" + struct.pack("<HHHHHH", 65_535, 0x14A, 4, 1, 0, 65_535) * 90_000
    started = time.monotonic()

    walks = [walk(bytes(chain)), walk(tree), walk(dense)]

    assert ["limit"] == [problem.code for problem in walks[0].problems]
    assert not walks[1].all_seen
    assert [(0, len(tree))] == taken(tree, walks[1])
    assert time.monotonic() - started < 6
