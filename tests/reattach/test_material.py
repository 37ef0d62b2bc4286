"""A picture as restoring needs it."""

from __future__ import annotations

from tests.analysis.pictures import RIGHTS, encoded, painting, stamped

from creditline.reattach.material import material


def test_reading_and_blocks_of_one_file() -> None:
    """What it says, where, and what its format takes."""
    found = material(stamped(encoded(painting(1)), xmp=RIGHTS))

    assert ["Ann Example"] == dict(found.reading.resolved)["creator"]
    assert 1 == len(found.blocks("xmp"))
    assert {"exif", "xmp", "iptc", "comment"} <= set(found.writable)
    assert not found.broken("xmp")


def test_no_records_are_put_where_no_standard_knows_them() -> None:
    """IIM in AVIF is what a few writers do."""
    assert "iptc" not in material(encoded(painting(1), "AVIF")).writable


def test_a_broken_block_is_known() -> None:
    """It is neither read nor written to."""
    data = stamped(encoded(painting(1)), xmp=RIGHTS).replace(b"</rdf:RDF>", b"</rdf:RDX>")

    assert material(data).broken("xmp")


def test_what_is_no_picture_takes_nothing() -> None:
    """Never an error."""
    assert () == material(b"no picture").writable
