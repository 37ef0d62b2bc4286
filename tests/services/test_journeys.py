"""From lease to served copy by ids alone; what goes elsewhere is said; ids bind only what they should."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from tests import site_samples
from tests.services.sample import Desk, upload, view

from creditline.services import examine, record
from creditline.services.sessions import Sessions
from creditline.services.underway import About, Whole
from creditline.vocab import sites

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from creditline.model.exchange import Exchange
    from creditline.model.observation import Observation

SENT = site_samples.picture(40)
OTHER = site_samples.picture(200)
PROVED = ("x", "instagram", "bluesky", "reddit", "slack", "deviantart")
"""Some of the sites that `tests/pipeline/test_site_samples.py` proves without a ledger."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


def _see(desk: Desk, seen: Exchange) -> list[Observation]:
    """What an exchange leaves, also where it ends an upload in several requests, as the recorder does it."""
    entry = desk.inbox.put(seen)
    answer = examine.exchange(entry, desk.home)
    written = desk.recording.exchange(seen, answer)
    if answer["step"] is not None:
        store = Sessions(desk.home / "sessions", 10_000_000)
        about = About(seen.id, seen.at, seen.url, answer["site"], answer["profile"], tuple(answer["answer_urls"]))
        try:
            for ended in [*store.leftovers(), *store.take(seen, answer["step"], about)]:
                assert isinstance(ended, Whole)
                one = ended.exchange()
                whole = desk.inbox.put(one, ended.said)
                store.done(ended.key)
                written += desk.recording.exchange(one, examine.exchange(whole, desk.home))
        finally:
            store.close()
    return written


def _run(desk: Desk, name: str) -> tuple[list[Observation], site_samples.Sample]:
    sample = site_samples.load(name, SENT)
    if sample.host is not None:
        sites.add_host(desk.home, sample.host, name)
    desk.recording = record.Recording(desk.ledger, desk.index, sites.load(desk.home))
    seen = [o for line in sample.steps for o in _see(desk, site_samples.step(line, SENT))]
    return seen, sample


