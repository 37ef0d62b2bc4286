"""What an exchange leaves in the ledger, and what it must not leave."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from tests.analysis.pictures import RIGHTS, encoded, painting, stamped
from tests.services.sample import Desk, at, form, upload, view

from creditline.ledger import queries
from creditline.model.errors import LedgerError
from creditline.model.exchange import Body
from creditline.services import examine, record
from creditline.services.record import Original

if TYPE_CHECKING:
    from collections.abc import Iterator

    from creditline.model.exchange import Exchange

ARTIST = stamped(encoded(painting(1), quality=95), xmp=RIGHTS | {"photoshop:City": "Hometown"})
STRIPPED = encoded(painting(1).resize((240, 180)), quality=75)
OTHER = stamped(encoded(painting(2), quality=95), xmp=RIGHTS | {"photoshop:City": "Elsewhere"})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A data folder, opened."""
    desk = Desk(tmp_path)
    yield desk
    desk.close()


def misses(desk: Desk) -> dict[str, int]:
    """Code → how often."""
    return {miss.code: miss.times for miss in queries.misses(desk.ledger)}


def stages(desk: Desk) -> list[str]:
    """The stage of every observation, in order."""
    return [seen.stage for seen in queries.observations(desk.ledger, limit=None)]


# Originals


def test_an_original(desk: Desk) -> None:
    """Its bytes are kept, its reading and code too, its work is new and called after the file."""
    seen = desk.pick(ARTIST, "lake.jpg")

    work = queries.work(desk.ledger, str(seen.work)).work
    assert ("lake.jpg", False, seen.sha256) == (work.title, work.mine, work.sha256)
    assert ARTIST == desk.ledger.blobs.get(str(seen.sha256))
    assert ("original", "extension", "fotos", "lake.jpg", "jpeg", 320, 240, "present") == (
        seen.stage,
        seen.via,
        seen.site,
        seen.filename,
        seen.format,
        seen.width,
        seen.height,
        seen.state,
    )
    assert queries.reading(desk.ledger, str(seen.sha256)) is not None
    assert 6 == len(queries.fingerprints(desk.ledger, [str(seen.sha256)]))  # the whole, four crops, ISCC


def test_the_same_work_again(desk: Desk) -> None:
    """The same bytes, the same pixels, and a small copy all belong to the work that is known; another does not."""
    first = desk.pick(ARTIST)

    again, small, other = desk.pick(ARTIST), desk.pick(STRIPPED), desk.pick(OTHER)

    assert first.work == again.work == small.work
    assert first.work != other.work
    assert 4 == len(stages(desk))


def test_how_a_file_was_picked(desk: Desk) -> None:
    """Gesture and trust are part of the record; whose work it is, too."""
    path = desk.inbox.put_original("o", ARTIST)
    original = Original("extension", at(), "a.jpg", "fotos", "https://fotos.example/", True, "drop", False)

    seen = desk.recording.original(original, examine.original(path, desk.home))

    assert (("gesture", "drop"), ("trusted", "0")) == seen.declared
    assert "https://fotos.example/" == seen.url
    assert queries.work(desk.ledger, str(seen.work)).work.mine


# Uploads


def test_an_upload_of_an_original(desk: Desk) -> None:
    """It joins the original's work, is kept, and is judged at once."""
    original = desk.pick(ARTIST)

    (seen,) = desk.see(upload(("a.jpg", ARTIST)))

    (verdict,) = desk.verdicts()
    assert original.work == seen.work
    assert ("fotos", "2026-08-21", "F1", "proxy", "https://fotos.example/upload") == (
        seen.site,
        seen.profile,
        seen.form,
        seen.via,
        seen.url,
    )
    assert (original.id, seen.id, None, "identical") == (
        verdict.original,
        verdict.uploaded,
        verdict.served,
        verdict.match,
    )
    assert {seen.sha256} == desk.kept()


def test_an_upload_of_nothing_known(desk: Desk) -> None:
    """It makes a work of its own; there is nothing to judge yet; a second one joins it."""
    (first,) = desk.see(upload(("a.jpg", ARTIST)))
    (second,) = desk.see(upload(("b.jpg", STRIPPED), seconds=10))

    assert first.work == second.work is not None
    assert [] == desk.verdicts()


