"""Plans carried out: the values are there, and nothing else has changed."""

from __future__ import annotations

import io
import struct
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image
from tests.analysis.pictures import RIGHTS, encoded, painting, stamped

from creditline.analysis.read import read
from creditline.containers import coded, sniff
from creditline.demo import stamps
from creditline.metadata import photoshop
from creditline.reattach import write as write_module
from creditline.reattach.material import material
from creditline.reattach.plan import Plan, Policy, make_plan
from creditline.reattach.write import Written, write

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PRIVATE = {
    "GPS:GPSLatitude": "51/1,30/1,0/1",
    "GPS:GPSLatitudeRef": "N",
    "GPS:GPSLongitude": "1/1,30/1,0/1",
    "GPS:GPSLongitudeRef": "E",
    "ExifIFD:BodySerialNumber": "S123",
}
ORIGINAL = stamped(
    encoded(painting(1)), xmp=stamps.ARTWORK_XMP, iim=stamps.ARTWORK_IIM, tags={**stamps.ARTWORK_EXIF, **PRIVATE}
)
KINDS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF")
JXL = b"\xff\x0a" + bytes(range(2, 60))


def done(original: bytes, copy: bytes, policy: Policy | None = None) -> tuple[Plan, Written]:
    """The plan for two files, and what came of it."""
    first, served = material(original), material(copy)
    plan = make_plan(first, served, policy)
    return plan, write(copy, plan, first, served, at=NOW)


def held(data: bytes) -> dict[tuple[str, str], object]:
    """What a file holds, by carrier and key."""
    return {(f.carrier, f.key): f.value for f in read(data, pixels=False).fields}


@pytest.mark.parametrize("kind", KINDS)
def test_everything_planned_is_there_and_the_picture_is_as_it_was(kind: str) -> None:
    """Each value at its place, pixels and coded bytes equal, and nothing private in the file."""
    copy = encoded(painting(1), kind)

    plan, result = done(ORIGINAL, copy)

    assert plan.steps == tuple(sorted(result.steps, key=plan.steps.index))
    assert () == result.problems
    assert {step.target: step.value for step in plan.steps}.items() <= held(result.data).items()
    assert coded.same(copy, result.data)
    before, after = (np.asarray(Image.open(io.BytesIO(data)).convert("RGBA")) for data in (copy, result.data))
    assert np.array_equal(before, after)
    assert () == read(result.data).private
    assert b"S123" not in result.data


def test_a_naked_jpeg_xl_gets_boxes() -> None:
    """Its codestream stays as it is."""
    plan, result = done(ORIGINAL, JXL)

    assert {step.target: step.value for step in plan.steps}.items() <= held(result.data).items()
    assert JXL in result.data


def test_private_fields_on_request() -> None:
    """All of the place's entries, and the serial number."""
    _, result = done(ORIGINAL, encoded(painting(1)), Policy.of("all"))

    reading = read(result.data)

    assert ("gps", "camera_serial") == reading.private
    assert "51.5, 1.5" == dict(reading.resolved)["gps"]


def test_what_the_copy_has_besides_stays() -> None:
    """Its colour profile, its comment, its own Exif and its own XMP."""
    profile = bytes(range(128)) * 4
    copy = sniff.replace(
        stamped(encoded(painting(1)), xmp={"xmp:Rating": "5"}, tags={"IFD0:Make": "Site"}),
        {"icc": [profile], "comment": [b"resized by a site"]},
    )

    _, result = done(ORIGINAL, copy)

    properties = {(p.carrier, p.key): p.value for p in read(result.data).properties}
    assert ("5", "Site", "resized by a site") == tuple(
        properties[key] for key in (("xmp", "xmp:Rating"), ("exif", "IFD0:Make"), ("comment", "comment"))
    )
    assert [profile] == [b.payload for b in sniff.find(result.data).blocks if b.carrier == "icc"]


def test_the_history_says_what_was_done() -> None:
    """What, from which original, when, by whom; an earlier entry stays."""
    copy = stamped(encoded(painting(1)), xmp={"xmpMM:History/stEvt:action": ["resized"]})

    _, result = done(stamped(encoded(painting(1)), xmp={**RIGHTS, "xmpMM:DocumentID": "xmp.did:7"}), copy)

    said = {p.key.partition("stEvt:")[2]: p.value for p in read(result.data).properties if "stEvt:" in p.key}
    assert ["resized", "creditline restored"] == said["action"]
    assert "2026-11-24T12:00:00+00:00" == said["when"]
    assert "creator" in said["changed"]
    assert "sha256:" in said["parameters"]
    assert "document:xmp.did:7" in said["parameters"]


