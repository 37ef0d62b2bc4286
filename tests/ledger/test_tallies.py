"""Counting by posting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from creditline.ledger import tallies
from creditline.ledger.store import Ledger
from creditline.ledger.tallies import Scope
from creditline.model.observation import Observation
from creditline.model.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path, Settings()) as opened:
        yield opened


def _see(ledger: Ledger, name: str, stage: str, work: str, at: str, site: str = "x") -> str:
    seen = Observation(name, at, stage, "proxy", site=site, work=work, profile="2026-08-21")
    return ledger.append(seen, part=name).id


def _judge(ledger: Ledger, work: str, upload: str, served: str, outcome: str, variant: str, **more: Any) -> None:
    hop = ["uploaded", "served"] if outcome == "removed" else None
    audit = {
        "stages": {"uploaded": {"observation": upload}, "served": {"observation": served, "variant": variant}},
        "match": {"verdict": "same-work"},
        "fields": [
            {"id": "creator", "outcome": outcome, "lost_between": hop},
            {"id": "gps", "outcome": "removed"},
        ],
        "ai": {"outcome": "kept"},
        "summary": {"cmi_lost": outcome == "removed"},
        **more,
    }
    ledger.put_verdict(audit, work=work, site="x")


def test_sizes_of_one_posting_count_once_with_the_worst(ledger: Ledger) -> None:
    """Two sizes, one stripped, are one posting that lost the field; a second upload is a second posting."""
    work = ledger.new_work()
    first = _see(ledger, "u1", "uploaded", work, "2026-08-01T00:00:00Z")
    second = _see(ledger, "u2", "uploaded", work, "2026-09-01T00:00:00Z")
    _judge(ledger, work, first, _see(ledger, "s1", "served", work, "2026-08-02T00:00:00Z"), "kept", "large")
    _judge(ledger, work, first, _see(ledger, "s2", "served", work, "2026-08-02T00:00:00Z"), "removed", "small")
    _judge(ledger, work, second, _see(ledger, "s3", "served", work, "2026-09-02T00:00:00Z"), "kept", "large")

    creator = [row for row in tallies.fields(ledger) if row.name == "creator"]
    assert {("removed", "uploaded>served", 1), ("kept", None, 1)} == {(r.outcome, r.hop, r.times) for r in creator}
    (site,) = tallies.sites(ledger)
    assert ("x", 2, 1, 3, 1) == site[:5]
    assert ("2026-08-02", "2026-09-02") == (site.first[:10], site.last[:10])
    assert 1 == tallies.lost_postings(ledger, ["creator"])


def test_scope_months_profiles_and_groups(ledger: Ledger) -> None:
    """The same counts by period, month, profile date and group of fields."""
    work = ledger.new_work()
    upload = _see(ledger, "u1", "uploaded", work, "2026-08-01T00:00:00Z")
    _judge(ledger, work, upload, _see(ledger, "s1", "served", work, "2026-08-02T00:00:00Z"), "removed", "")

    assert [] == tallies.fields(ledger, Scope(since="2026-09-01"))
    assert [] == tallies.fields(ledger, Scope(site="y"))
    assert 1 == tallies.lost_postings(ledger, ["creator"], Scope(until="2026-09-01"))
    assert {"2026-08"} == {row.month for row in tallies.fields(ledger, by_month=True)}
    assert {"2026-08-21"} == {row.profile for row in tallies.fields(ledger, by_profile=True)}
    groups = {"credit": [("field", "creator"), ("field", "credit_line")], "ai": [("judgement", "ai")]}
    found = tallies.fields(ledger, groups=groups)
    assert {("group", "credit", "removed"), ("group", "ai", "kept")} == {
        (r.kind, r.name, r.outcome) for r in found
    }


def test_what_was_replaced_or_is_another_work_is_not_counted(ledger: Ledger) -> None:
    """Only verdicts that hold, on copies that show the work."""
    work = ledger.new_work()
    upload = _see(ledger, "u1", "uploaded", work, "2026-08-01T00:00:00Z")
    served = _see(ledger, "s1", "served", work, "2026-08-02T00:00:00Z")
    other = _see(ledger, "s2", "served", work, "2026-08-02T00:00:00Z")
    _judge(ledger, work, upload, served, "removed", "")
    _judge(ledger, work, upload, served, "kept", "")
    _judge(ledger, work, upload, other, "removed", "", match={"verdict": "different"})

    assert ["kept"] == [row.outcome for row in tallies.fields(ledger) if row.name == "creator"]
    assert 0 == tallies.lost_postings(ledger, ["creator"])
    assert 1 == len(tallies.examples(ledger, limit=5))
