"""What goes back, what stays out, and what the copy keeps."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from tests.analysis.pictures import NO_TRAINING, RIGHTS, TRAINED, encoded, painting, stamped

from creditline.model.errors import UsageError
from creditline.reattach.material import material
from creditline.reattach.plan import AI_RECORD, Plan, Policy, make_plan
from creditline.reattach.write import write

if TYPE_CHECKING:
    from creditline.model.reading import Value

PRIVATE = {
    "IFD0:Artist": "Ann Example",
    "GPS:GPSLatitude": "51/1,30/1,0/1",
    "GPS:GPSLatitudeRef": "N",
    "GPS:GPSLongitude": "1/1,30/1,0/1",
    "GPS:GPSLongitudeRef": "E",
    "ExifIFD:BodySerialNumber": "S123",
}
PLAIN = encoded(painting(1), quality=70)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
RECORD = "a cat\nNegative prompt: dog\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512, Model: x"


def plan(original: bytes, copy: bytes = PLAIN, policy: Policy | None = None) -> Plan:
    """The plan for two files."""
    return make_plan(material(original), material(copy), policy)


def xmp_pair(original: dict[str, Value], copy: dict[str, Value]) -> Plan:
    """The plan for two JPEGs that hold XMP only."""
    return plan(stamped(PLAIN, xmp=original), stamped(PLAIN, xmp=copy))


def test_credit_consent_and_origin_go_back() -> None:
    """Each to the place it came from."""
    found = plan(stamped(encoded(painting(1)), xmp=RIGHTS))

    assert {"creator", "copyright_notice", "credit_line", "digital_source_type", "data_mining"} == set(found.ids)
    assert {("xmp", key) for key in RIGHTS} == {step.target for step in found.steps}
    assert {"add"} == {step.action for step in found.steps}


def test_place_people_and_devices_are_withheld() -> None:
    """Unless they are asked for by name, or all of them."""
    original = stamped(PLAIN, tags=PRIVATE, xmp={"photoshop:City": "Graz", "Iptc4xmpExt:PersonInImage": ["Bob"]})

    default, one, every = (plan(original, policy=Policy.of(text)) for text in ("none", "city, gps", "all"))

    assert ("person_shown", "city", "gps", "camera_serial") == default.withheld
    assert {"creator"} == set(default.ids)
    assert ("person_shown", "camera_serial") == one.withheld
    assert {"creator", "city", "gps"} == set(one.ids)
    assert () == every.withheld


@pytest.mark.parametrize("text", ["creator", "gps,nonsense"])
def test_a_policy_names_private_fields_only(text: str) -> None:
    """Anything else is an error that lists them."""
    with pytest.raises(UsageError, match="no private field"):
        Policy.of(text)


def test_what_the_copy_says_is_kept() -> None:
    """The same value is kept, another one too, as a conflict, and then nothing of that field is written."""
    found = xmp_pair(
        {"dc:creator": ["Ann"], "dc:rights": "© Ann", "photoshop:Credit": "Ann"},
        {"dc:creator": ["Bob"], "dc:rights": "© Ann"},
    )

    assert {"credit_line"} == set(found.ids)
    assert ("copyright_notice",) == found.kept
    assert [("creator", ["Ann"], ["Bob"])] == [(c.id, c.original, c.copy) for c in found.conflicts]


@pytest.mark.parametrize("damaged", ["© 2026 Ren", "Â© 2026 RenÃ©e", "? 2026 Ren?e", "©  2026 Renée"])
def test_a_damaged_form_is_repaired(damaged: str) -> None:
    """Cut off, in the wrong character set, with other white space."""
    found = xmp_pair({"dc:rights": "© 2026 Renée"}, {"dc:rights": damaged})

    assert [("copyright_notice", "repair", "© 2026 Renée")] == [(s.id, s.action, s.value) for s in found.steps]


def test_a_sites_own_marks_stay() -> None:
    """Meta's numbers in IIM 2:40 and 2:103 are no instructions: the artist's go back to XMP, the marks remain."""
    original = stamped(PLAIN, iim={"2:040": "Credit me", "2:103": "JOB-1", "2:080": "Ann"})
    copy = stamped(PLAIN, iim={"2:040": "FBMD0a000a", "2:103": "hash"})

    found = plan(original, copy)

    assert () == found.conflicts
    targets = {step.target for step in found.steps}
    assert {("xmp", "photoshop:Instructions"), ("xmp", "photoshop:TransmissionReference")} <= targets
    assert ("iptc", "2:040") not in targets
    assert ("iptc", "2:080") in targets


def test_every_value_goes_to_xmp_too() -> None:
    """A copy may go where only XMP is read (MWG 2.0)."""
    found = plan(stamped(PLAIN, tags={"IFD0:Artist": "Ann"}))

    assert {("exif", "IFD0:Artist"), ("xmp", "dc:creator")} == {step.target for step in found.steps}


@pytest.mark.parametrize(
    ("kind", "carriers"), [("PNG", {"exif", "xmp", "iptc"}), ("WEBP", {"exif", "xmp"}), ("GIF", {"xmp"})]
)
def test_formats_take_what_they_can_hold(kind: str, carriers: set[str]) -> None:
    """What they cannot hold goes to XMP, or is named as left."""
    original = stamped(PLAIN, tags={"IFD0:Artist": "Ann"}, iim={"2:080": "Ann", "2:118": "ann@example.org"})

    found = plan(original, encoded(painting(1), kind))

    assert carriers == {step.target[0] for step in found.steps}
    assert ("creator_contact" in dict(found.left)) == ("iptc" not in carriers)


def test_a_generators_record_goes_back() -> None:
    """Word for word in its own format; in a JPEG where generators put it there."""
    original = stamped(encoded(painting(1), "PNG"), texts={"parameters": RECORD})

    same, other = plan(original, encoded(painting(1), "PNG")), plan(original)

    assert [(AI_RECORD, ("png_text", "parameters"))] == [(s.id, s.target) for s in same.steps]
    assert [(AI_RECORD, ("exif", "ExifIFD:UserComment"))] == [(s.id, s.target) for s in other.steps]


def test_both_graphs_go_into_a_jpeg_once() -> None:
    """What ran and what the editor showed are read from the copy again; a second restoration adds nothing."""
    prompt = '{"1": {"class_type": "KSampler", "inputs": {"seed": 42}}}'
    workflow = '{"nodes": [{"id": 1, "type": "KSampler", "title": "\\ud800"}], "links": []}'
    original = stamped(encoded(painting(1), "PNG"), texts={"prompt": prompt, "workflow": workflow})
    first = plan(original)

    copy = write(PLAIN, first, material(original), material(PLAIN), at=NOON).data
    again = plan(original, copy)

    (text,) = [p.value for p in material(copy).reading.properties if p.key == "ExifIFD:UserComment"]
    assert {"prompt": json.loads(prompt), "workflow": json.loads(workflow)} == json.loads(str(text))
    assert ((), (), ()) == (first.left, again.steps, again.conflicts)
    assert AI_RECORD in again.kept


def test_a_workflow_that_is_too_long_for_a_jpeg_is_named() -> None:
    """The graph that ran goes back, and so does the credit beside it."""
    prompt = '{"1": {"class_type": "KSampler", "inputs": {"seed": 42}}}'
    workflow = '{"nodes": [{"id": 1, "type": "' + "x" * 70_000 + '"}], "links": []}'
    original = stamped(
        encoded(painting(1), "PNG"),
        tags={"IFD0:Artist": "Ann"},
        texts={"prompt": prompt, "workflow": workflow},
    )

    found = plan(original)
    written = write(PLAIN, found, material(original), material(PLAIN), at=NOON)

    assert ((AI_RECORD, "jpeg has no room for workflow"),) == found.left
    assert {("exif", "ExifIFD:UserComment"), ("exif", "IFD0:Artist")} <= {s.target for s in written.steps}


def test_what_would_be_untrue_of_the_copy_is_set_aside() -> None:
    """A pointer to the original's manifest, its save history, the name of its file; its document is the same."""
    found = plan(
        stamped(
            PLAIN,
            xmp={
                "dcterms:provenance": "https://manifests.example/1",
                "xmpMM:InstanceID": "xmp.iid:1",
                "xmpMM:DocumentID": "xmp.did:1",
                "xmpMM:History/stEvt:action": ["saved"],
            },
        )
    )

    assert {"provenance_url", "edit_history"} == set(dict(found.set_aside))
    assert [("xmp", "xmpMM:DocumentID")] == [step.target for step in found.steps]