def test_several_pictures_in_one_form(desk: Desk) -> None:
    """Each is an observation; none is tied to the answer's addresses, which do not say whose they are."""
    written = desk.see(upload(("a.jpg", ARTIST), ("b.jpg", OTHER), urls=("/media/a", "/media/b")))

    assert ["a.jpg", "b.jpg"] == [seen.filename for seen in written]
    assert written[0].work != written[1].work
    assert desk.ledger.link(record.URL_RULE, "https://fotos.example/media/b") is None


@pytest.mark.parametrize(
    ("body", "state", "missed"),
    [
        (Body(length=10**10, missed="too_large"), "not_examined", "too_large"),
        (Body(length=5, complete=False, missed="incomplete"), "unreadable", "incomplete"),
        (Body(form(("x.jpg", b"not a picture")), length=9), "unreadable", "not_a_picture"),
        (Body(path=Path("gone"), length=9), "not_examined", "not_kept"),
    ],
)
def test_an_upload_that_was_missed(desk: Desk, body: Body, state: str, missed: str) -> None:
    """It is an observation without a picture that says why, and counts as a miss; never silence."""
    (seen,) = desk.see(upload(body=body))

    # Of what was called a picture and is none there is the hash, so that it can be told later what it was.
    sha256 = hashlib.sha256(b"not a picture").hexdigest() if missed == "not_a_picture" else None
    assert ("uploaded", state, missed, sha256, None) == (
        seen.stage,
        seen.state,
        seen.missed,
        seen.sha256,
        seen.work,
    )
    assert {missed: 1} == misses(desk)
    assert set() == desk.kept()


def test_an_upload_that_broke_off(desk: Desk) -> None:
    """What there is of it is read and kept, with the reason beside it, and the miss is counted."""
    cut = form(("a.jpg", ARTIST))[:-1500]

    (seen,) = desk.see(upload(body=Body(cut, length=len(cut), complete=False)))

    assert ("incomplete", "present") == (seen.missed, seen.state)
    assert {"incomplete": 1} == misses(desk)


def test_other_roles_stay_out(desk: Desk) -> None:
    """A portrait and an icon leave nothing at all, not even their bytes."""
    desk.see(upload(("me.jpg", ARTIST), path="/portrait"))
    desk.see(view(encoded(painting(1).resize((16, 16))), "https://unknown.example/icon.jpg"))

    assert [] == stages(desk)
    assert set() == desk.kept()
    assert {} == misses(desk)


def test_a_reader_that_failed(desk: Desk) -> None:
    """An answer that is an error is a miss with its code and site."""
    seen = upload(("a.jpg", ARTIST))

    assert [] == desk.recording.exchange(seen, {"error": {"code": "worker_lost", "message": "it died"}})
    (miss,) = queries.misses(desk.ledger)
    assert ("worker_lost", "it died", "fotos.example", seen.id) == (
        miss.code,
        miss.message,
        miss.site,
        miss.exchange,
    )


def test_seen_twice_is_written_once(desk: Desk) -> None:
    """An entry that a crash left behind is taken up again: no second observation, the same work."""
    exchange = upload(("a.jpg", ARTIST))

    (first,), (second,) = desk.see(exchange), desk.see(exchange)

    assert first == second
    assert ["uploaded"] == stages(desk)


# Served copies


def test_a_copy_at_the_address_that_the_answer_named(desk: Desk) -> None:
    """Bound by the site's own word, also where it looks like nothing; the rule is on record."""
    flat = encoded(Image.new("RGB", (320, 240), (9, 90, 200)), "PNG")
    (sent,) = desk.see(upload(("logo.png", flat), urls=("https://cdn.fotos.example/media/7",)))

    smaller = encoded(Image.new("RGB", (160, 120), (9, 90, 200)))
    (seen,) = desk.see(view(smaller, "https://cdn.fotos.example/media/7"))

    (verdict,) = desk.verdicts()
    assert (sent.work, "https://cdn.fotos.example/media/7") == (seen.work, seen.url)
    assert (sent.id, seen.id) == (verdict.uploaded, verdict.served)
    assert verdict.audit is not None
    assert ("same-work", "binding", "url_equal") == tuple(
        verdict.audit["match"][key] for key in ("verdict", "method", "rule")
    )
    assert seen.sha256 in desk.kept()


