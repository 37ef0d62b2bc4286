import pytest

from creditline.containers.webp_chunks import chunk, walk
from creditline.model.errors import ContainerError


def riff(body: bytes, size: int | None = None) -> bytes:
    return b"RIFF" + (len(body) + 4 if size is None else size).to_bytes(4, "little") + b"WEBP" + body


def test_walk() -> None:
    """Padding belongs to its chunk; what the RIFF size leaves out is a trailer."""
    walked = walk(riff(chunk(b"abcd", b"odd") + chunk(b"XMP ", b"even")) + b"more")

    assert ["RIFF", "abcd", "XMP ", "trailer"] == [unit.kind for unit in walked.units]
    assert [(12, 12), (23, 24), (36, 36), (40, 40)] == [(unit.stop, unit.end) for unit in walked.units]
    assert "XMP@24" == walked.units[2].location
    assert walked.complete


def test_chunk_past_the_stated_end() -> None:
    """A chunk may not run out of its RIFF, even if the file goes on."""
    walked = walk(riff(b"abcd\x40\0\0\0xx") + bytes(100))

    assert ["container_broken"] == [problem.code for problem in walked.problems]
    assert not walked.complete


@pytest.mark.parametrize(("size", "code"), [(0, None), (0xFFFFFFFF, "truncated")])
def test_wrong_riff_size(size: int, code: str | None) -> None:
    """Too small a size makes a trailer, too large a one a cut file; no byte is lost."""
    data = riff(chunk(b"abcd", b"even"), size)

    walked = walk(data)

    assert [code] == ([problem.code for problem in walked.problems] or [None])
    assert len(data) == walked.units[-1].end


def test_no_webp() -> None:
    """Other bytes are refused at once."""
    with pytest.raises(ContainerError):
        walk(b"RIFF\4\0\0\0WAVE")
