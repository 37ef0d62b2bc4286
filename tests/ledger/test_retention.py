"""What is purged is gone from the disk, and the chain still verifies."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from creditline.ledger import overview, queries, retention
from creditline.ledger.rows import Batch, Purged
from creditline.ledger.store import Ledger
from creditline.model.errors import NotFoundError, UsageError
from creditline.model.observation import SCREENSHOT, Fingerprint, Observation
from creditline.model.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = "very-private-value"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path, Settings(), clock=lambda: "2026-11-24T14:00:00.000Z") as opened:
        yield opened


def add(ledger: Ledger, name: str, data: bytes, **changes: Any) -> str:
    facts = {"at": "2026-11-24T13:00:00Z", "stage": "uploaded", "via": "proxy", "site": "x"} | changes
    sha256 = hashlib.sha256(data).hexdigest()
    ledger.record(
        Batch(
            Observation(id=name, sha256=sha256, url=f"https://x.test/{SECRET}/{name}", filename=SECRET, **facts),
            data=data,
            reading={"creator": SECRET},
            fingerprints=(Fingerprint("k", bytes(32)),),
            links=(("id", name),),
        )
    )
    return sha256


def judge(ledger: Ledger, served: str, work: str | None = None) -> str:
    return ledger.put_verdict(
        {
            "stages": {"served": {"observation": served}},
            "match": {"verdict": "same-work"},
            "fields": [{"id": "creator", "original": SECRET, "outcome": "removed"}],
            "summary": {"cmi_lost": True},
        },
        work=work,
        site="x",
    )


def test_a_purged_work_is_gone(ledger: Ledger, tmp_path: Path) -> None:
    """Values, salts, readings, fingerprints, links, title and bytes go, down to the database's file."""
    work = ledger.new_work(SECRET)
    one = add(ledger, "a", b"one", work=work, account="ann")
    add(ledger, "b", b"two")
    verdict = judge(ledger, "a", work)

    purged = retention.purge(ledger, work=work)

    expected = Purged(
        observations=1,
        values=3,
        readings=1,
        fingerprints=1,
        verdicts=1,
        links=1,
        works=1,
        bytes=3,
        pictures=(one,),
    )
    assert expected == purged
    seen = queries.observation(ledger, "a")
    assert (None, None, None, one) == (seen.account, seen.url, seen.filename, seen.sha256)
    assert {(None, None)} == {pair[:2] for pair in queries.personal_values(ledger, "a").values()}
    assert "2026-11-24T14:00:00.000Z" == queries.purged_at(ledger, "a")
    assert queries.purged_at(ledger, "b") is None
    assert queries.reading(ledger, one) is None
    assert ledger.link("id", "a") is None
    assert queries.verdict(ledger, verdict).audit is None
    assert (None, "purged") == (overview.works(ledger)[0].title, overview.works(ledger)[0].state)
    assert not ledger.blobs.has(one)
    assert (True, 2) == (ledger.verify().ok, ledger.verify().checked)

    retention.purge(ledger, site="x")
    assert SECRET.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("ledger.sqlite*"))


def test_counts_outlive_the_values(ledger: Ledger) -> None:
    """What a site did is still known when nobody's values are."""
    work = ledger.new_work()
    add(ledger, "a", b"one", work=work)
    judge(ledger, "a", work)
    retention.purge(ledger, work=work)

    (site,) = overview.sites(ledger)
    assert {"creator": {"removed": 1}} == site.fields


def test_a_shared_picture_stays_for_the_other(ledger: Ledger) -> None:
    """Bytes and reading go with the last observation that needs them."""
    shared = add(ledger, "a", b"same", account="ann")
    add(ledger, "b", b"same", account="bob")

    first = retention.purge(ledger, account="ann")
    assert (1, 0, ()) == (first.observations, first.readings, first.pictures)
    assert b"same" == ledger.blobs.get(shared)

    second = retention.purge(ledger, account="bob")
    assert (1, 1, (shared,)) == (second.observations, second.readings, second.pictures)
    assert not ledger.blobs.has(shared)


def test_a_dry_run_changes_nothing(ledger: Ledger) -> None:
    """It says what the purge would say, and everything is still there."""
    sha256 = add(ledger, "a", b"one")
    ledger.miss("limit", "x", "x")

    dry = retention.purge(ledger, site="x", dry_run=True)

    assert dry.dry_run
    assert b"one" == ledger.blobs.get(sha256)
    assert queries.observation(ledger, "a").url is not None
    assert 1 == len(queries.misses(ledger))
    wet = retention.purge(ledger, site="x")
    assert (dry.observations, dry.values, dry.pictures) == (wet.observations, wet.values, wet.pictures)
    assert [] == queries.misses(ledger)
    assert 0 == retention.purge(ledger, site="x").observations


def test_conditions_narrow_each_other(ledger: Ledger) -> None:
    """Several conditions purge what meets all of them; the moment itself is not before it."""
    add(ledger, "a", b"1", at="2026-01-01T00:00:00Z")
    add(ledger, "b", b"2", at="2026-01-01T00:00:00Z", site="y")
    add(ledger, "c", b"3", at="2026-06-01T00:00:00Z")

    assert 1 == retention.purge(ledger, site="x", before="2026-06-01").observations
    assert queries.purged_at(ledger, "a") is not None
    assert queries.purged_at(ledger, "b") is None
    assert queries.purged_at(ledger, "c") is None


def test_a_purge_must_be_told_what(ledger: Ledger) -> None:
    """Without a condition nothing is purged; an unknown work is not found; a time must be one."""
    with pytest.raises(UsageError):
        retention.purge(ledger)
    with pytest.raises(NotFoundError):
        retention.purge(ledger, work="none")
    with pytest.raises(UsageError):
        retention.purge(ledger, before="soon")


def test_expiry_spares_cases_and_ones_own(ledger: Ledger) -> None:
    """After so many days everything goes but the user's own works, cases, kept pages, and what is younger."""
    own, case, loose = ledger.new_work("own", mine=True), ledger.new_work("case"), ledger.new_work("loose")
    ledger.hold(case)
    old = "2026-01-01T00:00:00Z"
    for number, (name, work, at) in enumerate(
        [
            ("own", own, old),
            ("case", case, old),
            ("loose", loose, old),
            ("stray", None, old),
            ("young", None, "2026-11-01T00:00:00Z"),
        ]
    ):
        add(ledger, name, bytes([number]), work=work, at=at)
    ledger.record(
        Batch(Observation("page", old, "served", "extension", role=SCREENSHOT, url="https://a.example/"))
    )

    done = retention.expire(ledger, now="2026-11-24T00:00:00Z", days=90)

    assert 2 == done.observations
    gone = {seen.id for seen in queries.observations(ledger) if queries.purged_at(ledger, seen.id)}
    assert {"loose", "stray"} == gone
    assert {"own": "open", "case": "case", None: "purged"} == {
        row.title: row.state for row in overview.works(ledger)
    }
    assert ledger.verify().ok


def test_a_purged_picture_can_be_recorded_anew(ledger: Ledger) -> None:
    """Forgetting is no ban: the same file seen again is kept again."""
    sha256 = add(ledger, "a", b"one")
    retention.purge(ledger, site="x")
    add(ledger, "b", b"one")

    assert b"one" == ledger.blobs.get(sha256)
    assert queries.picture(ledger, sha256).kept
    assert queries.reading(ledger, sha256) is not None
