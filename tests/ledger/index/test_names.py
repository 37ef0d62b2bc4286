"""Numbers stand for ids, one for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from creditline.ledger import retention, schema
from creditline.ledger.index.linear import LinearIndex
from creditline.ledger.index.names import LedgerNames, MemoryNames
from creditline.ledger.store import Ledger
from creditline.model.errors import LedgerError, NotFoundError
from creditline.model.observation import Fingerprint, Observation
from creditline.model.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path, Settings()) as opened:
        yield opened


def test_names_in_memory() -> None:
    """An id has a number only once it was new, and keeps it."""
    names = MemoryNames()

    assert names.number("a") is None
    assert (0, 1, 0) == tuple(names.number(name, new=True) for name in ("a", "b", "a"))
    assert ["b", "a"] == names.ids([1, 0])


def test_names_in_the_ledger(ledger: Ledger) -> None:
    """An id is a picture's SHA-256; its number is that of its fingerprint of one kind."""
    for kind in ("k", "other"):
        ledger.put_fingerprint("a" * 64, Fingerprint(kind, bytes(32)))
    names, others = LedgerNames(ledger, "k"), LedgerNames(ledger, "other")

    number = names.number("a" * 64, new=True)

    assert number is not None
    assert number != others.number("a" * 64)
    assert ["", "a" * 64] == names.ids([10**6, number])
    assert names.number("b" * 64) is None
    with pytest.raises(NotFoundError):
        names.number("b" * 64, new=True)


def test_a_purged_picture_is_no_longer_found(ledger: Ledger) -> None:
    """An index that has not yet heard of a purge gives no hit without an id, and no other picture in its place."""
    work = ledger.new_work()
    ledger.append(Observation("1", "2026-11-24", "original", "cli", sha256="a" * 64, work=work))
    ledger.put_fingerprint("a" * 64, Fingerprint("k", bytes(32)), work)
    index = LinearIndex.load(ledger, "k")
    retention.purge(ledger, work=work)
    other = ledger.new_work()
    ledger.put_fingerprint("b" * 64, Fingerprint("k", b"\xff" * 32), other)
    index.add("b" * 64, b"\xff" * 32)

    assert [("b" * 64, 256)] == index.within(bytes(32), 256)


@pytest.mark.parametrize("code", [b"short", b"a" * 33])
def test_a_damaged_code_is_said(ledger: Ledger, code: bytes) -> None:
    """A code that is not 32 bytes stops the loading with `ledger_damaged`."""
    ledger.put_fingerprint("a" * 64, Fingerprint("k", bytes(32)), ledger.new_work())
    with ledger.writes() as connection:
        connection.execute(sa.text("UPDATE fingerprints SET code = :code"), {"code": code})
        assert connection.scalar(sa.select(sa.func.count()).select_from(schema.fingerprints)) == 1

    with pytest.raises(LedgerError) as caught:
        LinearIndex.load(ledger, "k")
    assert "ledger_damaged" == caught.value.code
