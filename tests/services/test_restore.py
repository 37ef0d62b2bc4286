"""Putting back: what counts as proof, and what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.analysis.pictures import RIGHTS, encoded, painting, stamped

from creditline.containers import sniff
from creditline.fingerprints import geometry
from creditline.model.audit import Match
from creditline.model.errors import PictureError
from creditline.reattach.plan import Policy
from creditline.services.check import inspect
from creditline.services.restore import doubt_about, recognise, restoration, restore

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
