"""The names of Exif tags."""

import piexif
import pytest

from creditline.vocab import exif_tags


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (exif_tags.IFD0, "Image"),
        (exif_tags.EXIF, "Exif"),
        (exif_tags.GPS, "GPS"),
        (exif_tags.INTEROP, "Interop"),
    ],
)
def test_names_are_those_of_the_writer(ours: dict[int, str], theirs: str) -> None:
    """What is read under a name can be written under it: every tag of the writer's table is named alike."""
    writable = {tag: info["name"] for tag, info in piexif.TAGS[theirs].items()}

    assert writable == {tag: name for tag, name in ours.items() if tag in writable}


def test_names_are_unique_in_a_directory() -> None:
    """A name says which tag was meant, but for the two that two standards number differently."""
    for table in (exif_tags.IFD0, exif_tags.EXIF, exif_tags.GPS):
        names = list(table.values())

        assert len(names) - len(set(names)) <= 2
