"""The packets of a restored copy."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.analysis.pictures import encoded, painting, stamped

from creditline.containers.jpeg_writers import MAX_XMP, guid
from creditline.metadata import xmp
from creditline.model.errors import CreditlineError
from creditline.reattach import write_xmp
from creditline.reattach.material import material
from creditline.reattach.plan import make_plan

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PLAIN = encoded(painting(1))
LONG = "Terms. " * 12_000


def packets(original: bytes, copy: bytes) -> write_xmp.Packets:
    """The packets that restoring the one into the other makes."""
    first, served = material(original), material(copy)
    steps = make_plan(first, served).steps
    return write_xmp.packets(steps, write_xmp.history(steps, first, NOW), first, served)


def values(payload: bytes) -> dict[str, object]:
    """A packet's properties."""
    return {item.key: item.value for item in xmp.read(payload)}


def test_structures_come_whole() -> None:
    """With members that are no field of ours."""
    original = stamped(
        PLAIN, xmp={"plus:Licensor/plus:LicensorName": "Ann", "plus:Licensor/plus:LicensorCity": "Graz"}
    )

    assert "Graz" == values(packets(original, PLAIN).main)["plus:Licensor/plus:LicensorCity"]


def test_what_is_not_planned_does_not_come() -> None:
    """Settings of a raw converter, places: not asked for, not there."""
    original = stamped(PLAIN, xmp={"dc:creator": ["Ann"], "photoshop:City": "Graz", "xmp:Rating": "5"})

    assert {"dc:creator"} == {k for k in values(packets(original, PLAIN).main) if not k.startswith("xmpMM:")}


def test_control_characters_do_not_come_into_xml() -> None:
    """Exif may hold them; XML may not."""
    original = stamped(PLAIN, tags={"IFD0:Artist": "Ann\x0bExample"})

    assert ["Ann Example"] == values(packets(original, PLAIN).main)["dc:creator"]


def test_an_extension_is_named_by_its_packet() -> None:
    """Its GUID is the digest of what it holds, and what was in the copy's extension is in it still."""
    original = stamped(encoded(painting(1), "PNG"), xmp={"dc:creator": ["Ann"], "xmpRights:UsageTerms": LONG})

    found = packets(original, PLAIN)

    assert found.extended is not None
    assert len(found.main) <= MAX_XMP
    assert guid(found.extended) == values(found.main)["xmpNote:HasExtendedXMP"]
    assert {"xmpRights:UsageTerms"} == set(values(found.extended))
    assert packets(original, encoded(painting(1), "PNG")).extended is None


def test_a_list_of_very_many_fields_is_cut() -> None:
    """A history entry is for people."""
    first = material(PLAIN)
    steps = make_plan(material(stamped(PLAIN, xmp={"dc:creator": ["Ann"]})), first).steps

    assert "creator" == write_xmp.history(steps * 500, first, NOW)["stEvt:changed"]


def test_a_broken_packet_is_refused() -> None:
    """Nothing is written over what cannot be kept."""
    broken = material(stamped(PLAIN, xmp={"dc:title": "x"}).replace(b"</rdf:RDF>", b"</rdf:RDX>"))
    first = material(stamped(PLAIN, xmp={"dc:creator": ["Ann"]}))
    steps = make_plan(first, material(PLAIN)).steps

    with pytest.raises(CreditlineError):
        write_xmp.packets(steps, {}, first, broken)
