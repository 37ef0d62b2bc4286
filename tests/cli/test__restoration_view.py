"""A restoration in lines for people."""

from __future__ import annotations

from tests.analysis.pictures import encoded, painting, stamped

from creditline.cli._restoration_view import lines
from creditline.services.restore import restoration

ORIGINAL = stamped(
    encoded(painting(1)),
    xmp={
        "dc:creator": ["Ann"],
        "dc:title": {"x-default": "Sea", "de": "Meer"},
        "photoshop:City": "Graz",
        "xmpRights:UsageTerms": "long " * 40,
        "dcterms:provenance": "https://manifests.example/1",
        "dc:rights": "© 2026 Renée",
    },
)


def shown(copy: bytes, *, dry: bool = False) -> str:
    """The lines, joined."""
    return "\n".join(
        lines(restoration(copy, ORIGINAL, dry=dry), original="o.jpg", output=None if dry else "out.jpg")
    )


def test_each_fate_has_its_line() -> None:
    """Restored, repaired, kept, withheld, left out, and where it was written; long values are cut."""
    text = shown(stamped(encoded(painting(1)), xmp={"dc:creator": ["Bob"], "dc:rights": "Â© 2026 RenÃ©e"}))

    for part in (
        "restore   title: Sea  (xmp)",
        "repair    copyright_notice: © 2026 Renée",
        "kept      creator: the copy says Bob, the original Ann",
        "withheld  city",
        "left out  provenance_url",
        "…",
        "Written   out.jpg",
    ):
        assert part in text


def test_nothing_to_do_is_said_and_another_picture_is_only_named() -> None:
    """No plan for somebody else's picture."""
    whole, other = shown(ORIGINAL), shown(encoded(painting(2)))

    assert "Nothing is missing" in whole
    assert 1 == len(other.splitlines()[:1])
    assert "restore" not in other
