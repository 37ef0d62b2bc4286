"""PostgreSQL, scanning its own codes, gives the same answers, and cannot fall out of step with the fingerprints."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from tests.ledger.index.conformance import CODES, RADII, STEPS, agrees, brute, name

from creditline.ledger import retention
from creditline.ledger.index import postgres
from creditline.ledger.index.linear import LinearIndex
from creditline.ledger.index.postgres import PostgresIndex
from creditline.ledger.store import Ledger
from creditline.model.errors import LedgerError, NotFoundError
from creditline.model.observation import Fingerprint, Observation
from creditline.model.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.postgresql
KIND = "creditline.pdq.1"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path, Settings()) as opened:
        yield opened


class _Added(PostgresIndex):
    """Puts a fingerprint into the ledger where the conformance run only adds a code."""

    work: str

    def add(self, id: str, code: bytes) -> None:  # noqa: A002
        self.bulk_load([(id, code)])

    def bulk_load(self, items: list[tuple[str, bytes]]) -> None:  # type: ignore[override]
        for id_, _ in items:
            self._ledger.put_fingerprint(id_, Fingerprint(KIND, b"\x55" * 32), self.work)
        super().bulk_load(items)


@given(steps=STEPS, query=CODES, radius=RADII)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_agrees_with_brute_force(
    ledger: Ledger, steps: list[tuple[str, int, bytes]], query: bytes, radius: int
) -> None:
    """The conformance run."""
    with ledger.writes() as connection:
        connection.execute(sa.text("DELETE FROM codes"))
    index = _Added.load(ledger, KIND)
    index.work = ledger.new_work()
    agrees(index, steps, query, radius)


def fill(ledger: Ledger, count: int) -> dict[str, bytes]:
    """So many pictures of one work, and their codes."""
    work = ledger.new_work("cat")
    held = {name(number): os.urandom(32) for number in range(count)}
    for id_, code in held.items():
        ledger.put_fingerprint(id_, Fingerprint(KIND, code), work)
    return held


def test_it_answers_as_the_embedded_engine_does(ledger: Ledger) -> None:
    """Of one ledger both search the same: codes of the kind that belong to a work, those added later included."""
    engines = [PostgresIndex.load(ledger, KIND), LinearIndex.load(ledger, KIND)]
    held = fill(ledger, 30)
    ledger.put_fingerprint("a" * 64, Fingerprint(KIND, bytes(32)))
    ledger.put_fingerprint("b" * 64, Fingerprint("other", bytes(32)), ledger.new_work())
    ledger.put_fingerprint("c" * 64, Fingerprint(KIND, None, missed="no picture"), ledger.new_work())

    for code in (bytes(32), next(iter(held.values()))):
        assert [brute(held, code, 128)] * 2 == [engine.within(code, 128) for engine in engines]
    assert [30, 30] == [len(engine) for engine in engines]


def test_codes_follow_their_fingerprints(ledger: Ledger) -> None:
    """A work that becomes known, another code and a purge are seen by the next search, with no word from anyone."""
    index = PostgresIndex.load(ledger, KIND)
    work = ledger.new_work()
    ledger.append(Observation("1", "2026-11-24", "original", "cli", sha256="a" * 64, work=work))
    ledger.put_fingerprint("a" * 64, Fingerprint(KIND, bytes(32)))
    assert [] == index.within(bytes(32), 0)

    ledger.put_fingerprint("a" * 64, Fingerprint(KIND, bytes(32)), work)
    assert [("a" * 64, 0)] == index.within(bytes(32), 0)
    ledger.put_fingerprint("a" * 64, Fingerprint(KIND, b"\xff" * 32))
    assert [("a" * 64, 256)] == index.within(bytes(32), 256)
    retention.purge(ledger, work=work)
    assert [] == index.within(bytes(32), 256)


def test_a_transaction_that_fails_leaves_no_code(ledger: Ledger) -> None:
    """Fingerprint and code come and go together."""
    index = PostgresIndex.load(ledger, KIND)
    held = fill(ledger, 3)

    with pytest.raises(ZeroDivisionError), ledger.writes() as connection:
        connection.execute(sa.text("DELETE FROM fingerprints"))
        raise ZeroDivisionError

    assert brute(held, bytes(32), 256) == index.within(bytes(32), 256)


def test_codes_lie_in_partitions_by_number(ledger: Ledger) -> None:
    """Five million numbers on there is another partition, and both are searched."""
    held = fill(ledger, 1)
    with ledger.writes() as connection:
        connection.execute(sa.text("SELECT setval(pg_get_serial_sequence('fingerprints', 'seq'), 12345678)"))
    held |= {name(7): bytes(32)}
    ledger.put_fingerprint(name(7), Fingerprint(KIND, bytes(32)), ledger.new_work())

    with ledger.reads() as connection:
        lie_in = connection.execute(sa.text("SELECT DISTINCT tableoid::regclass::text FROM codes")).scalars().all()
    assert {"0", "2"} == {leaf.rpartition("_")[2] for leaf in lie_in}
    assert brute(held, bytes(32), 256) == PostgresIndex.load(ledger, KIND).within(bytes(32), 256)


def test_codes_that_were_lost_come_back(ledger: Ledger) -> None:
    """What somebody took out of the table of codes is there again after a rebuild."""
    held = fill(ledger, 5)
    index = PostgresIndex.load(ledger, KIND)
    assert index.remove(name(1))
    assert not index.remove(name(1))
    assert 4 == len(index)

    with ledger.writes() as connection:
        assert 5 == postgres.rebuild(connection)

    assert brute(held, bytes(32), 256) == index.within(bytes(32), 256)


def test_what_it_refuses(ledger: Ledger) -> None:
    """Codes of another length, and pictures that the ledger has no fingerprint of."""
    index = PostgresIndex.load(ledger, KIND)

    for code in (b"", bytes(31), bytes(33)):
        with pytest.raises(LedgerError):
            index.within(code, 1)
        with pytest.raises(LedgerError):
            index.add("a" * 64, code)
    with pytest.raises(NotFoundError):
        index.add("a" * 64, bytes(32))
