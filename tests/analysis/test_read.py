"""What a file says: every state of every carrier, and never absence where nothing could be seen."""

from __future__ import annotations

import hashlib
import json
import random
import time
from typing import TYPE_CHECKING, Any

import pytest
from tests.analysis.pictures import NO_TRAINING, RIGHTS, encoded, painting, stamped

from creditline.analysis.read import read
from creditline.containers import sniff
from creditline.metadata import exif, iptc_iim
from creditline.model.reading import Inspection
from creditline.reattach import resign
from creditline.reattach.resign import make_authority, sign
from creditline.structures.photoshop_irb import DIGEST, resource, serialise

if TYPE_CHECKING:
    from collections.abc import Mapping

AUTHORITY = make_authority()
KINDS = ("JPEG", "PNG", "WEBP")
KEYS = {
    "": "schema path sha256 bytes format width height orientation frames carriers fields resolved c2pa ai consent"
    " private errors sync",
    "carriers": "carrier location bytes sha256 state",
    "fields": "id value carrier key category categories",
    "c2pa": "state label claim_generator signer signed_at remote_url tampered trust_list worst_ingredient"
    " problems identities product",
    "ai": "label digital_source_type generators models prompt negative_prompt seed share evidence",
    "consent": "ai_training until evidence",
    "errors": "code carrier message",
    "sync": "iim_digest compared differences",
}
"""Contract §3, key for key."""


@pytest.fixture(scope="module")
def everything() -> bytes:
    """A signed JPEG with rights in Exif, IIM and XMP, a place, a comment and a turned camera."""
    tags = {"IFD0:Artist": "Ann Example", "IFD0:Orientation": "6", "GPS:GPSLatitude": "51/1, 30/1, 0/1"}
    tags |= {"GPS:GPSLatitudeRef": "N", "GPS:GPSLongitude": "0/1, 7/1, 0/1", "GPS:GPSLongitudeRef": "W"}
    data = stamped(encoded(painting(1)), xmp=RIGHTS, iim={"2:080": "Ann Example"}, tags=tags)
    data = sniff.replace(data, {"comment": [b"hello"]})
    return sign(data, "jpeg", AUTHORITY, digital_source_type="trainedAlgorithmicMedia")


def states(inspection: Inspection) -> dict[str, str]:
    """Carrier → state."""
    return {item.carrier: str(item.state) for item in inspection.carriers}


def codes(inspection: Inspection) -> set[tuple[str, str | None]]:
    """Code and carrier of what went wrong."""
    return {(item.code, item.carrier) for item in inspection.errors}


def keys(line: Mapping[str, Any], name: str) -> None:
    """The keys of an object, or of every object in a list, are those of the contract."""
    part = line[name] if name else line
    for item in part if isinstance(part, list) else [part]:
        assert set(KEYS[name].split()) == set(item)


def test_everything_is_found(everything: bytes) -> None:
    """Each carrier is present with its place, size and digest; the values are those that were written."""
    found = read(everything, path="a.jpg", user_anchors=AUTHORITY.anchor_pem)

    assert () == found.errors
    assert {"exif", "xmp", "iptc", "photoshop", "c2pa", "comment"} == {
        carrier for carrier, state in states(found).items() if state == "present"
    }
    assert {"xmp_extended", "icc", "mpf"} == {c for c, state in states(found).items() if state == "absent"}
    for item in found.carriers:
        assert (item.state == "present") == all((item.location, item.bytes, item.sha256))
    assert ["Ann Example"] == dict(found.resolved)["creator"]
    assert "© 2026 Ann Example" == dict(found.resolved)["copyright_notice"]
    assert {"exif", "xmp", "iptc"} == {f.carrier for f in found.fields if f.id == "creator"}
    assert ("trusted", "ai-generated", "prohibited") == (
        found.c2pa.state,
        found.ai.label,
        found.consent.ai_training,
    )
    assert ("gps",) == found.private
    assert ("jpeg", 320, 240, 6, 1) == (
        found.format,
        found.width,
        found.height,
        found.orientation,
        found.frames,
    )
    assert ("a.jpg", len(everything)) == (found.path, found.bytes)


