"""From observations to verdicts: one for each upload, one for each size of each copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from tests.analysis.pictures import RIGHTS, encoded, painting, stamped
from tests.services.sample import Desk, at, upload, view

from creditline.ledger import retention
from creditline.model.audit import Audit
from creditline.services import examine
from creditline.services.record import Handed
from creditline.services.settle import settle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from creditline.model.observation import Observation

ARTIST = stamped(encoded(painting(1), quality=95), xmp=RIGHTS)
CANVAS = encoded(painting(1), quality=90)
LARGE = stamped(encoded(painting(1), quality=85), xmp=RIGHTS)
MEDIUM = stamped(encoded(painting(1).resize((240, 180)), quality=85), xmp={"dc:creator": ["Ann Example"]})
SMALL = encoded(painting(1).resize((160, 120)), quality=85)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A data folder, opened."""
    desk = Desk(tmp_path)
    yield desk
    desk.close()


def served(desk: Desk, data: bytes, number: int = 1, *, site: str = "fotos", seconds: float = 60) -> Observation:
    """A copy at an address of its own."""
    (seen,) = desk.see(view(data, f"https://{site}.example/media/{number}.jpg", seconds=seconds))
    return seen


def audit_of(desk: Desk, seen: Observation) -> dict[str, Any]:
    """The audit that holds for a copy."""
    (found,) = [item.audit for item in desk.verdicts() if item.served == seen.id]
    assert found is not None
    return found


def lost(audit: dict[str, Any]) -> dict[str, list[str] | None]:
    """Field or judgement → between which stages."""
    judged = {name: audit[name]["lost_between"] for name in ("ai", "consent")}
    return {item["id"]: item["lost_between"] for item in audit["fields"] if item["lost_between"]} | judged


def test_the_three_stages(desk: Desk) -> None:
    """Original, upload and copy, each with where it was seen; the site lost what the upload still had."""
    original = desk.pick(ARTIST)
    (sent,) = desk.see(upload(("a.jpg", ARTIST), urls=("/media/1.jpg",)))
    seen = served(desk, SMALL)

    audit = audit_of(desk, seen)

    assert [original.id, sent.id, seen.id] == [stage["observation"] for stage in audit["stages"].values()]
    assert ["extension", "proxy", "proxy"] == [stage["via"] for stage in audit["stages"].values()]
    assert ("160x120", "https://fotos.example/media/1.jpg") == (
        audit["stages"]["served"]["variant"],
        audit["stages"]["served"]["url"],
    )
    assert ["uploaded", "served"] == lost(audit)["creator"] == lost(audit)["ai"]
    assert audit["summary"]["cmi_lost"]


def exported(desk: Desk, data: bytes, number: int = 1) -> Observation:
    """A picture of an account export."""
    path = desk.inbox.put_original(f"export-{number}", data)
    handed = Handed("exported", "fotos", at(90), f"media/{number}.jpg", f"export-{number}")
    try:
        return desk.recording.handed(handed, examine.original(path, desk.home))
    finally:
        desk.inbox.remove(path)


def test_the_fourth_stage(desk: Desk) -> None:
    """What an account export holds stands beside upload and copy; the outcome is still that of the copy."""
    desk.pick(ARTIST)
    desk.see(upload(("a.jpg", ARTIST), urls=("/media/1.jpg",)))
    seen = served(desk, SMALL)
    given = exported(desk, LARGE)

    audit = audit_of(desk, seen)
    (creator,) = [item for item in audit["fields"] if item["id"] == "creator"]

    assert ["original", "uploaded", "served", "exported"] == list(audit["stages"])
    assert given.id == audit["stages"]["exported"]["observation"]
    assert ("removed", ["uploaded", "served"]) == (creator["outcome"], creator["lost_between"])
    assert ("absent", "present") == (creator["presence"]["served"], creator["presence"]["exported"])
    assert ["Ann Example"] == creator["exported"]
    assert audit == Audit.from_json(audit).to_json()


def test_an_export_before_the_copy_was_seen(desk: Desk) -> None:
    """It is judged as the site's copy; a copy that is served later has it beside it."""
    (sent,) = desk.see(upload(("a.jpg", ARTIST), urls=("/media/1.jpg",)))
    assert [] == desk.verdicts()
    exported(desk, SMALL)

    (alone,) = desk.verdicts()
    assert alone.audit is not None
    assert (sent.id, None, True) == (alone.uploaded, alone.served, alone.lost)
    assert ["uploaded", "exported"] == lost(alone.audit)["creator"] == lost(alone.audit)["ai"]
    assert "exported" in audit_of(desk, served(desk, SMALL))["stages"]


def test_an_export_without_an_upload(desk: Desk) -> None:
    """It is judged against the original, and forgotten with its values as any other stage."""
    original = desk.pick(ARTIST)
    exported(desk, SMALL)

    (alone,) = desk.verdicts()
    assert alone.audit is not None
    assert original.id == alone.original
    assert ["original", "exported"] == lost(alone.audit)["creator"]

    retention.purge(desk.ledger, before=at(120))
    assert [None] == [item.audit for item in desk.verdicts()]