@pytest.mark.parametrize(
    ("data", "method"), [(ARTIST, "bytes"), (STRIPPED, "fingerprint")], ids=["bytes", "fingerprint"]
)
def test_a_copy_at_any_other_address(desk: Desk, data: bytes, method: str) -> None:
    """Recognised by what it is, without a rule."""
    (sent,) = desk.see(upload(("a.jpg", ARTIST)))

    (seen,) = desk.see(view(data, "https://fotos.example/media/else.jpg"))

    (verdict,) = desk.verdicts()
    assert sent.work == seen.work
    assert (sent.id, seen.id) == (verdict.uploaded, verdict.served)
    assert verdict.audit is not None
    assert (method, None) == (verdict.audit["match"]["method"], verdict.audit["match"]["rule"])


def test_a_signed_address_is_one_address(desk: Desk) -> None:
    """Secrets in an address change with each view: it is still the same copy, seen again."""
    desk.see(upload(("a.jpg", ARTIST), urls=("https://cdn.fotos.example/media/7?sig=one",)))

    first = desk.see(view(STRIPPED, "https://cdn.fotos.example/media/7?sig=two"))
    second = desk.see(view(STRIPPED, "https://cdn.fotos.example/media/7?sig=three"))

    assert ([1, 0], "https://cdn.fotos.example/media/7?sig=…") == ([len(first), len(second)], first[0].url)
    assert "uploaded" in stages(desk)
    assert 1 == len(desk.verdicts())


def test_repeated_views_do_not_pile_up(desk: Desk) -> None:
    """Known copies and strangers' pictures alike are written down once for each address, or site."""
    desk.see(upload(("a.jpg", ARTIST)))
    for _ in range(3):
        desk.see(view(STRIPPED))
        desk.see(view(OTHER))
        desk.see(view(OTHER, "https://fotos.example/media/2.jpg"))

    assert ["uploaded", "served", "served"] == stages(desk)
    (elsewhere,) = desk.see(view(OTHER, "https://wall.example/media/2.jpg"))
    assert "wall" == elsewhere.site
    assert 1 == len(desk.see(view(STRIPPED, "https://fotos.example/media/3.jpg")))


def test_a_strangers_picture(desk: Desk) -> None:
    """Hash, label and site stay. No bytes, no address, no place, no prompt, no code to search by."""
    for number in range(3):
        desk.see(view(OTHER, f"https://fotos.example/media/{number}.jpg"))

    (seen,) = queries.observations(desk.ledger)
    reading: Any = queries.reading(desk.ledger, str(seen.sha256))
    assert ("fotos", None, None, "served", None) == (seen.site, seen.url, seen.work, seen.stage, seen.filename)
    assert ("ai-generated", ["Ann Example"], "prohibited") == (
        reading["ai"]["label"],
        reading["resolved"]["creator"],
        reading["consent"]["ai_training"],
    )
    assert "Elsewhere" not in str(reading)
    assert ([], None) == (reading["private"], reading["ai"]["prompt"])
    assert set() == desk.kept()
    assert [] == queries.fingerprints(desk.ledger, [str(seen.sha256)])
    assert [] == desk.verdicts()
    assert not [path for path in (desk.home / "inbox").rglob("*") if path.is_file() and path.suffix != ".lock"]


def test_a_strangers_picture_that_becomes_ones_own(desk: Desk) -> None:
    """Once the original is known, the next view is of a known copy, with bytes and a full reading."""
    desk.see(view(OTHER, "https://wall.example/media/1.jpg"))
    mine = desk.pick(OTHER, site=None)

    (seen,) = desk.see(view(OTHER, "https://wall.example/media/1.jpg", seconds=90))

    assert (mine.work, "https://wall.example/media/1.jpg") == (seen.work, seen.url)
    assert "Elsewhere" in str(queries.reading(desk.ledger, str(seen.sha256)))
    assert seen.sha256 in desk.kept()


