"""The exact scan by the database itself: PostgreSQL compares every code of a kind, on its own cores and disks.

It scans the table `codes`, which a trigger keeps in step with `fingerprints` (revision 0004). The distance is stock
`bit_count(a # b)`, or pgvector's `<~>` where that extension is in the database. Nothing is held in this process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from creditline.ledger.index.interface import CODE_BITS, CODE_BYTES
from creditline.ledger.index.names import LedgerNames
from creditline.model.errors import LedgerError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.engine import Connection

    from creditline.ledger.store import Ledger

DIALECT = "postgresql"
_STOCK = "bit_count(c.code # CAST(:code AS bit(256)))"
_PGVECTOR = "(c.code <~> CAST(:code AS bit(256)))"
# A code stands as a constant in its own statement: joined in, it would be cast anew for every row. Ids come from the
# rows that are near only.
_WITHIN = """
SELECT f.sha256, near.distance FROM (
    SELECT c.number, CAST({distance} AS integer) AS distance FROM codes AS c
    WHERE c.kind = :kind AND {distance} <= :radius
) AS near
JOIN fingerprints AS f ON f.seq = near.number
"""


class PostgresIndex:
    """An exact `CandidateIndex` in a PostgreSQL ledger: ids are SHA-256 of pictures whose fingerprint it holds."""

    def __init__(self, ledger: Ledger, kind: str) -> None:
        if ledger.engine.dialect.name != DIALECT:
            raise SettingsError(
                "only a ledger in PostgreSQL can search by itself", next_step="set index to auto, memory or faiss"
            )
        self._ledger = ledger
        self._kind = kind
        self._names = LedgerNames(ledger, kind)
        with ledger.reads() as connection:
            self.pgvector = _has_pgvector(connection)
        self._within = sa.text(_WITHIN.format(distance=_PGVECTOR if self.pgvector else _STOCK))

    @classmethod
    def load(cls, ledger: Ledger, kind: str) -> Self:
        """The codes of one kind of every known work's pictures in the ledger, where they lie.

        Raises:
            SettingsError: the ledger is not PostgreSQL's.
            LedgerError: the ledger cannot be read.
        """
        return cls(ledger, kind)

    def __len__(self) -> int:
        """How many ids are held."""
        query = sa.text("SELECT count(*) FROM codes WHERE kind = :kind")
        with self._ledger.reads() as connection:
            return int(connection.execute(query, {"kind": self._kind}).scalar_one())

    @property
    def nbytes(self) -> int:
        """Bytes of this process's memory that the codes take: none."""
        return 0

    def add(self, id: str, code: bytes) -> None:  # noqa: A002 - the interface's word
        """Adds a code, or replaces the one that the id had; mostly the trigger has done so already.

        Raises:
            NotFoundError: the ledger holds no fingerprint of that picture.
        """
        self.bulk_load([(id, code)])

    def remove(self, id: str) -> bool:  # noqa: A002 - the interface's word
        """Forgets an id; False when it was not there."""
        number = self._names.number(id)
        if number is None:
            return False
        gone = sa.text("DELETE FROM codes WHERE kind = :kind AND number = :number")
        with self._ledger.writes() as connection:
            return bool(connection.execute(gone, {"kind": self._kind, "number": number}).rowcount)

    def within(self, code: bytes, radius: int) -> list[tuple[str, int]]:
        """Every id whose code differs in at most `radius` bits, with the distance; nearest first, then by id."""
        return self.within_each([code], radius)[0]

    def within_each(self, codes: Sequence[bytes], radius: int) -> list[list[tuple[str, int]]]:
        """`within` for each code, of one state of the ledger."""
        asked = [{"code": _bits(code), "kind": self._kind, "radius": min(radius, CODE_BITS)} for code in codes]
        with self._ledger.reads() as connection:
            found = [[(id_, far) for id_, far in connection.execute(self._within, one)] for one in asked]
        return [sorted(hits, key=lambda hit: (hit[1], hit[0])) for hits in found]

    def bulk_load(self, items: Iterable[tuple[str, bytes]]) -> None:
        """Adds many at once; the last of an id wins. What already lies there as it should costs no write."""
        latest = {id_: _bits(code) for id_, code in items}
        held = self._held(list(latest))
        news: list[dict[str, Any]] = []
        for id_, bits in latest.items():
            if id_ not in held:
                self._names.number(id_, new=True)  # raises
            elif held[id_][1] != bits:
                news.append({"kind": self._kind, "number": held[id_][0], "code": bits})
        if not news:
            return
        with self._ledger.writes() as connection:
            for new in news:
                connection.execute(sa.text("SELECT creditline_partition(:kind, :number)"), new)
            connection.execute(
                sa.text(
                    "INSERT INTO codes VALUES (:kind, :number, CAST(:code AS bit(256)))"
                    " ON CONFLICT (kind, number) DO UPDATE SET code = excluded.code"
                ),
                news,
            )

    def _held(self, ids: list[str]) -> dict[str, tuple[int, str | None]]:
        query = sa.text(
            "SELECT f.sha256, f.seq, CAST(c.code AS text) FROM fingerprints AS f"
            " LEFT JOIN codes AS c ON c.kind = f.kind AND c.number = f.seq"
            " WHERE f.kind = :kind AND f.sha256 = ANY(:ids)"
        )
        with self._ledger.reads() as connection:
            rows = connection.execute(query, {"kind": self._kind, "ids": ids})
            return {id_: (number, bits) for id_, number, bits in rows}


def rebuild(connection: Connection) -> int:
    """Empties `codes` and fills it from `fingerprints`, in the caller's transaction; gives how many it holds then."""
    connection.execute(sa.text("DELETE FROM codes"))
    connection.execute(
        sa.text("UPDATE fingerprints SET code = code WHERE work IS NOT NULL AND code IS NOT NULL")  # the trigger
    )
    return int(connection.execute(sa.text("SELECT count(*) FROM codes")).scalar_one())


def _has_pgvector(connection: Connection) -> bool:
    found = connection.execute(sa.text("SELECT to_regoperator('<~>(bit,bit)') IS NOT NULL"))
    return bool(found.scalar())


def _bits(code: bytes) -> str:
    if len(code) != CODE_BYTES:
        raise LedgerError(f"a code has {CODE_BYTES} bytes, not {len(code)}", code="ledger_value")
    return f"{int.from_bytes(code):0{CODE_BITS}b}"
