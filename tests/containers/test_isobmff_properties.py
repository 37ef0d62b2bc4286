"""Size and profiles come from the primary item's own properties first."""

from tests.containers.isobmff_sample import full, image

from creditline.containers.isobmff_properties import Properties, properties
from creditline.containers.isobmff_units import walk
from creditline.structures.bmff import write_box


def size(width: int, height: int) -> bytes:
    return full(b"ispe", width.to_bytes(4) + height.to_bytes(4))


def read(container: bytes, associations: bytes, primary: int | None = 2) -> Properties:
    ipma = full(b"ipma", associations)
    data = write_box(b"ftyp", b"heic") + full(b"meta", write_box(b"iprp", write_box(b"ipco", container) + ipma))
    return properties(data, walk(data), primary)


def test_primary_item_first() -> None:
    """Its size and profile come before those of tiles, gain maps and thumbnails."""
    container = size(1, 2) + write_box(b"colr", b"profone") + size(3, 4) + write_box(b"colr", b"rICCtwo")

    found = read(container, b"\0\0\0\1\0\2\2\3\4")

    assert (3, 4) == (found.width, found.height)
    assert [b"two", b"one"] == [block.payload for block in found.profiles]


def test_colour_numbers_and_empty_profiles_are_none() -> None:
    """`nclx` holds no profile, an empty profile carries nothing."""
    found = read(write_box(b"colr", b"nclx" + bytes(7)) + write_box(b"colr", b"prof"), bytes(4))

    assert () == found.profiles
    assert (None, None) == (found.width, found.height)


def test_without_associations_the_first_size_counts() -> None:
    """A damaged or missing table leaves the file's first size."""
    assert (1, 2) == (read(size(1, 2), b"\xff\xff\xff\xff").width, read(size(1, 2), b"", None).height)


def test_file_without_properties() -> None:
    """No box, no size."""
    data = image().replace(b"iprp", b"free")

    assert Properties() == properties(data, walk(data), 1)
