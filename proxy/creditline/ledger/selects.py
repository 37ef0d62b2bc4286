"""Statements that several queries share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from creditline.ledger import rows
from creditline.ledger.schema import observations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection

LIMIT = 100
"""Rows of a page unless told otherwise."""
_SOME = 500  # ids per statement: SQLite takes 32,766 parameters, PostgreSQL 65,535, both parse short lists faster


def verdict_rows(connection: Connection, query: sa.Select[Any]) -> list[rows.VerdictRow]:
    """Rows of `verdicts` as values, addresses put back where the observation still has one."""
    found = [dict(row) for row in connection.execute(query).mappings()]
    wanted = {row[stage] for row in found for stage in ("original", "uploaded", "served") if row[stage]}
    urls: dict[str, str] = {}
    for some in portions(sorted(wanted)):
        pairs = sa.select(observations.c.id, observations.c.url).where(
            observations.c.id.in_(some), observations.c.url.is_not(None)
        )
        urls |= {row.id: row.url for row in connection.execute(pairs)}
    for row in found:
        del row["seq"], row["holds"]
        for name, stage in ((row["audit"] or {}).get("stages") or {}).items():
            if stage and name in row:
                stage["url"] = urls.get(row[name])
    return [rows.VerdictRow(**row) for row in found]


def portions[Id: (str, int)](ids: list[Id]) -> Iterable[list[Id]]:
    """Lists of ids short enough for one statement."""
    return (ids[start : start + _SOME] for start in range(0, len(ids), _SOME))
