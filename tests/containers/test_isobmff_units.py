"""A file of the ISO base media family is cut into units without a gap, whatever it holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.containers.isobmff_sample import TIFF, image, movie, text

from creditline.containers.isobmff_units import MAX_UNITS, walk
from creditline.model.errors import ContainerError
from creditline.structures.bmff import write_box

HEAD = write_box(b"ftyp", b"isom")


def test_headers_and_parts() -> None:
    """Boxes that lead to items are taken apart, each part knows what is around it."""
    walked = walk(image(("Exif", TIFF)))
    meta, infos = walked.at("meta")[0], walked.at("meta/iinf")[0]

    assert 2 == len(walked.at("meta/iinf/infe"))
    assert meta == walked.units[infos].parent
    assert [infos, infos] == [walked.units[n].parent for n in walked.parts(infos)]
    assert walked.units[infos].is_header
    assert walked.complete


def test_movie_headers() -> None:
    """In a movie the way to the chunk table and the user data is taken apart; NULs may end the latter."""
    walked = walk(movie(write_box(b"udta", text(b"\xa9cpy", b"me") + bytes(4))))

    assert walked.complete
    assert walked.at("moov/trak/mdia/minf/stbl/stco")
    assert walked.at("moov/udta/©cpy")
    assert walked.at("moov/udta/padding")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (HEAD + b"\0\0\0\xffmdat", "truncated"),
        (HEAD + b"\0\0\0", "truncated"),
        (HEAD + b"\0\0\0\4junkmore than eight", "container_broken"),
        (HEAD + write_box(b"moov", b"\0\0\0\x40trak") + write_box(b"free", bytes(100)), "container_broken"),
        (HEAD + write_box(b"moov", b"\0\0\0\4trak") + write_box(b"free", b""), "container_broken"),
        (HEAD + b"\0\0\0\x08free" * (MAX_UNITS + 5), "limit"),
    ],
)
def test_broken_files(data: bytes, code: str) -> None:
    """What is cut, misplaced or too much is said, and the file counts as incomplete."""
    walked = walk(data)

    assert [code] == [problem.code for problem in walked.problems]
    assert not walked.complete


def test_files_of_other_families() -> None:
    """A file that begins with another box is refused."""
    for data in (b"", b"\0\0\0\x08free", b"\0\0\0\x04ftyp"):
        with pytest.raises(ContainerError):
            walk(data)


def test_names_can_be_printed() -> None:
    """A type of unprintable bytes is written in hexadecimal."""
    assert ["ftyp", "00000001"] == [part.kind for part in walk(HEAD + write_box(b"\0\0\0\1", b"")).segments]


@given(st.binary(max_size=120), st.sampled_from([b"meta", b"moov", b"free"]))
def test_units_cover_the_file(body: bytes, kind: bytes) -> None:
    """Every byte lies in exactly one unit, and in exactly one segment."""
    data = HEAD + write_box(kind, body) + body
    walked = walk(data)
    at = 0

    for unit in walked.units:
        assert at == unit.start
        at = unit.end

    assert len(data) == at == sum(part.length for part in walked.segments)