def test_a_structure_that_differs_is_left_alone() -> None:
    """A licensor is one thing: no member of ours goes into the site's."""
    found = xmp_pair(
        {"plus:Licensor/plus:LicensorName": "Ann", "plus:Licensor/plus:LicensorURL": "https://ann.example"},
        {"plus:Licensor/plus:LicensorName": "Site"},
    )

    assert () == found.steps


def test_an_unreadable_carrier_gets_nothing() -> None:
    """What cannot be read cannot be kept, so it is not written to."""
    copy = stamped(PLAIN, xmp={"dc:creator": ["x"]}).replace(b"</rdf:RDF>", b"</rdf:RDX>")

    found = plan(stamped(PLAIN, xmp=RIGHTS), copy)

    assert () == found.steps
    assert {"creator"} <= set(dict(found.left))


def test_the_plan_as_json() -> None:
    """Every part under its name."""
    line: dict[str, Any] = plan(stamped(PLAIN, xmp={"dc:creator": ["Ann"]}, tags=PRIVATE)).to_json()

    assert {"steps", "kept", "conflicts", "withheld", "left", "set_aside"} == set(line)
    assert {"id", "value", "from", "carrier", "key", "action"} == set(line["steps"][0])
    assert TRAINED not in str(line)
    assert NO_TRAINING not in str(line)
