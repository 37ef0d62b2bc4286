import io

import pytest
from PIL import Image
from tests.containers.tiff_sample import blob, image, long, nested, short, text, tiff

from creditline.containers import tiff as finder
from creditline.containers.tiff_layout import frames, orientation, segments, size
from creditline.containers.tiff_walk import walk


@pytest.mark.parametrize("order", ["<", ">"])
def test_size_of_the_first_page(order: str) -> None:
    """Width and height may be SHORT or LONG, in either byte order."""
    page = [long(0x100, 70_000, order=order), long(0x101, 5, order=order)]
    data = tiff(page, image(order), order=order)

    assert (70_000, 5) == size(data, walk(data))
    assert 2 == frames(walk(data))


def test_size_is_not_that_of_a_preview() -> None:
    """DNG puts a preview first and the picture below it."""
    data = nested(image(width=40, height=30), lambda at: [short(0xFE, 1), *image(), long(0x14A, at)])

    assert (40, 30) == size(data, walk(data))


def test_orientation() -> None:
    """What the first page says, when it says something that means anything, and no Exif block with it."""
    for said, expected in ((6, 6), (0, None), (9, None)):
        data = tiff([*image(), short(0x112, said)], [*image(), short(0x112, 3)])

        assert expected == orientation(data, walk(data)) == finder.find(data).orientation
        assert () == finder.find(data).blocks
    assert None is orientation(tiff(image()), walk(tiff(image())))


def test_only_previews() -> None:
    """Where nothing else is, the first page counts."""
    data = tiff([short(0xFE, 1), *image()])

    assert (3, 2) == size(data, walk(data))


def test_no_picture() -> None:
    """A directory without a picture has no size, and is one page all the same."""
    data = tiff([text(0x10E, "words")])

    assert (None, None) == size(data, walk(data))
    assert 1 == frames(walk(data))
    assert frames(walk(b"II*\0" + bytes(4))) is None


def test_segments_name_what_they_hold() -> None:
    """Header, pixels, directory and the packet, without a gap."""
    data = tiff([*image(), blob(0x2BC, b"x" * 100)])
    walked = walk(data)

    found = segments(data, walked, [entry for entry in walked.chain[0].entries if entry.tag == 0x2BC])

    assert [("header", 0, 8), ("data", 8, 6), ("IFD0", 14, 114), ("02BC", 128, 100)] == [
        (part.kind, part.offset, part.length) for part in found
    ]


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate"])
def test_written_by_another(compression: str) -> None:
    """An encoder's own file has the size it was given, and its pages."""
    out = io.BytesIO()
    pages = [Image.linear_gradient("L").resize((31, 17)).rotate(180 * n) for n in range(3)]
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], compression=compression)

    layout = finder.find(out.getvalue())

    assert (31, 17, 3) == (layout.width, layout.height, layout.frames)
