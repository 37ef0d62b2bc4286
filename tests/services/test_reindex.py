"""Codes of another making are made anew from the kept pictures, and only those."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from tests.analysis.pictures import encoded, painting
from tests.services.sample import Desk, upload, view

from creditline.fingerprints.perceptual import KIND
from creditline.fingerprints.variants import CROP_KINDS
from creditline.ledger import queries
from creditline.ledger.schema import fingerprints
from creditline.model.settings import Settings
from creditline.services import reindex

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from creditline.model.observation import Observation

SENT = encoded(painting(1), quality=90)
SERVED = encoded(painting(1).resize((160, 120)), quality=80)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path)
    yield opened
    opened.close()


def spoil(desk: Desk, **values: Any) -> None:
    """Codes as an older Creditline might have made them."""
    with desk.ledger.writes() as connection:
        connection.execute(fingerprints.update().values(**values))


def codes(desk: Desk, seen: Observation) -> dict[str, bytes | None]:
    rows = queries.fingerprints(desk.ledger, [str(seen.sha256)])
    return {row.fingerprint.kind: row.fingerprint.code for row in rows if row.fingerprint.kind.startswith(KIND)}


def test_older_codes_are_made_anew(desk: Desk) -> None:
    """Each picture gets the codes that it would get today: a sent one its crops, too, a served one none."""
    (sent,), (served,) = desk.see(upload(("a.jpg", SENT))), desk.see(view(SERVED))
    before = codes(desk, sent), codes(desk, served)
    spoil(desk, version=0, code=bytes(32))
    with desk.ledger.writes() as connection:  # a ledger from before there were crops
        connection.execute(sa.text("DELETE FROM fingerprints WHERE kind LIKE '%/%'"))
    told: list[tuple[int, int]] = []

    done = reindex.rebuild(desk.ledger, Settings(), progress=lambda *where: told.append(where))

    assert (2, ()) == (done.pictures, done.unreadable)
    assert before == (codes(desk, sent), codes(desk, served))
    assert {KIND, *CROP_KINDS} == set(before[0])
    assert [(1, 2), (2, 2)] == told
    assert 0 == reindex.rebuild(desk.ledger, Settings()).pictures


def test_what_cannot_be_read_is_said_and_kept(desk: Desk) -> None:
    """A picture whose file is damaged or gone keeps the codes that it has."""
    (sent,) = desk.see(upload(("a.jpg", SENT)))
    spoil(desk, version=0)
    desk.ledger.blobs.remove(str(sent.sha256))

    done = reindex.rebuild(desk.ledger, Settings())

    assert (0, (sent.sha256,)) == (done.pictures, done.unreadable)
    assert codes(desk, sent)[KIND] is not None


def test_the_search_in_numbers(desk: Desk, ledger_database: str) -> None:
    """The engine that is in force, its memory, and each kind."""
    desk.see(upload(("a.jpg", SENT)))

    found = reindex.stats(desk.ledger, Settings())
    faiss = reindex.stats(desk.ledger, Settings(index="faiss"))

    assert {"sqlite": "memory", "postgresql": "database"}[ledger_database] == found["engine"]
    assert "faiss" == faiss["engine"]
    kinds = {kind["kind"]: kind for kind in found["kinds"]}
    assert {KIND, *CROP_KINDS} <= set(kinds)
    assert 40 * len(kinds) == faiss["memory"]
    assert (1, 1, 0, 0) == tuple(kinds[KIND][name] for name in ("pictures", "searched", "undecodable", "outdated"))
