"""Forgetting: personal values, readings and bytes go; the chain and the counts stay.

A purged observation keeps its digests, so the chain still verifies. Bytes, reading and fingerprints of a picture
go with the last observation that was not purged. A purged verdict keeps its outcomes, not its values.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from creditline.ledger import engine, rows, writes
from creditline.ledger.moments import iso, microseconds
from creditline.ledger.schema import (
    PERSONAL,
    credentials,
    fingerprints,
    links,
    missed,
    observations,
    pictures,
    readings,
    verdicts,
    works,
)
from creditline.ledger.selects import portions
from creditline.model.errors import NotFoundError, UsageError
from creditline.model.observation import SCREENSHOT

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from creditline.ledger.store import Ledger

DAY = 86_400_000_000
"""Microseconds of a day."""


class _DryRun(Exception):  # noqa: N818 - no error: the way out of a transaction that must not be kept
    pass


def purge(
    ledger: Ledger,
    *,
    work: str | None = None,
    site: str | None = None,
    before: str | None = None,
    account: str | None = None,
    dry_run: bool = False,
) -> rows.Purged:
    """Purges what meets every condition given; `dry_run` only says what that would be.

    `before` is ISO 8601, the moment itself excluded. An in-memory index must drop `Purged.pictures`.

    Raises:
        UsageError: no condition at all, or no time.
        NotFoundError: no such work.
    """
    given = (work, site, before, account)
    if all(value is None for value in given):
        raise UsageError(
            "purge needs to know what", next_step="name a --work, --site, --account or a time --before"
        )
    conditions: list[sa.ColumnElement[bool]] = []
    lapsed: sa.ColumnElement[bool] = sa.false()
    if work is not None:
        conditions.append(observations.c.work == work)
    if site is not None:
        conditions.append(observations.c.site == site)
    if account is not None:
        conditions.append(observations.c.account == account)
    if before is not None:
        conditions.append(observations.c.moment < microseconds(before))
    if work is None and account is None:
        place = sa.true() if site is None else missed.c.site == site
        lapsed = place if before is None else place & (missed.c.at < iso(microseconds(before)))
    return _purge(ledger, sa.and_(*conditions), lapsed, work, dry_run)


def expire(ledger: Ledger, *, now: str, days: int, dry_run: bool = False) -> rows.Purged:
    """Purges what is older than so many days and in no case.

    In a case is what belongs to a work of the user's own (`mine`) or to one that was held (`Ledger.hold`), and a page
    that was kept as evidence.
    """
    limit = microseconds(now) - days * DAY
    held = sa.select(works.c.id).where(works.c.mine | (works.c.state == rows.CASE))
    loose = observations.c.work.is_(None) | observations.c.work.not_in(held)
    loose &= observations.c.role != SCREENSHOT
    return _purge(ledger, (observations.c.moment < limit) & loose, missed.c.at < iso(limit), None, dry_run)


def _purge(
    ledger: Ledger,
    condition: sa.ColumnElement[bool],
    lapsed: sa.ColumnElement[bool],
    work: str | None,
    dry_run: bool,
) -> rows.Purged:
    done = rows.Purged(dry_run=dry_run)
    try:
        with ledger.writes() as connection:
            writes.head(connection, lock=True)
            if (
                work is not None
                and not connection.execute(sa.select(works.c.id).where(works.c.id == work)).first()
            ):
                raise NotFoundError(f"there is no work {work!r:.80}")
            done = replace(_forget(connection, condition, work, ledger.now()), dry_run=dry_run)
            connection.execute(missed.delete().where(lapsed))
            if dry_run:
                raise _DryRun
            # Under the writer's lock: nobody can record these pictures anew between the two.
            for sha256 in done.pictures:
                ledger.blobs.remove(sha256)
    except _DryRun:
        return done
    engine.forget_pages(ledger.engine)
    return done


def _forget(connection: Connection, condition: sa.ColumnElement[bool], work: str | None, now: str) -> rows.Purged:
    table = observations
    chosen = sa.select(table.c.seq, table.c.id, table.c.sha256, *(table.c[name] for name in PERSONAL))
    found = connection.execute(chosen.where(condition, table.c.purged.is_(None))).all()
    empty: dict[str, Any] = {"purged": now}
    for name in PERSONAL:
        empty |= {name: None, f"{name}_salt": None}
    connection.execute(table.update().where(condition, table.c.purged.is_(None)).values(**empty))

    ids = [row.id for row in found]
    judged = gone_links = 0
    for some in portions(ids):
        rests_on = verdicts.c.original.in_(some) | verdicts.c.uploaded.in_(some) | verdicts.c.served.in_(some)
        judged += _empty_verdicts(connection, rests_on | _beside_export(some))
        gone_links += connection.execute(links.delete().where(links.c.observation.in_(some))).rowcount
    if work is not None:
        judged += _empty_verdicts(connection, verdicts.c.work == work)

    dead, size, read, printed = _forget_pictures(connection, sorted({row.sha256 for row in found if row.sha256}))
    return rows.Purged(
        observations=len(found),
        values=sum(value is not None for row in found for value in row[3:]),
        readings=read,
        fingerprints=printed,
        verdicts=judged,
        links=gone_links,
        works=_empty_works(connection, work),
        bytes=size,
        pictures=tuple(dead),
    )


def _beside_export(some: list[str]) -> sa.ColumnElement[bool]:
    """Verdicts that pictures of an account export stand beside: those of the same work on the same site."""
    gone = observations.alias()
    return sa.exists().where(
        gone.c.id.in_(some),
        gone.c.stage == "exported",
        gone.c.work == verdicts.c.work,
        gone.c.site == verdicts.c.site,
    )


def _empty_verdicts(connection: Connection, condition: sa.ColumnElement[bool]) -> int:
    there = verdicts.c.audit.is_not(None)
    return connection.execute(verdicts.update().where(condition, there).values(audit=None)).rowcount


def _forget_pictures(connection: Connection, candidates: list[str]) -> tuple[list[str], int, int, int]:
    dead: list[str] = []
    size = read = printed = 0
    for some in portions(candidates):
        living = sa.select(observations.c.sha256).where(
            observations.c.sha256.in_(some), observations.c.purged.is_(None)
        )
        alive = set(connection.execute(living).scalars())
        gone = [sha256 for sha256 in some if sha256 not in alive]
        kept = pictures.c.sha256.in_(gone) & pictures.c.kept
        size += int(connection.execute(sa.select(sa.func.sum(pictures.c.bytes)).where(kept)).scalar() or 0)
        connection.execute(pictures.update().where(kept).values(kept=False))
        read += connection.execute(readings.delete().where(readings.c.sha256.in_(gone))).rowcount
        connection.execute(credentials.delete().where(credentials.c.sha256.in_(gone)))
        printed += connection.execute(fingerprints.delete().where(fingerprints.c.sha256.in_(gone))).rowcount
        dead += gone
    return dead, size, read, printed


def _empty_works(connection: Connection, work: str | None) -> int:
    """Titles (often file names) of works of which everything seen is purged; the named work's in any case."""
    seen = sa.select(observations.c.work).where(observations.c.work == works.c.id)
    emptied = sa.exists(seen) & ~sa.exists(seen.where(observations.c.purged.is_(None)))
    if work is not None:
        emptied = emptied | (works.c.id == work)
    to_do = works.update().where(emptied, works.c.state != rows.PURGED)
    return connection.execute(to_do.values(title=None, state=rows.PURGED)).rowcount
