"""Queries give back what was put, in order and in pages."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from creditline.ledger import chain, queries
from creditline.ledger.store import Ledger
from creditline.model.errors import NotFoundError, UsageError
from creditline.model.observation import Fingerprint, Observation
from creditline.model.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path, Settings()) as opened:
        yield opened


def add(ledger: Ledger, name: str, **changes: Any) -> Observation:
    facts = {"at": "2026-11-24T13:00:00Z", "stage": "uploaded", "via": "proxy"} | changes
    return ledger.append(Observation(id=name, **facts))


def ids(found: list[Observation]) -> list[str]:
    return [seen.id for seen in found]


def test_observations_are_filtered(ledger: Ledger) -> None:
    """Site, stage, work and time narrow the list; times are compared as times."""
    work = ledger.new_work("cat")
    add(ledger, "a", site="x", work=work)
    add(ledger, "b", site="y", stage="served", at="2026-11-24T13:00:00.5Z")
    add(ledger, "c", site="x", at="2026-11-24T15:00:00+01:00")

    assert ["a", "c"] == ids(queries.observations(ledger, site="x"))
    assert ["b"] == ids(queries.observations(ledger, stage="served"))
    assert ["a"] == ids(queries.observations(ledger, work=work))
    assert ["b", "c"] == ids(queries.observations(ledger, since="2026-11-24T13:00:00.1Z"))
    assert ["c"] == ids(queries.observations(ledger, site="x", since="2026-11-24T14:00:00Z"))
    with pytest.raises(UsageError):
        queries.observations(ledger, since="lately")


def test_observations_page_both_ways(ledger: Ledger) -> None:
    """Pages neither overlap nor leave gaps, forwards for live events, backwards for lists."""
    for name in "dbeca":
        add(ledger, name)

    assert ["d", "b"] == ids(queries.observations(ledger, limit=2))
    assert ["e", "c"] == ids(queries.observations(ledger, after="b", limit=2))
    assert [] == queries.observations(ledger, after="a")
    assert ["a", "c"] == ids(queries.observations(ledger, newest_first=True, limit=2))
    assert ["e", "b", "d"] == ids(queries.observations(ledger, newest_first=True, after="c"))
    assert 5 == len(queries.observations(ledger, limit=None))
    assert "a" == queries.latest_id(ledger)
    with pytest.raises(NotFoundError):
        queries.observations(ledger, after="none")


def test_what_is_not_there(ledger: Ledger) -> None:
    """An unknown id is NotFoundError, an unknown picture's reading None."""
    for query in (
        queries.observation,
        queries.purged_at,
        queries.verdict,
        queries.picture,
        queries.personal_values,
        queries.work,
    ):
        with pytest.raises(NotFoundError):
            query(ledger, "none")
    assert queries.reading(ledger, "a" * 64) is None
    assert queries.latest_id(ledger) is None
    assert [] == queries.fingerprints(ledger, [])


def test_a_pictures_sightings(ledger: Ledger) -> None:
    """The same bytes seen at several places are found by their hash, oldest first."""
    for name, sha256 in (("a", "1" * 64), ("b", "2" * 64), ("c", "1" * 64)):
        add(ledger, name, sha256=sha256)

    assert ["a", "c"] == ids(queries.by_sha256(ledger, "1" * 64))


def test_known_pixels_belong_to_a_work(ledger: Ledger) -> None:
    """Only pictures of known works answer for their pixels."""
    work = ledger.new_work("cat")
    ledger.put_fingerprint("1" * 64, Fingerprint("k", bytes(32), pixels="p"), work)
    ledger.put_fingerprint("2" * 64, Fingerprint("k", bytes(32), pixels="p"))

    assert [("1" * 64, work)] == [(row.sha256, row.work) for row in queries.known_pixels(ledger, "p")]


def test_many_ids_are_asked_in_portions(ledger: Ledger) -> None:
    """More ids than one statement takes are no error."""
    ledger.put_fingerprint("1" * 64, Fingerprint("k", bytes(32)))

    assert 1 == len(queries.fingerprints(ledger, [f"{n:064}" for n in range(40_000)] + ["1" * 64]))


def audit(
    served: str | None, outcome: str, uploaded: str | None = None, variant: str | None = None
) -> dict[str, Any]:
    return {
        "stages": {
            "original": None,
            "uploaded": uploaded and {"observation": uploaded, "url": "u"},
            "served": served and {"observation": served, "url": "https://x.test/s", "variant": variant},
        },
        "match": {"verdict": "same-work"},
        "fields": [{"id": "creator", "outcome": outcome}],
        "summary": {"cmi_lost": outcome == "removed"},
    }