def test_what_the_page_lost(desk: Desk) -> None:
    """An upload that lacks it already: judged at once, and the copy's loss is laid at the page's door."""
    desk.pick(ARTIST)
    (sent,) = desk.see(upload(("a.jpg", CANVAS), urls=("/media/1.jpg",)))

    (at_upload,) = desk.verdicts()
    assert (sent.id, None, True) == (at_upload.uploaded, at_upload.served, at_upload.lost)
    assert at_upload.audit is not None
    assert ["original", "uploaded"] == lost(at_upload.audit)["creator"]
    assert ["original", "uploaded"] == lost(audit_of(desk, served(desk, SMALL)))["creator"]


def test_without_an_original_the_upload_is_the_first(desk: Desk) -> None:
    """Then only the site can be judged."""
    desk.see(upload(("a.jpg", ARTIST)))

    audit = audit_of(desk, served(desk, SMALL))

    assert audit["stages"]["original"] is None
    assert ["uploaded", "served"] == lost(audit)["creator"]


def test_without_an_upload_the_original_is_all(desk: Desk) -> None:
    """The widest pair is all that can be said."""
    desk.pick(ARTIST, site=None)

    audit = audit_of(desk, served(desk, SMALL))

    assert audit["stages"]["uploaded"] is None
    assert ["original", "served"] == lost(audit)["creator"]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1)])
def test_one_size_of_several(desk: Desk, order: tuple[int, ...]) -> None:
    """Whatever size is seen first, a loss that only smaller ones show names the two sizes."""
    desk.pick(ARTIST)
    desk.see(upload(("a.jpg", ARTIST)))
    copies = [LARGE, MEDIUM, SMALL]
    seen = {number: served(desk, copies[number], number, seconds=60 + number) for number in order}

    large, medium, small = (lost(audit_of(desk, seen[number])) for number in range(3))

    assert {"ai": None, "consent": None} == large
    assert ["served:320x240", "served:240x180"] == medium["copyright_notice"] == medium["ai"]
    assert small["creator"] in (["served:240x180", "served:160x120"], ["served:320x240", "served:160x120"])
    assert ["served:320x240", "served:160x120"] == small["copyright_notice"] == small["consent"]


def test_sizes_of_two_uploads_are_not_mixed(desk: Desk) -> None:
    """What a site kept of an earlier upload does not excuse, or explain, a size of a later one."""
    desk.pick(ARTIST)
    desk.see(upload(("a.jpg", ARTIST), urls=("/media/1.jpg",)))
    served(desk, LARGE, 1)
    desk.see(upload(("a.jpg", ARTIST), urls=("/media/2.jpg",), seconds=3600))

    small = served(desk, SMALL, 2, seconds=3660)

    assert ["uploaded", "served"] == lost(audit_of(desk, small))["creator"]


def test_a_flat_picture_the_whole_way(desk: Desk) -> None:
    """Original to upload by the picked file, upload to copy by its bytes: a chain of proofs is a proof."""
    flat = Image.new("RGB", (320, 240), (200, 30, 30))
    original = desk.pick(stamped(encoded(flat, "PNG"), xmp=RIGHTS), "logo.png")
    sent = encoded(flat.resize((300, 200)))
    desk.see(upload(("logo.png", sent)))

    seen = served(desk, sent)

    audit = audit_of(desk, seen)
    assert original.id == audit["stages"]["original"]["observation"]
    assert ("identical", "bytes") == (audit["match"]["verdict"], audit["match"]["method"])
    assert ["original", "uploaded"] == lost(audit)["creator"]


def test_nothing_to_say(desk: Desk) -> None:
    """An upload of unknown origin gives no verdict; nor does a picture whose reading was purged."""
    (sent,) = desk.see(upload(("a.jpg", ARTIST)))

    assert [] == settle(desk.ledger, desk.index, uploaded=sent, served=None)
    assert [] == settle(desk.ledger, desk.index, uploaded=None, served=None)
    seen = served(desk, SMALL)
    retention.purge(desk.ledger, work=str(sent.work))
    assert [] == settle(desk.ledger, desk.index, uploaded=sent, served=seen)


def test_verdicts_are_added_never_edited(desk: Desk) -> None:
    """Judged again, a copy has one verdict that holds, and the earlier one is still there."""
    desk.pick(ARTIST)
    (sent,) = desk.see(upload(("a.jpg", ARTIST)))
    seen = served(desk, SMALL)
    (before,) = [item for item in desk.verdicts() if item.served == seen.id]

    (again,) = settle(desk.ledger, desk.index, uploaded=sent, served=seen)

    assert [again] == [item.id for item in desk.verdicts() if item.served == seen.id]
    assert before.id in [item.id for item in desk.verdicts(latest=False)]
