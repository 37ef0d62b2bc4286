"""Which work is behind the address of a picture on a page."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from creditline.ledger import retention
from creditline.ledger.rows import Batch, NewWork
from creditline.ledger.sights import Sight, served_from
from creditline.ledger.store import Ledger
from creditline.ledger.writes import new_id
from creditline.model.observation import Observation
from creditline.model.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

URL = "https://cdn.example/a.jpg"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path, Settings()) as opened:
        yield opened


def put(ledger: Ledger, stage: str, name: str, work: str | None = None, **more: Any) -> Observation:
    """A picture on record at a stage, of a work of its own unless told which."""
    data = name.encode()
    seen = Observation(
        id=new_id(),
        at="2026-08-21T09:00:00Z",
        stage=stage,
        via="proxy",
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        state="present",
        work=work,
        **more,
    )
    new = NewWork() if stage == "original" and work is None else None
    return ledger.record(Batch(seen, data=data, work=new))


def audit(served: Observation, **outcomes: str) -> dict[str, Any]:
    """As much of an audit as counts here."""
    fields = [{"id": name, "category": 2, "outcome": outcome} for name, outcome in outcomes.items()]
    stages = {"original": None, "uploaded": None, "served": {"observation": served.id, "sha256": served.sha256}}
    ai = {"outcome": "removed", "original": "ai-generated", "uploaded": None, "served": "none"}
    return {"schema": "creditline/audit/1", "stages": stages, "fields": fields, "ai": ai, "summary": {}}


def test_an_address_leads_to_its_work(ledger: Ledger) -> None:
    """With the copy, the originals before the uploads, and what its newest audit found removed, each name once."""
    upload = put(ledger, "uploaded", "upload", work=put(ledger, "original", "first").work)
    original = put(ledger, "original", "original", work=upload.work)
    copy = put(ledger, "served", "copy", work=upload.work, url=URL)
    ledger.put_verdict(audit(copy, creator="removed", title="kept", credit_line="removed"), work=upload.work)

    found = served_from(ledger, [URL, "https://cdn.example/other.jpg"])

    assert [URL] == list(found)
    assert found[URL].work == upload.work
    assert copy.sha256 == found[URL].copy
    assert [original.sha256, upload.sha256] == list(found[URL].originals[1:])
    assert ("ai", "creator", "credit_line") == found[URL].removed


def test_the_latest_copy_counts(ledger: Ledger) -> None:
    """An address that serves another work by now leads to that one; an unknown picture there hides neither."""
    one, two = (put(ledger, "original", name).work for name in ("one", "two"))
    put(ledger, "served", "copy of one", work=one, url=URL)
    latest = put(ledger, "served", "copy of two", work=two, url=URL)
    put(ledger, "served", "nobody's", url=URL)

    found = served_from(ledger, [URL])[URL]

    assert (two, latest.sha256, ()) == (found.work, found.copy, found.removed)


def test_uploads_to_an_address_are_no_copies(ledger: Ledger) -> None:
    """What was sent to an address was not served from it."""
    put(ledger, "original", "original", url=URL)

    assert {} == served_from(ledger, [URL])


def test_a_purged_work_leads_to_nothing(ledger: Ledger) -> None:
    """Addresses go with the purge."""
    original = put(ledger, "original", "original")
    put(ledger, "served", "copy", work=original.work, url=URL)
    retention.purge(ledger, work=original.work)

    assert {} == served_from(ledger, [URL])


def test_more_addresses_than_a_statement_takes(ledger: Ledger) -> None:
    """A page with hundreds of pictures is answered in portions."""
    original = put(ledger, "original", "original")
    copy = put(ledger, "served", "copy", work=original.work, url=URL)

    found = served_from(ledger, [f"https://cdn.example/{number}" for number in range(1200)] + [URL])

    assert {URL: Sight(str(original.work), copy.sha256, (str(original.sha256),), ())} == found
