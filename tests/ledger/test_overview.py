"""Counts are what one would count by hand."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from creditline.ledger import overview
from creditline.ledger.rows import Batch, Counts
from creditline.ledger.store import Ledger
from creditline.model.errors import NotFoundError
from creditline.model.observation import Fingerprint, Observation
from creditline.model.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path, Settings()) as opened:
        yield opened


def add(ledger: Ledger, name: str, data: bytes | None = None, **changes: Any) -> Observation:
    facts = {"at": "2026-11-24T13:00:00Z", "stage": "uploaded", "via": "proxy", "site": "x"} | changes
    sha256 = None if data is None else hashlib.sha256(data).hexdigest()
    return ledger.record(Batch(Observation(id=name, sha256=sha256, **facts), data=data))


def judge(ledger: Ledger, work: str, served: str, outcome: str, site: str = "x", match: str = "same-work") -> str:
    lost = outcome == "removed"
    return ledger.put_verdict(
        {
            "stages": {"served": {"observation": served}},
            "match": {"verdict": match},
            "fields": [{"id": "creator", "outcome": outcome}, {"id": "copyright_notice", "outcome": "kept"}],
            "carriers": [{"carrier": "iptc", "outcome": outcome}],
            "c2pa": {"outcome": outcome},
            "summary": {"cmi_lost": lost},
        },
        work=work,
        site=site,
    )


def test_works_at_a_glance(ledger: Ledger) -> None:
    """Counts per stage, the latest sites first, the best kept picture as thumbnail."""
    work = ledger.new_work("cat", hashlib.sha256(b"original").hexdigest(), mine=True)
    add(ledger, "a", b"first", work=work)
    add(ledger, "b", b"original", work=work, stage="original", site=None)
    add(ledger, "c", work=work, stage="served", site="y", at="2026-11-25T13:00:00Z")
    add(ledger, "d", work=work, stage="served", site="x")
    add(ledger, "e")
    judge(ledger, work, "d", "removed")
    judge(ledger, work, "d", "kept")

    (row,) = overview.works(ledger)

    assert (1, 1, 2, 0, 1) == (row.originals, row.uploaded, row.served, row.exported, row.verdicts)
    assert (("x", "y"), "2026-11-25T13:00:00.000Z") == (row.sites, row.last_seen)
    assert hashlib.sha256(b"original").hexdigest() == row.thumbnail
    assert ("cat", True, "open") == (row.title, row.mine, row.state)

    detail = overview.work(ledger, work)
    assert row == detail.work
    assert ["a", "b", "c", "d"] == [seen.id for seen in detail.observations]
    assert [False] == [verdict.lost for verdict in detail.verdicts]
    with pytest.raises(NotFoundError):
        overview.work(ledger, "none")


def test_works_page(ledger: Ledger) -> None:
    """Pages of works neither overlap nor leave gaps; a work without observations is listed."""
    made = {ledger.new_work(str(number)) for number in range(5)}

    first = overview.works(ledger, limit=3)
    rest = overview.works(ledger, after=first[-1].id)

    assert (3, 2) == (len(first), len(rest))
    assert made == {row.id for row in [*first, *rest]}
    assert rest[0].thumbnail is None


def test_sites_count_what_holds(ledger: Ledger) -> None:
    """Outcomes come from the verdict that holds on each copy, and only where the work was the same."""
    work = ledger.new_work("cat")
    add(ledger, "up", work=work)
    for name in ("s1", "s2", "s3"):
        add(ledger, name, stage="served", work=work)
    add(ledger, "other", site="y", at="2026-11-20T13:00:00Z")
    judge(ledger, work, "s1", "kept")
    judge(ledger, work, "s1", "removed")
    judge(ledger, work, "s2", "moved")
    judge(ledger, work, "s3", "removed", match="different")

    x, y = overview.sites(ledger)

    assert ("x", 1, 3, 1) == (x.site, x.uploaded, x.served, x.works)
    assert (2, 1) == (x.verdicts, x.lost)
    assert {"creator": {"removed": 1, "moved": 1}, "copyright_notice": {"kept": 2}} == x.fields
    assert {"iptc": {"removed": 1, "moved": 1}} == x.carriers
    assert {"c2pa": {"removed": 1, "moved": 1}} == x.judgements
    assert ("y", 1, 0, 0, "2026-11-20T13:00:00.000Z") == (y.site, y.uploaded, y.served, y.works, y.last_seen)
    assert {} == y.fields


def test_a_verdict_on_a_site_never_observed_does_no_harm(ledger: Ledger) -> None:
    """Sites are those that something was seen of."""
    work = ledger.new_work("cat")
    add(ledger, "s1", site="x")
    judge(ledger, work, "s1", "removed", site="elsewhere")

    assert ["x"] == [row.site for row in overview.sites(ledger)]


def test_the_ledger_in_numbers(ledger: Ledger) -> None:
    """Every number of `status`, for an empty ledger and a full one."""
    assert Counts() == overview.counts(ledger)

    work = ledger.new_work("cat")
    add(ledger, "a", b"12345", work=work)
    add(ledger, "b", work=work, stage="served")
    add(ledger, "c", stage="original", site=None)
    add(ledger, "d", stage="exported", site="y")
    judge(ledger, work, "b", "removed")
    ledger.put_fingerprint("1" * 64, Fingerprint("k", bytes(32)))
    ledger.put_fingerprint("2" * 64, Fingerprint("k", None))
    ledger.miss("limit", "too large", "x")
    ledger.miss("limit", "too large", "x")

    assert overview.counts(ledger) == Counts(
        observations=4, originals=1, uploaded=1, served=1, exported=1, works=1, sites=2, stripping_sites=("x",),
        verdicts=1, pictures=1, bytes=5, fingerprints=1, missed=2,
    )  # fmt: skip