def test_the_line_is_that_of_the_contract(everything: bytes) -> None:
    """Keys are exactly those of §3, at every level, and the line is JSON."""
    broken = sniff.replace(everything, {"exif": [b"not exif"]})
    for line in (read(data).to_json() for data in (everything, broken, b"no picture")):
        for name in KEYS:
            keys(line, name)
        for evidence in line["ai"]["evidence"]:
            assert {"claim", "value", "carrier", "key"} == set(evidence)
        for evidence in line["consent"]["evidence"]:
            assert {"value", "carrier", "key"} == set(evidence)
        for problem in line["c2pa"]["problems"]:
            assert {"code", "url", "explanation"} == set(problem)
        assert "creditline/inspection/1" == line["schema"]
        assert line == json.loads(json.dumps(line))


def test_a_stored_line_is_read_back(everything: bytes) -> None:
    """What is printed survives the way through JSON, for whole, broken and unknown files."""
    for data in (everything, sniff.replace(everything, {"exif": [b"x"]}), everything[:400], b"?"):
        line = read(data, path="p").to_json()

        again = Inspection.from_json(json.loads(json.dumps(line)))

        assert line == again.to_json()


@pytest.mark.parametrize("kind", KINDS)
def test_a_bare_picture_has_nothing(kind: str) -> None:
    """In a whole file without metadata everything is absent, and nothing is wrong."""
    found = read(encoded(painting(1), kind))

    assert {"absent"} == set(states(found).values()) - {"not_examined"}
    assert set() <= {c for c, state in states(found).items() if state == "not_examined"} <= {"stealth"}
    assert ("none", "none", "unspecified", ()) == (
        found.c2pa.state,
        found.ai.label,
        found.consent.ai_training,
        found.errors,
    )


