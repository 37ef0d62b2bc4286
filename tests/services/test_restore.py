"""Putting back: what counts as proof, and what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.analysis.pictures import RIGHTS, encoded, painting, stamped

from creditline.analysis.read import read
from creditline.containers import coded, sniff
from creditline.fingerprints import geometry
from creditline.model.audit import Match
from creditline.model.errors import PictureError
from creditline.reattach.plan import Policy
from creditline.reattach.resign import Authority, make_authority, sign
from creditline.services.check import inspect
from creditline.services.restore import Signing, doubt_about, recognise, restoration, restore

if TYPE_CHECKING:
    from pathlib import Path

ORIGINAL = stamped(encoded(painting(1), quality=95), xmp=RIGHTS, tags={"ExifIFD:BodySerialNumber": "S123"})
COPY = encoded(painting(1), quality=70)
OTHER = encoded(painting(2))


def test_restore_gives_the_file(tmp_path: Path) -> None:
    """Bytes or paths in, bytes out, with what was lost and without what is private."""
    (tmp_path / "o.jpg").write_bytes(ORIGINAL)

    data = restore(COPY, tmp_path / "o.jpg")

    assert ["Ann Example"] == dict(inspect(data).resolved)["creator"]
    assert () == inspect(data).private
    assert ("camera_serial",) == inspect(restore(COPY, ORIGINAL, policy=Policy.of("all"))).private


def test_a_copy_that_lost_nothing_comes_back_as_it_is() -> None:
    """Restoring twice is restoring once."""
    once = restore(COPY, ORIGINAL)

    assert once == restore(once, ORIGINAL)


def test_another_picture_gets_nothing() -> None:
    """The credit of somebody else's picture would be false."""
    with pytest.raises(PictureError, match="does not show the original") as refused:
        restore(OTHER, ORIGINAL)

    assert "unproved" == refused.value.code


@pytest.mark.skipif(
    not geometry.available(), reason="needs the extra geometry: pip install 'creditline[geometry]'"
)
def test_laying_the_pictures_over_each_other_is_proof() -> None:
    """Also of a part; not where the original is a part of something else."""
    crop = encoded(painting(1).crop((40, 30, 280, 200)))
    sheet = painting(3, (660, 480)).copy()
    sheet.paste(painting(1), (20, 30))

    assert ("geometry", None) == (recognise(ORIGINAL, COPY).method, doubt_about(recognise(ORIGINAL, COPY)))
    assert restoration(crop, ORIGINAL).done
    assert "fills only" in str(restoration(encoded(sheet), ORIGINAL).doubt)


