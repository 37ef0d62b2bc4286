"""What the fingerprint search holds, and which codes are of an older making."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from creditline.ledger import writes
from creditline.ledger.index import postgres
from creditline.ledger.schema import fingerprints, pictures
from creditline.vocab.thresholds import CODE_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from creditline.ledger.store import Ledger
    from creditline.model.observation import Fingerprint


@dataclass(frozen=True, slots=True)
class KindRow:
    """Fingerprints of one kind: `searched` have a code and a known work; `versions` counts makings of codes."""

    kind: str
    pictures: int
    searched: int
    undecodable: int
    versions: Mapping[int, int]

    @property
    def outdated(self) -> int:
        """How many are of another making than this Creditline's."""
        return sum(count for version, count in self.versions.items() if version != CODE_VERSION)


def kinds(ledger: Ledger) -> list[KindRow]:
    """Every kind of fingerprint that the ledger holds, by name.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    columns = fingerprints.c
    has_code = sa.case((columns.code.is_not(None), 1), else_=0)
    searched = sa.case((columns.code.is_not(None) & columns.work.is_not(None), 1), else_=0)
    counted = sa.func.count().label("counted")
    query = sa.select(
        columns.kind,
        columns.version,
        counted,
        sa.func.sum(has_code).label("coded"),
        sa.func.sum(searched).label("hot"),
    ).group_by(columns.kind, columns.version)
    found: dict[str, list[sa.Row[tuple[str, int, int, int, int]]]] = {}
    with ledger.reads() as connection:
        for row in connection.execute(query):
            found.setdefault(row.kind, []).append(row)
    return [
        KindRow(
            kind,
            sum(row.counted for row in rows),
            sum(int(row.hot) for row in rows),
            sum(row.counted - int(row.coded) for row in rows),
            {row.version: row.counted for row in sorted(rows, key=lambda row: row.version)},
        )
        for kind, rows in sorted(found.items())
    ]


def outdated(ledger: Ledger, kind: str, *, every: bool = False) -> list[tuple[str, str | None]]:
    """SHA-256 and work of kept pictures with a code of that kind, or of one under it, of another making; or of all."""
    columns = fingerprints.c
    ours = (columns.kind == kind) | columns.kind.startswith(f"{kind}/", autoescape=True)
    query = (
        sa.select(columns.sha256, sa.func.max(columns.work))
        .join(pictures, pictures.c.sha256 == columns.sha256)
        .where(ours, pictures.c.kept)
        .group_by(columns.sha256)
        .order_by(sa.func.min(columns.seq))
    )
    if not every:
        query = query.where(columns.version != CODE_VERSION)
    with ledger.reads() as connection:
        return [(sha256, work) for sha256, work in connection.execute(query)]


def replace(ledger: Ledger, made: Iterable[tuple[str, str | None, Sequence[Fingerprint]]]) -> None:
    """Puts codes made anew, (SHA-256, work, codes), in one transaction: after a crash a picture has its old or its new.

    Raises:
        LedgerError: the ledger refuses.
    """
    with ledger.writes() as connection:
        for sha256, work, prints in made:
            for print_ in prints:
                writes.fingerprint(connection, sha256, print_, work, ledger.now())


def refill(ledger: Ledger) -> int | None:
    """Makes a database's own table of codes anew from the fingerprints; None where there is none."""
    if ledger.engine.dialect.name != postgres.DIALECT:
        return None
    with ledger.writes() as connection:
        return postgres.rebuild(connection)
