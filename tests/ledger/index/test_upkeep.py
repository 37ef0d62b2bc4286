"""The numbers of the search are those of the ledger, and codes of an older making are known as such."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from creditline.ledger import queries
from creditline.ledger.index import upkeep
from creditline.ledger.rows import Batch, NewWork
from creditline.ledger.store import Ledger
from creditline.model.errors import LedgerError
from creditline.model.observation import Fingerprint, Observation
from creditline.model.settings import Settings
from creditline.vocab.thresholds import CODE_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KIND = "creditline.pdq.1"
OLD = CODE_VERSION - 1


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path, Settings()) as opened:
        yield opened


def keep(ledger: Ledger, data: bytes, *prints: Fingerprint) -> str:
    """A kept picture with these codes."""
    sha256 = hashlib.sha256(data).hexdigest()
    seen = Observation(data.decode(), "2026-11-24T13:00:00Z", "original", "cli", sha256=sha256)
    ledger.record(Batch(seen, data=data, work=NewWork("cat"), fingerprints=prints))
    return sha256


def age(ledger: Ledger, sha256: str) -> None:
    with ledger.writes() as connection:
        older = sa.text("UPDATE fingerprints SET version = :old WHERE sha256 = :sha256")
        connection.execute(older, {"old": OLD, "sha256": sha256})


def test_each_kind_is_counted(ledger: Ledger) -> None:
    """How many there are, how many can be found by, and of which making."""
    first = keep(ledger, b"a", Fingerprint(KIND, bytes(32)), Fingerprint("other", bytes(32)))
    keep(ledger, b"b", Fingerprint(KIND, None, missed="no picture"))
    ledger.put_fingerprint("c" * 64, Fingerprint(KIND, bytes(32)))
    age(ledger, first)

    found = {row.kind: row for row in upkeep.kinds(ledger)}

    assert [KIND, "other"] == list(found)
    row = found[KIND]
    assert (3, 1, 1, 1) == (row.pictures, row.searched, row.undecodable, row.outdated)
    assert {OLD: 1, CODE_VERSION: 2} == dict(row.versions)


def test_only_older_makings_of_kept_pictures_are_due(ledger: Ledger) -> None:
    """A kind and those under it; what has no bytes cannot be made anew; `every` takes the rest, too."""
    crop = Fingerprint(f"{KIND}/1:1", bytes(32))
    first, second = (keep(ledger, data, Fingerprint(KIND, bytes(32)), crop) for data in (b"a", b"b"))
    other = keep(ledger, b"c", Fingerprint("creditline.pdq.10", bytes(32)))
    ledger.put_fingerprint("d" * 64, Fingerprint(KIND, bytes(32)))
    for sha256 in (first, other, "d" * 64):
        age(ledger, sha256)

    assert [first] == [sha256 for sha256, _ in upkeep.outdated(ledger, KIND)]
    assert [first, second] == [sha256 for sha256, _ in upkeep.outdated(ledger, KIND, every=True)]


def test_codes_made_anew_keep_their_work(ledger: Ledger) -> None:
    """New code, this version, the same work; a failure among them leaves all as they were."""
    sha256 = keep(ledger, b"a", Fingerprint(KIND, bytes(32)))
    age(ledger, sha256)
    ((_, work),) = upkeep.outdated(ledger, KIND)
    bad = (sha256, work, [Fingerprint(KIND, b"\xff" * 32), Fingerprint(KIND, b"short")])

    with pytest.raises(LedgerError):
        upkeep.replace(ledger, [bad])
    assert [sha256] == [due for due, _ in upkeep.outdated(ledger, KIND)]
    upkeep.replace(ledger, [(sha256, work, [Fingerprint(KIND, b"\xff" * 32, 90)])])

    (row,) = queries.fingerprints(ledger, [sha256])
    assert (work, b"\xff" * 32, 90) == (row.work, row.fingerprint.code, row.fingerprint.quality)
    assert [] == upkeep.outdated(ledger, KIND)


def test_only_a_database_that_searches_is_refilled(ledger: Ledger, ledger_database: str) -> None:
    """SQLite has no table of codes; PostgreSQL's holds every code that can be found by."""
    keep(ledger, b"a", Fingerprint(KIND, bytes(32)))

    assert {"sqlite": None, "postgresql": 1}[ledger_database] == upkeep.refill(ledger)