def test_the_latest_verdict_holds(ledger: Ledger) -> None:
    """A recomputed verdict replaces the one before in lists, and both can be had; newest first, in pages."""
    work = ledger.new_work("cat")
    add(ledger, "up", site="x", work=work)
    add(ledger, "s1", site="x", stage="served", work=work, url="https://x.test/s1")
    first = ledger.put_verdict(audit("s1", "removed"), work=work, site="x")
    second = ledger.put_verdict(audit("s1", "kept", uploaded="up"), work=work, site="x")
    small = ledger.put_verdict(audit("s1", "kept", variant="small"), work=work, site="x")
    upload = ledger.put_verdict(audit(None, "removed", uploaded="up"), work=work, site="x")

    assert [upload, small, second] == [verdict.id for verdict in queries.verdicts(ledger, work=work)]
    everything = [verdict.id for verdict in queries.verdicts(ledger, site="x", latest=False)]
    assert [upload, small, second, first] == everything
    assert [second, first] == [v.id for v in queries.verdicts(ledger, latest=False, after=small, limit=2)]
    assert [] == queries.verdicts(ledger, site="y")


def test_addresses_come_back_from_the_observation(ledger: Ledger) -> None:
    """A verdict shows the address that its observation still holds, never one of its own."""
    add(ledger, "up")
    add(ledger, "s1", stage="served", url="https://x.test/s1")
    ledger.put_verdict(audit("s1", "removed", uploaded="up"))

    (verdict,) = queries.verdicts(ledger)

    assert verdict.audit is not None
    assert "https://x.test/s1" == verdict.audit["stages"]["served"]["url"]
    assert verdict.audit["stages"]["uploaded"]["url"] is None


def test_personal_values_can_be_proved(ledger: Ledger) -> None:
    """Value and salt give the digest that the chain covers."""
    seen = add(ledger, "a", account="ann", url="https://x.test/")

    values = queries.personal_values(ledger, "a")

    assert {"account", "url"} == set(values)
    for value, salt, digest in values.values():
        assert salt is not None
        assert digest == hashlib.sha256(salt + str(value).encode()).hexdigest()
    assert seen.chain == chain.link(seen, {name: digest for name, (_, _, digest) in values.items()})


def test_where_works_were_seen(ledger: Ledger) -> None:
    """Of many pictures at once, only at the stages asked for and only as known works, oldest first."""
    work = ledger.new_work("cat")
    add(ledger, "a", sha256="1" * 64, work=work, stage="original")
    add(ledger, "b", sha256="2" * 64, work=work)
    add(ledger, "c", sha256="1" * 64, work=work, stage="served")
    add(ledger, "d", sha256="3" * 64)

    asked = ["2" * 64, "1" * 64, "3" * 64, *(f"{n:064}" for n in range(40_000, 42_000))]
    assert ["a", "b"] == ids(queries.seen_in(ledger, asked, ("original", "uploaded")))
    assert [] == queries.seen_in(ledger, [], ("original",))


def test_recent_pictures(ledger: Ledger) -> None:
    """A site's own come first and at any age, then those of no site, and others while they are recent; latest first."""
    work = ledger.new_work("cat")
    for name, site, at in (
        ("1", "x", "2025-01-01T00:00:00Z"),
        ("2", "y", "2025-01-01T00:00:00Z"),
        ("3", "y", "2026-11-20T00:00:00Z"),
        ("4", None, "2025-01-01T00:00:00Z"),
        ("5", "x", "2026-11-21T00:00:00Z"),
        ("6", "x", "2026-11-21T00:00:00Z"),
    ):
        sha256 = hashlib.sha256(name.encode()).hexdigest()
        add(ledger, name, site=site, at=at, sha256=sha256, work=None if name == "6" else work)
        ledger.put_picture(sha256, name.encode())
    add(ledger, "7", site="x", sha256="7" * 64, work=work)  # its bytes were never kept

    def names(**asked: Any) -> list[str]:
        asked = {"stages": ("uploaded",), "site": "x", "since": "2026-11-01T00:00:00Z", "limit": 10} | asked
        return [ledger.blobs.get(sha256).decode() for sha256 in queries.recent_pictures(ledger, **asked)]

    assert ["5", "1", "4", "3"] == names()
    assert ["5", "1"] == names(limit=2)
    assert ["5", "4", "3", "2", "1"] == names(site=None, since=None)
    assert [] == names(stages=("original",))


@pytest.mark.sqlite
def test_lists_come_from_an_index_in_their_order(ledger: Ledger) -> None:
    """No list of verdicts is sorted by the database, and one work's are not looked for among all that hold."""
    asked: list[tuple[str, Any]] = []

    def keep(_: object, __: object, statement: str, parameters: object, *___: object) -> None:
        asked.append((statement, parameters))

    sa.event.listen(ledger.engine, "before_cursor_execute", keep)
    work = ledger.new_work("cat")
    asked.clear()
    queries.verdicts(ledger)
    queries.work(ledger, work)
    sa.event.remove(ledger.engine, "before_cursor_execute", keep)
    with ledger.reads() as connection:
        plans = [
            [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            for statement, parameters in asked
            if "FROM verdicts" in statement
        ]

    assert [
        ["SEARCH verdicts USING INDEX ix_verdicts_holds_seq (holds=?)"],
        ["SEARCH verdicts USING COVERING INDEX ix_verdicts_work_holds (work=? AND holds=?)"],
        ["SEARCH verdicts USING INDEX ix_verdicts_work_holds (work=? AND holds=?)"],
    ] == plans