@pytest.mark.parametrize("name", PROVED)
def test_an_id_proves_the_copy_and_no_picture_is_compared(
    name: str, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy that looks like another picture is known by its address alone, and the audit names the rule."""
    uploaded, sample = _run(desk, name)
    first = next(seen for seen in uploaded if seen.sha256 is not None)
    monkeypatch.setattr(record, "hits", _never)
    monkeypatch.setattr(record, "judge", _never)
    line = next(line for line in sample.served if line["bound"] and line.get("rule") not in {None, "url_equal"})

    (served,) = desk.see(site_samples.copy(line["url"], OTHER, line.get("headers")))

    assert (first.work, first.site) == (served.work, served.site)
    (verdict,) = [found for found in desk.verdicts() if found.served == served.id]
    assert verdict.audit is not None
    assert ("same-work", "binding", line["rule"]) == tuple(
        verdict.audit["match"][key] for key in ("verdict", "method", "rule")
    )


def _never(*_: object, **__: object) -> None:
    raise AssertionError("a picture was compared")


def test_without_an_id_the_fingerprint_decides(desk: Desk) -> None:
    """A site that says nothing is still recognised by likeness, and the audit names no rule."""
    desk.see(upload(("a.png", SENT), host="wall.example"))

    (served,) = desk.see(view(SENT, "https://wall.example/media/5.png", content_type="image/png"))

    (verdict,) = [found for found in desk.verdicts() if found.served == served.id]
    assert verdict.audit is not None
    assert verdict.audit["match"]["rule"] is None


def test_another_id_binds_nothing(desk: Desk) -> None:
    """A stranger's address on the same site is a stranger's picture: hash, label and site are left."""
    _, sample = _run(desk, "reddit")

    (seen,) = desk.see(site_samples.copy(sample.strangers[0], OTHER))

    assert (None, None) == (seen.work, seen.url)


def test_links_outlive_a_restart(desk: Desk) -> None:
    """What an upload left is in the ledger: a later request is tied to it by a new recorder."""
    sample = site_samples.load("instagram", SENT)
    (uploaded,) = _see(desk, site_samples.step(sample.steps[0], SENT))
    desk.recording = record.Recording(desk.ledger, desk.index, sites.load(desk.home))
    desk.see(site_samples.step(sample.steps[2], SENT))

    (served,) = desk.see(site_samples.copy(sample.served[0]["url"], OTHER))

    assert uploaded.work == served.work


def test_an_upload_to_a_closed_host_is_said(desk: Desk) -> None:
    """An address that was handed out on a host that is not opened is recorded as not examined, once."""
    line = json.loads(json.dumps(site_samples.load("slack", SENT).steps[0]))
    line["answer"]["upload_url"] = "https://bucket.elsewhere.example/x?sig=secret"

    (seen,) = desk.see(site_samples.step(line, SENT))

    assert ("not_examined", "not_opened", "slack", "uploaded") == (seen.state, seen.missed, seen.site, seen.stage)
    assert seen.url is not None
    assert "secret" not in seen.url


def test_several_pictures_share_no_id(desk: Desk) -> None:
    """One id for a form with two pictures says nothing of either."""
    line = site_samples.load("flickr", SENT).steps[0]
    one = site_samples.step(line, SENT)
    body = site_samples._form({}, "photo", SENT)[: -len(f"--{site_samples.BOUNDARY}--\r\n")]
    body += site_samples._form({}, "photo", OTHER)
    two = site_samples.exchange("POST", one.url, dict(one.request.headers), body, 200, one.response.body.data)  # type: ignore[union-attr,arg-type]
    assert 2 == len(desk.see(two))

    assert desk.ledger.link("flickr:equals:photo", "53000000001") is None


def test_avatars_and_searches_are_no_works(desk: Desk) -> None:
    """Covers, portraits and searches by picture leave nothing in the ledger."""
    cover = site_samples.load("instagram", SENT).steps[1]
    assert [] == _see(desk, site_samples.step(cover, SENT))
    search = replace(upload(("a.png", SENT), host="lens.google.com", path="/v3/upload"), scheme="https")
    assert [] == desk.see(search)


def test_hash_in_an_address_proves(desk: Desk) -> None:
    """On a site that nobody knows the MD5 of what was sent, in a copy's address, leads to the upload."""
    (sent,) = desk.see(upload(("a.png", SENT), host="unknown.example"))
    name = hashlib.md5(SENT).hexdigest()  # noqa: S324 - what sites use

    (served,) = desk.see(view(OTHER, f"https://unknown.example/i/{name}_small.png", content_type="image/png"))

    assert sent.work == served.work
    assert "generic:hash" == desk.verdicts()[0].audit["match"]["rule"]  # type: ignore[index]


@pytest.mark.parametrize(("apart", "picture", "bound"), [(5, SENT, True), (5, OTHER, False), (600, SENT, False)])
def test_ids_of_a_fresh_answer_hint(desk: Desk, apart: int, picture: bytes, bound: bool) -> None:
    """An id of an unknown site's answer binds for a minute, and never a picture that plainly is another one."""
    now = datetime.now(UTC)
    sent = upload(("a.png", SENT), host="unknown.example")
    answer = json.dumps({"item": {"code": "Zx81abc9"}}).encode()
    response = replace(sent.response, body=replace(sent.response.body, data=answer))  # type: ignore[union-attr,type-var]
    (first,) = desk.see(replace(sent, response=response))
    at = now.timestamp() + apart
    moment = datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
    loaded = replace(view(picture, "https://unknown.example/p/Zx81abc9.png", content_type="image/png"), at=moment)

    (served,) = desk.see(loaded)

    rules = [v.audit["match"]["rule"] for v in desk.verdicts() if v.served == served.id and v.audit is not None]
    assert bound == ("generic:id" in rules)
    assert first.work is not None


def test_what_is_loaded_ahead_is_no_view(desk: Desk) -> None:
    """A prefetched copy is a copy, and is marked as not shown; the variant and whether it is the largest are noted."""
    _, sample = _run(desk, "reddit")
    seen = site_samples.copy(sample.served[1]["url"], OTHER)
    request = replace(seen.request, headers=(("Sec-Purpose", "prefetch;prerender"),))

    (served,) = desk.see(replace(seen, request=request))

    said = dict(served.declared)
    assert ("prefetch", "0") == (said["view"], said["largest"])
    assert "width=640" in said["variant"]


@pytest.mark.parametrize(
    ("status", "content_range", "seen"),
    [
        (206, f"bytes 0-{len(OTHER) - 1}/{len(OTHER)}", 1),
        (206, f"bytes 0-99/{len(OTHER)}", 0),
        (206, None, 0),
        (304, None, 0),
        (200, f"bytes 0-9/{len(OTHER)}", 0),
    ],
)
def test_only_whole_answers_are_copies(desk: Desk, status: int, content_range: str | None, seen: int) -> None:
    """A range of everything is a copy; a part of one, and a 304, leave nothing."""
    _, sample = _run(desk, "reddit")
    headers = {} if content_range is None else {"Content-Range": content_range}
    loaded = replace(site_samples.copy(sample.served[0]["url"], OTHER, headers), status=status)

    assert seen == len(desk.see(loaded))


def test_software_shows_itself(desk: Desk) -> None:
    """At a host that the user opened without a profile the answer's shape says what runs there."""
    sites.add_host(desk.home, "toot.example")
    desk.recording = record.Recording(desk.ledger, desk.index, sites.load(desk.home))
    line = json.loads(
        json.dumps(site_samples.load("mastodon", SENT).steps[0]).replace("social.example.org", "toot.example")
    )

    (sent,) = desk.see(site_samples.step(line, SENT))

    assert ("toot.example", "2026-07-02") == (sent.site, sent.profile)
    assert desk.ledger.link("toot.example:triples:id", "22348641") is not None


def test_a_later_request_may_be_written_first(desk: Desk) -> None:
    """An upload in several requests reaches the ledger after the request that names it; the id is not lost."""
    sample = site_samples.load("instagram", SENT)
    _see(desk, site_samples.step(sample.steps[2], SENT))
    (uploaded,) = _see(desk, site_samples.step(sample.steps[0], SENT))

    (served,) = desk.see(site_samples.copy(sample.served[0]["url"], OTHER))

    assert uploaded.work == served.work
