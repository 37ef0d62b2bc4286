import pytest

from creditline.containers.png_chunks import SIGNATURE, chunk, walk
from creditline.model.errors import ContainerError


def test_walk() -> None:
    """Chunks follow one another to IEND; what comes behind is a trailer."""
    walked = walk(SIGNATURE + chunk(b"IHDR", b"12") + chunk(b"IEND", b"") + b"more")

    assert ["signature", "IHDR", "IEND", "trailer"] == [unit.kind for unit in walked.units]
    assert ("IHDR@8", 16, 18, 22) == (
        walked.units[1].location,
        walked.units[1].body,
        walked.units[1].stop,
        walked.units[1].end,
    )
    assert walked.complete


def test_wrong_checksum_is_told() -> None:
    """The chunk counts all the same."""
    walked = walk(SIGNATURE + chunk(b"IHDR", b"12")[:-1] + b"?" + chunk(b"IEND", b""))

    assert ["bad_checksum"] == [problem.code for problem in walked.problems]
    assert not walked.units[1].sound
    assert walked.complete


def test_no_chunk_type() -> None:
    """Where a type is not four letters the walk has lost its way and stops."""
    walked = walk(SIGNATURE + chunk(b"IHDR", b"12") + bytes(20))

    assert ["container_broken"] == [problem.code for problem in walked.problems]
    assert "unread" == walked.units[-1].kind
    assert not walked.complete


def test_stated_length_past_the_end() -> None:
    """A length of gigabytes reads no more than there is."""
    walked = walk(SIGNATURE + b"\xff\xff\xff\xffIHDRabc")

    assert ["truncated"] == [problem.code for problem in walked.problems]
    assert (16, 19, True) == (walked.units[1].body, walked.units[1].stop, walked.units[1].cut)


def test_no_png() -> None:
    """Other bytes are refused at once."""
    with pytest.raises(ContainerError):
        walk(b"\xff\xd8\xff")