def test_an_address_that_is_another_picture(desk: Desk) -> None:
    """Where no profile says how a site answers, an address that shows a plainly other picture binds nothing."""
    host = "unknown.example"
    desk.see(upload(("a.jpg", ARTIST), host=host, urls=("/me.jpg", "/1.jpg")))

    (portrait,) = desk.see(view(OTHER, f"https://{host}/me.jpg"))
    (copy,) = desk.see(view(STRIPPED, f"https://{host}/1.jpg"))

    assert (None, None) == (portrait.work, portrait.url)
    assert copy.work is not None
    assert [copy.id] == [verdict.served for verdict in desk.verdicts()]


def test_another_sites_upload_is_not_this_sites_doing(desk: Desk) -> None:
    """A copy on a site that was sent nothing is compared with the original alone."""
    original = desk.pick(ARTIST, site=None)
    desk.see(upload(("a.jpg", ARTIST), host="fotos.example"))

    (seen,) = desk.see(view(STRIPPED, "https://wall.example/media/1.jpg"))

    (verdict,) = desk.verdicts(site="wall")
    assert (original.id, None, seen.id) == (verdict.original, verdict.uploaded, verdict.served)
    assert verdict.audit is not None
    assert {("original", "served")} == {
        tuple(item["lost_between"]) for item in verdict.audit["fields"] if item["outcome"] == "removed"
    }


def test_a_copy_whose_upload_was_elsewhere_and_whose_original_is_unknown(desk: Desk) -> None:
    """Nothing can be said of the site; the copy is on record."""
    desk.see(upload(("a.jpg", ARTIST), host="fotos.example"))

    (seen,) = desk.see(view(STRIPPED, "https://wall.example/media/1.jpg"))

    assert seen.work is not None
    assert [] == desk.verdicts(site="wall")


def test_hosts_without_a_profile_may_belong_together(desk: Desk) -> None:
    """A site that is not known may serve from another host than it takes uploads at."""
    (sent,) = desk.see(upload(("a.jpg", ARTIST), host="up.unknown.example"))

    (seen,) = desk.see(view(STRIPPED, "https://cdn.unknown.example/1.jpg"))

    (verdict,) = desk.verdicts(site="cdn.unknown.example")
    assert (sent.id, seen.id) == (verdict.uploaded, verdict.served)


def test_the_upload_to_the_same_site_is_meant(desk: Desk) -> None:
    """Of uploads to several sites the one to the site that serves, also where another is nearer."""
    desk.pick(ARTIST, site=None)
    (here,) = desk.see(upload(("a.jpg", encoded(painting(1), quality=60)), host="wall.example"))
    desk.see(upload(("a.jpg", ARTIST), host="fotos.example", seconds=5))

    (seen,) = desk.see(view(ARTIST, "https://wall.example/media/1.jpg"))

    (verdict,) = [item for item in desk.verdicts(site="wall") if item.served == seen.id]
    assert here.id == verdict.uploaded


def test_a_served_picture_that_was_missed(desk: Desk) -> None:
    """It is counted, and is no observation: nothing is known of it."""
    desk.see(view(Body(length=10**10, missed="too_large")))

    assert ([], {"too_large": 1}) == (stages(desk), misses(desk))


def test_a_copy_whose_verdict_a_crash_prevented(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written down and not judged: taken up again, it is judged, and not written twice."""
    desk.see(upload(("a.jpg", ARTIST)))
    exchange: Exchange = view(STRIPPED)

    def crash(*_: Any, **__: Any) -> list[str]:
        raise LedgerError("the disk is full", code="disk")

    with monkeypatch.context() as patched:
        patched.setattr(record, "settle", crash)
        with pytest.raises(LedgerError):
            desk.see(exchange)
    desk.see(exchange)

    assert ["uploaded", "served"] == stages(desk)
    assert 1 == len(desk.verdicts())


def test_everything_is_in_the_chain(desk: Desk) -> None:
    """After all kinds of exchanges the chain still verifies."""
    desk.pick(ARTIST)
    desk.see(upload(("a.jpg", ARTIST), urls=("/media/1.jpg",)))
    desk.see(view(STRIPPED))
    desk.see(view(OTHER))
    desk.see(replace(upload(body=Body(missed="too_large"))))

    report = desk.ledger.verify()

    assert report.ok
    assert 5 == len(stages(desk))
