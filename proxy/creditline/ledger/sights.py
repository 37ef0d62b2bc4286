"""Copies by the address that they were served from, with the work behind each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from creditline.ledger.schema import observations, outcomes, verdicts
from creditline.ledger.selects import portions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from creditline.ledger.store import Ledger

LOOKED_AT = 20_000
"""The latest observations that are searched: what a page shows was served moments ago, and addresses have no index."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A served copy of a known work.

    `copy` is its SHA-256 (None if its bytes were not had), `originals` those of the work's originals, then uploads;
    `removed` are the fields, and `ai`, `c2pa`, `consent`, that its newest audit found removed. `reattached` says what
    became of a restoration in flight (None: none was tried).
    """

    work: str
    copy: str | None
    originals: tuple[str, ...]
    removed: tuple[str, ...]
    reattached: str | None = None


def served_from(ledger: Ledger, urls: Sequence[str]) -> dict[str, Sight]:
    """By address, the latest copy of a known work that was served from it."""
    found: dict[str, Sight] = {}
    table = observations
    with ledger.reads() as connection:
        last = connection.execute(sa.select(sa.func.max(table.c.seq))).scalar() or 0
        for some in portions(list(urls)):
            query = (
                sa.select(table.c.id, table.c.url, table.c.work, table.c.sha256, table.c.declared)
                .where(table.c.seq > last - LOOKED_AT, table.c.stage == "served", table.c.url.in_(some))
                .where(table.c.work.is_not(None))
                .order_by(table.c.seq.desc())
            )
            for row in connection.execute(query):
                if row.url not in found:
                    found[row.url] = Sight(
                        row.work,
                        row.sha256,
                        _originals(connection, row.work),
                        _removed(connection, row.id),
                        dict(json.loads(row.declared)).get("reattached"),
                    )
    return found


def _originals(connection: Connection, work: str) -> tuple[str, ...]:
    table = observations
    query = (
        sa.select(table.c.sha256)
        .where(table.c.work == work, table.c.stage.in_(("original", "uploaded")), table.c.purged.is_(None))
        .where(table.c.sha256.is_not(None))
        .order_by(sa.case((table.c.stage == "original", 0), else_=1), table.c.seq)
        .limit(8)
    )
    return tuple(dict.fromkeys(connection.execute(query).scalars()))


def _removed(connection: Connection, served: str) -> tuple[str, ...]:
    newest = sa.select(sa.func.max(verdicts.c.seq)).where(verdicts.c.served == served).scalar_subquery()
    query = (
        sa.select(outcomes.c.name)
        .where(outcomes.c.verdict == newest, outcomes.c.outcome == "removed")
        .where(outcomes.c.kind.in_(("field", "judgement")))
        .order_by(outcomes.c.name)
        .distinct()
    )
    return tuple(connection.execute(query).scalars())
