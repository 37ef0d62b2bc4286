"""Where Exif, XMP and IPTC are apart, and where they only look it."""

from __future__ import annotations

import pytest

from creditline.analysis.cmi import crosswalk
from creditline.analysis.sync import sync
from creditline.model.reading import Property, Sync

ALIKE = (
    Property("exif", "IFD0:Artist", "Ann Example; Bo"),
    Property("xmp", "dc:creator", ["Bo", "Ann  Example"]),
    Property("iptc", "2:080", ["Ann Example", "Bo"]),
    Property("exif", "ExifIFD:DateTimeOriginal", "2026:01:02 03:04:05"),
    Property("iptc", "2:055", "20260102"),
)


def found(*properties: Property, digest: bool | None = None) -> Sync:
    return sync(crosswalk(properties), digest)


def test_alike() -> None:
    """Order, white space and precision of dates are no difference."""
    said = found(*ALIKE)

    assert ("creator", "date_created") == said.compared
    assert () == said.differences


def test_different() -> None:
    """What each carrier says is listed, in one order; a field in one place only has nothing to agree with."""
    said = found(
        Property("iptc", "2:116", "© Bo"),
        Property("xmp", "dc:rights", "© Ann"),
        Property("xmp", "dc:title", "Sea"),
    )

    (one,) = said.differences
    assert ("copyright_notice",) == said.compared
    assert ("copyright_notice", "differs", (("xmp", "© Ann"), ("iptc", "© Bo"))) == (one.id, one.state, one.values)


def test_cut() -> None:
    """IPTC that holds the text up to its limit is cut, not different; one that stops short of it differs."""
    long = "Ann Example of the Very Long Name of Many Words"

    (cut,) = found(Property("iptc", "2:080", long[:32]), Property("xmp", "dc:creator", [long])).differences
    (short,) = found(Property("iptc", "2:080", long[:9]), Property("xmp", "dc:creator", [long])).differences

    assert ("cut", "differs") == (cut.state, short.state)


@pytest.mark.parametrize(("digest", "expected"), [(True, "fits"), (False, "differs"), (None, None)])
def test_digest(digest: bool | None, expected: str | None) -> None:
    """The digest is told as it is, and the whole survives JSON."""
    said = found(Property("iptc", "2:116", "a"), Property("xmp", "dc:rights", "b"), digest=digest)

    assert expected == said.iim_digest
    assert said == Sync.from_json(said.to_json())
    assert Sync() == Sync.from_json(None)
