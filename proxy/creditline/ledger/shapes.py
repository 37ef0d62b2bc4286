"""Format, size and dimensions of known works' files: what a copy with the very same coded picture shares with one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa

from creditline.ledger.schema import observations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from creditline.ledger.store import Ledger

LOOKED_AT = 20_000
"""The latest observations that are looked through at first; a copy is mostly fetched soon after its upload."""


class Shape(NamedTuple):
    """One file of a known work; `seq` is the number of the observation."""

    seq: int
    sha256: str
    format: str
    width: int
    height: int
    bytes: int


def shapes(ledger: Ledger, stages: Sequence[str], *, after: int = -1) -> list[Shape]:
    """Files seen at `stages` with a number over `after`, of the latest `LOOKED_AT` observations, oldest first.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    table = observations
    with ledger.reads() as connection:
        last = connection.execute(sa.select(sa.func.max(table.c.seq))).scalar() or 0
        after = max(after, last - LOOKED_AT)
        if last <= after:
            return []
        columns = (table.c.seq, table.c.sha256, table.c.format, table.c.width, table.c.height, table.c.bytes)
        query = (
            sa.select(*columns)
            .where(table.c.seq > after, table.c.stage.in_(tuple(stages)), table.c.work.is_not(None))
            .where(table.c.purged.is_(None), *(column.is_not(None) for column in columns[1:]))
            .order_by(table.c.seq)
        )
        return [Shape(*row) for row in connection.execute(query)]
