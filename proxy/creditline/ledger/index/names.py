"""Ids behind an engine's numbers: held in memory, or looked up in the ledger, which costs no memory at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from creditline.ledger.index.interface import CODE_BYTES
from creditline.ledger.schema import fingerprints
from creditline.ledger.selects import portions
from creditline.model.errors import LedgerError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from creditline.ledger.store import Ledger

_PAGE = 20_000  # rows fetched at a time while loading: their objects stay in the processor's cache


class MemoryNames:
    """Numbers given out in order; for indexes that no ledger stands behind."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, id: str, *, new: bool = False) -> int | None:  # noqa: A002 - the interface's word
        """The id's number; a fresh one where it is `new`."""
        if new and id not in self._numbers:
            self._numbers[id] = len(self._ids)
            self._ids.append(id)
        return self._numbers.get(id)

    def ids(self, numbers: Sequence[int]) -> list[str]:
        """The ids of numbers, in their order."""
        return [self._ids[number] for number in numbers]


class LedgerNames:
    """The rows of `fingerprints` of one kind are the numbers; an id is a picture's SHA-256."""

    def __init__(self, ledger: Ledger, kind: str) -> None:
        self._ledger = ledger
        self._kind = kind

    def number(self, id: str, *, new: bool = False) -> int | None:  # noqa: A002 - the interface's word
        """The row's number. A `new` one must be in the ledger first: `Ledger.put_fingerprint`."""
        query = sa.select(fingerprints.c.seq).where(fingerprints.c.sha256 == id, fingerprints.c.kind == self._kind)
        with self._ledger.reads() as connection:
            found = connection.execute(query).scalar()
        if found is None and new:
            raise NotFoundError(f"the ledger holds no {self._kind} fingerprint of {id!r:.80}")
        return None if found is None else int(found)

    def ids(self, numbers: Sequence[int]) -> list[str]:
        """SHA-256 of the rows; those that were purged since are left out of no place but stand empty."""
        found: dict[int, str] = {}
        with self._ledger.reads() as connection:
            for some in portions(list(numbers)):
                query = sa.select(fingerprints.c.seq, fingerprints.c.sha256).where(fingerprints.c.seq.in_(some))
                found.update((row.seq, row.sha256) for row in connection.execute(query))
        return [found.get(number, "") for number in numbers]

    def count(self) -> int:
        """At most so many codes `codes` gives: rows of all kinds, which an index of the database counts at once."""
        query = sa.select(sa.func.count()).select_from(fingerprints)
        with self._ledger.reads() as connection:
            return int(connection.execute(query).scalar_one())

    def codes(self, after: int = -1) -> Iterator[tuple[Sequence[int], bytes]]:
        """Numbers above `after`, rising, and joined codes of known works' pictures, in pages from the driver.

        Raises:
            LedgerError: a code that is not of 32 bytes (`ledger_damaged`).
        """
        query = sa.select(fingerprints.c.seq, fingerprints.c.code).where(*self._searched())
        query = query.where(fingerprints.c.seq > after)
        with self._ledger.reads() as connection:
            # SQLAlchemy's rows would double the time of a cold load of a million codes.
            result = connection.execute(query.order_by(fingerprints.c.seq))
            cursor: Any = result.cursor
            while page := cursor.fetchmany(_PAGE):
                numbers, codes = zip(*page, strict=True)
                # Over a million codes a loop in Python would take a tenth of the whole.
                if set(map(type, codes)) != {bytes} or set(map(len, codes)) != {CODE_BYTES}:
                    raise LedgerError("a stored fingerprint is damaged", code="ledger_damaged")
                yield numbers, b"".join(codes)
            result.close()

    def _searched(self) -> tuple[sa.ColumnElement[bool], ...]:
        """Only pictures of known works are candidates; a stranger's copy leads nowhere."""
        columns = fingerprints.c
        return columns.kind == self._kind, columns.code.is_not(None), columns.work.is_not(None)