@pytest.mark.parametrize(
    ("match", "proved"),
    [
        (Match("identical", "bytes"), True),
        (Match("same-pixels", "pixels"), True),
        (Match("same-work", "binding", rule="answer"), True),
        (Match("contains", "geometry", geometry={"filled": 0.99}), True),
        (Match("contains", "geometry", geometry={"filled": 0.5}), False),
        (Match("contains", "fingerprint", distance=4), False),
        (Match("same-work", "fingerprint", distance=40), False),
        (Match("undecided", None), False),
        (Match("different", "fingerprint", distance=120), False),
    ],
)
def test_what_is_proof(match: Match, proved: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes, pixels, a binding, an alignment that fills the copy."""
    monkeypatch.setattr(geometry, "available", lambda: False)

    assert proved == (doubt_about(match) is None)


@pytest.mark.parametrize(("there", "proved"), [(True, False), (False, True)])
def test_a_near_fingerprint_is_proof_only_where_nothing_better_can_be_had(
    there: bool, proved: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With OpenCV a pair that does not agree in its detail is two pictures of one scene."""
    monkeypatch.setattr(geometry, "available", lambda: there)

    assert proved == (doubt_about(Match("same-work", "fingerprint", distance=20)) is None)


def test_a_binding_needs_no_likeness() -> None:
    """The site itself said which upload the address belongs to."""
    assert restoration(OTHER, ORIGINAL, rule="answer_url").done


def test_a_dry_run_writes_nothing() -> None:
    """The plan is there, the file is not."""
    found = restoration(COPY, ORIGINAL, dry=True)

    assert found.plan.steps
    assert (None, None, ()) == (found.data, found.doubt, found.done)
    assert found.to_json()["written"] is None


def test_what_the_format_cannot_hold_is_a_loss() -> None:
    """IIM's contact has no other place."""
    original = stamped(encoded(painting(1)), iim={"2:080": "Ann", "2:118": "ann@example.org"})

    assert restoration(COPY, original).whole
    assert not restoration(encoded(painting(1), "WEBP", lossless=True), original).whole


@pytest.mark.parametrize("size", [20, 400, 3000])
def test_a_cut_copy_is_an_error_or_a_sound_file(size: int) -> None:
    """Never half a picture with credit on it that it did not have."""
    cut = COPY[:size]
    try:
        data = restore(cut, ORIGINAL)
    except PictureError:
        return
    assert sniff.find(cut).problems == sniff.find(data).problems


def test_hostile_originals_harm_nothing() -> None:
    """Bytes of every kind in place of the original's blocks: an error or a file, in bounded time."""
    blocks = {"xmp": [b"<a" * 5000], "exif": [b"II*\0\x08\0\0\0" + b"\xff" * 200], "comment": [bytes(range(256))]}
    hostile = sniff.replace(ORIGINAL, blocks)

    found = restoration(COPY, hostile, rule="test")

    assert found.data is not None
    assert sniff.find(found.data).problems == ()


AUTHORITY = make_authority()
SIGNED = sign(
    ORIGINAL, "jpeg", AUTHORITY, digital_source_type="trainedAlgorithmicMedia", metadata={"dc:title": "Sea"}
)


def test_a_signed_restoration() -> None:
    """Trusted by its root, with the original's manifest in the chain and the picture as it was."""
    found = restoration(COPY, SIGNED, signing=Signing(AUTHORITY, "o.jpg"))

    assert found.data is not None
    reading = read(found.data, user_anchors=AUTHORITY.anchor_pem)
    assert (True, "trusted", "trusted") == (found.signed, reading.c2pa.state, reading.c2pa.worst_ingredient)
    assert coded.same(COPY, found.data)
    assert () == reading.private


def test_a_lost_manifest_alone_is_reason_to_sign() -> None:
    """Its label is only in the original's manifest: it goes to XMP, and the manifest into the chain."""
    bare = sign(encoded(painting(1)), "jpeg", AUTHORITY, digital_source_type="trainedAlgorithmicMedia")

    found = restoration(COPY, bare, signing=Signing(AUTHORITY))

    assert found.signed
    assert ("ai-generated", "valid") == (
        inspect(found.data or b"").ai.label,
        inspect(found.data or b"").c2pa.state,
    )


def test_credentials_that_hold_are_not_broken() -> None:
    """Without signing nothing is written; with it the copy itself is the parent."""
    copy = sign(COPY, "jpeg", AUTHORITY, digital_source_type="digitalCreation")

    refused, done = restoration(copy, ORIGINAL), restoration(copy, ORIGINAL, signing=Signing(AUTHORITY))

    assert "Content Credentials" in str(refused.doubt)
    assert done.data is not None
    reading = read(done.data, user_anchors=AUTHORITY.anchor_pem).c2pa
    assert ("trusted", "trusted") == (reading.state, reading.worst_ingredient)
    assert "c2pa.created" in [action.action for action in reading.actions if action.depth == 1]


def test_a_manifest_that_names_a_place_does_not_come_along() -> None:
    """It is in the original's store, so the ingredient has none; asked for, it has."""
    original = sign(ORIGINAL, "jpeg", AUTHORITY, metadata={"photoshop:City": "Graz"})

    default = restoration(COPY, original, signing=Signing(AUTHORITY))
    asked = restoration(COPY, original, policy=Policy.of("all"), signing=Signing(AUTHORITY))

    assert (True, False) == (default.without_store, asked.without_store)
    assert b"Graz" not in (default.data or b"")
    assert b"Graz" in (asked.data or b"")


def test_what_cannot_be_signed_is_restored_all_the_same() -> None:
    """And that is said: exit code 1 for the command."""
    found = restoration(encoded(painting(1), "WEBP"), ORIGINAL, signing=Signing(Authority(b"", b"", "")))

    assert found.done
    assert not found.signed
    assert ["c2pa"] == [problem.carrier for problem in found.problems]
    assert not found.whole
