"""Statements that add: what they keep, count and leave out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from creditline.ledger import queries, schema, writes
from creditline.ledger.store import Ledger
from creditline.model.observation import Observation
from creditline.model.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path, Settings()) as opened:
        yield opened


def test_ids_are_ulids() -> None:
    """26 characters, sorted by time, never the same."""
    made = [writes.new_id() for _ in range(100)]

    assert {26} == {len(one) for one in made}
    assert 100 == len(set(made))


def test_the_head_follows_the_last_observation(ledger: Ledger) -> None:
    """The head names number and hash of the last row, nothing for an empty ledger."""
    with ledger.reads() as connection:
        assert (0, None) == writes.head(connection)
    last = ledger.append(Observation(id="1", at="2026-11-24", stage="original", via="cli"))

    with ledger.reads() as connection:
        assert (1, last.chain) == writes.head(connection)


def test_a_pictures_facts_are_filled_in_and_not_overwritten(ledger: Ledger) -> None:
    """What is known of a picture stays; what was unknown is added."""
    with ledger.writes() as connection:
        writes.picture(connection, "a" * 64, "t1", width=1)
        writes.picture(connection, "a" * 64, "t2", width=2, height=3)

    found = queries.picture(ledger, "a" * 64)
    assert (1, 3, "t1", False) == (found.width, found.height, found.first_seen, found.kept)


def test_misses_are_counted(ledger: Ledger) -> None:
    """One row per code and site, with the last message and a count; a miss may have no site."""
    for message in ("one", "two\x00"):
        ledger.miss("limit", message, "x", "e1")
    ledger.miss("limit", "three")

    found = {(miss.site, miss.message, miss.exchange, miss.times) for miss in queries.misses(ledger)}
    assert {("x", "two\ufffd", "e1", 2), (None, "three", None, 1)} == found


def test_a_verdict_counts_its_outcomes_and_keeps_no_address(ledger: Ledger) -> None:
    """Fields, carriers and judgements are counted one by one, with the hop; the stored audit holds no address."""
    audit: dict[str, Any] = {
        "stages": {"original": {"sha256": "a" * 64, "url": "https://x.test/private"}, "uploaded": None},
        "fields": [
            {"id": "creator", "outcome": "removed", "lost_between": ["uploaded", "served"]},
            {"id": "creator", "outcome": "removed", "lost_between": ["uploaded", "served"]},
        ],
        "carriers": [{"carrier": "xmp", "outcome": "kept"}],
        "c2pa": {"outcome": "removed"},
        "ai": {"outcome": None},
        "match": {"verdict": "same-work"},
        "summary": {"cmi": {}, "c2pa_lost": True},
    }
    verdict = ledger.put_verdict(audit, site="x")

    with ledger.reads() as connection:
        rows = connection.execute(sa.select(schema.outcomes).order_by("kind")).all()
        stored = connection.scalar(sa.select(sa.cast(schema.verdicts.c.audit, sa.Text)))
    assert [
        ("carrier", "xmp", "kept", 1, None),
        ("field", "creator", "removed", 2, "uploaded>served"),
        ("judgement", "c2pa", "removed", 1, None),
    ] == [tuple(row[1:]) for row in rows]
    assert "private" not in str(stored)
    found = queries.verdict(ledger, verdict)
    assert ("same-work", True, "x") == (found.match, found.lost, found.site)