def test_iim_comes_with_its_digest() -> None:
    """A reader that trusts the digest takes IIM and XMP to be in step."""
    _, result = done(ORIGINAL, encoded(painting(1)))

    blocks = {b.carrier: b.payload for b in sniff.find(result.data).blocks}
    assert photoshop.iim_digest_matches(blocks["photoshop"], blocks["iptc"])


def test_an_iim_that_was_newer_stays_the_newer_one() -> None:
    """Where the original's digest showed that IIM was edited since, the copy's does so too."""
    plain = stamped(encoded(painting(1)), xmp={"dc:creator": ["Old"]}, iim={"2:080": "New"})
    stream = sniff.find(plain)
    irb = next(b.payload for b in stream.blocks if b.carrier == "photoshop")
    original = sniff.replace(plain, {"photoshop": [irb + b"8BIM\x04\x25\0\0" + struct.pack(">L", 16) + bytes(16)]})

    _, result = done(original, encoded(painting(1)))

    assert ["New"] == dict(read(original).resolved)["creator"] == dict(read(result.data).resolved)["creator"]


def test_copyright_flag_and_address_go_back() -> None:
    """They lie in the image resources, beside the IIM."""
    irb = b"8BIM\x04\x0a\0\0\0\0\0\x01\x01\0" + b"8BIM\x04\x0b\0\0\0\0\0\x14https://ann.example/"
    original = sniff.replace(stamped(encoded(painting(1)), iim={"2:080": "Ann"}), {"photoshop": [irb]})
    original = sniff.replace(original, {"iptc": [sniff.find(ORIGINAL).blocks[-1].payload]})

    plan, result = done(original, encoded(painting(1)))

    assert {("photoshop", "8BIM:040A"), ("photoshop", "8BIM:040B")} <= {step.target for step in plan.steps}
    assert {step.target: step.value for step in plan.steps}.items() <= held(result.data).items()


def test_long_xmp_goes_into_an_extension() -> None:
    """A JPEG segment ends at 64 KiB; both halves read back."""
    terms = "Terms and conditions. " * 4_000

    plan, result = done(
        stamped(encoded(painting(1), "PNG"), xmp={**RIGHTS, "xmpRights:UsageTerms": terms}), encoded(painting(1))
    )

    found = read(result.data)
    assert {"present"} == {str(c.state) for c in found.carriers if c.carrier in {"xmp", "xmp_extended"}}
    assert terms.strip() == dict(found.resolved)["usage_terms"]
    assert len(plan.steps) == len(result.steps)


def test_a_record_of_a_graph_moves_into_user_comment() -> None:
    """The generator is recognised again, with what it ran."""
    original = stamped(encoded(painting(1), "PNG"), texts={"prompt": stamps.comfy_texts()["prompt"]})

    _, result = done(original, encoded(painting(1)))

    before, after = read(original).ai, read(result.data).ai
    assert (before.label, before.generators, before.models, before.seed) == (
        after.label,
        after.generators,
        after.models,
        after.seed,
    )
    assert "ai-generated" == after.label


def test_on_any_doubt_the_copy_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A splice that touched the picture is thrown away, and said."""
    copy = encoded(painting(1))

    def careless(data: bytes, changes: object) -> bytes:
        made = bytearray(sniff.replace(data, changes))  # type: ignore[arg-type]
        made[-20] ^= 1
        return bytes(made)

    monkeypatch.setattr(write_module, "replace", careless)
    _, result = done(ORIGINAL, copy)

    assert (copy, ()) == (result.data, result.steps)
    assert "coded picture" in result.problems[0].message


@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_copy_comes_back_as_it_is(kind: str) -> None:
    """Cut anywhere: the same bytes and a reason, or a file whose picture is as it was."""
    copy = encoded(painting(1), kind)
    for cut in range(8, len(copy), max(1, len(copy) // 25)):
        part = copy[:cut]

        _, result = done(ORIGINAL, part)

        assert result.data == part or coded.same(part, result.data)


def test_a_carrier_too_long_costs_only_itself() -> None:
    """Exif ends at 64 KiB in a JPEG; the rest goes back all the same."""
    big = {"IFD0:ImageDescription": "x" * 70_000, "IFD0:Artist": "Ann"}

    _, result = done(stamped(encoded(painting(1), "PNG"), tags=big), encoded(painting(1)))

    assert ["exif"] == [problem.carrier for problem in result.problems]
    assert ["Ann"] == dict(read(result.data).resolved)["creator"]