def test_pixels_may_be_left_alone() -> None:
    """Without pixels what they may hide was not examined, and all else is as before."""
    data = stamped(encoded(painting(1), "PNG"), xmp=RIGHTS)

    found = read(data, pixels=False)

    assert "not_examined" == states(found)["stealth"]
    assert read(data).fields == found.fields


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_cut_file_claims_no_absence(kind: str) -> None:
    """Metadata may follow the pixels, so whatever the length at which a file breaks off, nothing is absent."""
    options = {"lossless": True} if kind == "WEBP" else {}
    data = stamped(encoded(painting(1), kind, **options), xmp=RIGHTS, tags={"IFD0:Artist": "Ann"})
    for length in [*range(20, 200, 13), len(data) // 2, len(data) - 1]:
        found = read(data[:length])

        # The pixels themselves may be whole, and what hides in them was then looked for.
        assert "absent" not in (states(found) | {"stealth": ""}).values(), length
        assert "none" != found.c2pa.state
        assert any(item.code == "truncated" for item in found.errors)


def test_a_cut_jpeg_claims_absence_only_behind_its_header() -> None:
    """All metadata of a JPEG stands before the first scan: once that began, what was not there is absent."""
    data = stamped(encoded(painting(1)), xmp=RIGHTS)
    scan = data.index(b"\xff\xda")

    before, behind = read(data[: scan - 30]), read(data[: scan + 40])

    assert "absent" not in states(before).values()
    assert "not_examined" == before.c2pa.state
    assert ("absent", "present") == (states(behind)["exif"], states(behind)["xmp"])
    assert "none" == behind.c2pa.state


@pytest.mark.parametrize("kind", KINDS)
def test_one_broken_block_costs_only_itself(kind: str) -> None:
    """Broken Exif is unreadable and named; XMP beside it is read."""
    data = stamped(encoded(painting(1), kind), xmp=RIGHTS)
    data = sniff.replace(data, {"exif": [b"II*\0\xff\xff\xff\xff broken"]})

    found = read(data)

    assert ("unreadable", "present") == (states(found)["exif"], states(found)["xmp"])
    assert {"exif"} == {carrier for _, carrier in codes(found)}
    assert ["Ann Example"] == dict(found.resolved)["creator"]


def test_broken_xmp_and_iim() -> None:
    """XMP that is no XML and IIM that is no IIM are unreadable, each with its error; Exif counts."""
    data = stamped(encoded(painting(1)), tags={"IFD0:Artist": "Ann"})
    data = sniff.replace(data, {"xmp": [b"<x:xmpmeta"], "iptc": [b"\x1c\x02\x50\x00\x99short"]})

    found = read(data)

    assert ("unreadable", "unreadable", "present") == tuple(states(found)[c] for c in ("xmp", "iptc", "exif"))
    assert {"xmp", "iptc"} == {carrier for _, carrier in codes(found)}
    assert ["Ann"] == dict(found.resolved)["creator"]


def test_half_broken_exif_gives_what_it_has() -> None:
    """Entries that can be read are; the error stays on record, so that nobody takes the rest for absent."""
    block = bytearray(exif.build({"IFD0:Artist": "Ann", "IFD0:Copyright": "© somebody with a long name"}))
    entry = block.index(b"\x82\x98" if block[:2] == b"MM" else b"\x98\x82")
    block[entry + 8 : entry + 12] = b"\x7f\xff\xff\xff"

    found = read(sniff.replace(encoded(painting(1)), {"exif": [bytes(block)]}))

    assert "present" == states(found)["exif"]
    assert ("exif_truncated", "exif") in codes(found)
    assert ["Ann"] == dict(found.resolved)["creator"]


def test_a_pointer_to_a_manifest_elsewhere() -> None:
    """Without a store in the file the state is remote, with the address; other schemes are no pointer."""
    remote = read(stamped(encoded(painting(1)), xmp={"dcterms:provenance": "https://m.example/1"}))
    local = read(stamped(encoded(painting(1)), xmp={"dcterms:provenance": "self#jumbf=c2pa"}))

    assert ("remote", "https://m.example/1") == (remote.c2pa.state, remote.c2pa.remote_url)
    assert "absent" == states(remote)["c2pa"]
    assert ("none", None) == (local.c2pa.state, local.c2pa.remote_url)


def test_a_changed_signed_picture(everything: bytes) -> None:
    """A byte of the picture changed: the manifest is there, invalid and tampered."""
    changed = bytearray(everything)
    changed[-30] ^= 1

    found = read(bytes(changed))

    assert ("invalid", True, "present") == (found.c2pa.state, found.c2pa.tampered, states(found)["c2pa"])


def test_a_broken_manifest_store() -> None:
    """A store that is none is unreadable, in the carriers and in `c2pa`."""
    found = read(sniff.replace(encoded(painting(1), "PNG"), {"c2pa": [b"\0\0\0\x10jumbnonsense"]}))

    assert ("unreadable", "unreadable") == (found.c2pa.state, states(found)["c2pa"])


@pytest.mark.parametrize("data", [b"", b"\0", b"hello", b"%PDF-1.7 \xff\xd8\xff", b"GIF8", b"RIFF\0\0\0\0WAVE"])
def test_what_is_no_picture(data: bytes) -> None:
    """An unknown file has no carriers, no absence, one error; its hash and length are right all the same."""
    found = read(data)

    assert ("unknown", (), (), "not_a_picture") == (
        found.format,
        found.carriers,
        found.fields,
        found.errors[0].code,
    )
    assert len(data) == found.bytes
    assert 64 == len(found.sha256)


def test_iim_newer_than_xmp_wins() -> None:
    """With a digest that no longer fits, IIM was edited last; with one that fits, XMP stands."""
    records = iptc_iim.encode({"2:110": "IIM credit"})
    base = stamped(encoded(painting(1)), xmp={"photoshop:Credit": "XMP credit"})

    def with_digest(value: bytes) -> Inspection:
        stream = serialise([resource(DIGEST, value)])
        return read(sniff.replace(base, {"photoshop": [stream], "iptc": [records]}))

    fitting = with_digest(hashlib.md5(records, usedforsecurity=False).digest())
    stale = with_digest(bytes(16))

    assert ("XMP credit", "IIM credit") == (
        dict(fitting.resolved)["credit_line"],
        dict(stale.resolved)["credit_line"],
    )


def test_consent_and_ai_are_read_from_xmp() -> None:
    """The words are those of the contract, with where they stand."""
    found = read(stamped(encoded(painting(1), "WEBP"), xmp=RIGHTS))

    assert ("ai-generated", "prohibited") == (found.ai.label, found.consent.ai_training)
    assert (NO_TRAINING, "plus:DataMining") == (found.consent.evidence[0].value, found.consent.evidence[0].key)


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_bytes_raise_nothing(kind: str, everything: bytes) -> None:
    """Whatever is flipped or cut, there is a reading, in bounded time, that goes through JSON."""
    chance = random.Random(7)
    clean = stamped(encoded(painting(1), kind), xmp=RIGHTS, tags={"IFD0:Artist": "Ann"})
    start = time.monotonic()
    for data in (clean, everything):
        for _ in range(40):
            bad = bytearray(data)
            for _ in range(chance.randrange(1, 12)):
                bad[chance.randrange(min(len(bad), 6000))] = chance.randrange(256)
            found = read(bytes(bad[: chance.randrange(1, len(bad))]), pixels=False)

            assert found.to_json() == Inspection.from_json(found.to_json()).to_json()
    assert 20 > time.monotonic() - start


def test_a_record_in_the_pixels_takes_part() -> None:
    """What is hidden is read as any carrier is; without a look at the pixels nobody is named."""
    data = stealthy("a sea\nSteps: 20, Sampler: Euler a, Seed: 42")

    found, unseen = read(data), read(data, pixels=False)
    carrier = next(item for item in found.carriers if item.carrier == "stealth")

    assert ("present", 43) == (str(carrier.state), carrier.bytes)
    assert ("ai-generated", "42") == (found.ai.label, found.ai.seed)
    assert ("not_examined", "none") == (states(unseen)["stealth"], unseen.ai.label)
    assert "absent" == states(read(encoded(painting(1), "PNG")))["stealth"]


def test_a_broken_record_in_the_pixels_is_unreadable() -> None:
    """A signature without its record is an error, never absence."""
    found = read(stealthy("a sea", bits=2**31))

    assert "unreadable" == states(found)["stealth"]
    assert ("stealth_broken", "stealth") in codes(found)


def test_pixels_that_cannot_be_decoded_were_not_examined() -> None:
    """Nobody knows what they hid, and the reason is given."""
    data = encoded(painting(1), "PNG")
    broken = read(data.replace(b"IDAT", b"IDAx", 1))

    assert "not_examined" == states(broken)["stealth"]
    assert "stealth" in {carrier for _, carrier in codes(broken)}


def stealthy(text: str, *, bits: int | None = None) -> bytes:
    """A PNG with a text in the lowest bits of its alpha; `bits` is a false length."""
    image = painting(1).convert("RGBA")
    payload = text.encode()
    record = b"stealth_pnginfo" + (8 * len(payload) if bits is None else bits).to_bytes(4, "big") + payload
    for place, bit in enumerate(bit for byte in record for bit in f"{byte:08b}"):
        x, y = divmod(place, image.height)
        image.putpixel((x, y), (*image.getpixel((x, y))[:3], 254 + int(bit)))
    return encoded(image, "PNG")


@pytest.mark.parametrize(("orientation", "share"), [("1", 0.25), ("6", 0.25 * 4 / 3)])
def test_declared_regions(orientation: str, share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """A signed edit of a part: its pixels count on the picture as it is shown, turned or not."""
    base = "http://cv.iptc.org/newscodes/digitalsourcetype/"
    corner = {"type": "rectangle", "unit": "pixel", "origin": {"x": 0, "y": 0}, "width": 80, "height": 400}
    edit = {"action": "c2pa.edited", "digitalSourceType": f"{base}compositeWithTrainedAlgorithmicMedia"}
    edit["changes"] = [{"region": [{"type": "spatial", "shape": corner}]}]
    definition = resign._definition

    def with_edit(*arguments: Any) -> dict[str, Any]:
        found = definition(*arguments)
        found["assertions"][0]["data"]["actions"].append(edit)
        return found

    monkeypatch.setattr(resign, "_definition", with_edit)
    data = stamped(encoded(painting(1)), tags={"IFD0:Orientation": orientation})
    ai = read(sign(data, "jpeg", AUTHORITY, digital_source_type="digitalCapture")).ai

    assert ai.share is not None
    assert abs(share - ai.share) < 0.01
    assert ("ai-generated" if share > 0.25 else "ai-edited") == ai.label
