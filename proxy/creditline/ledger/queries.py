"""What the ledger knows, as frozen values. Nothing here writes.

Lists page by cursor: `after` is the last id of the page before. Every function raises `LedgerError` when the
database refuses and `NotFoundError` for an id or cursor that is not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from creditline.ledger import records, rows, schema
from creditline.ledger.moments import microseconds
from creditline.ledger.overview import counts, sites, work, works
from creditline.ledger.selects import LIMIT, portions, verdict_rows
from creditline.model.errors import NotFoundError
from creditline.model.observation import Fingerprint, Observation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection

    from creditline.ledger.store import Ledger

__all__ = [
    "LIMIT",
    "by_sha256",
    "counts",
    "fingerprints",
    "kept_pictures",
    "known_pixels",
    "latest_id",
    "misses",
    "newest",
    "observation",
    "observations",
    "personal_values",
    "picture",
    "purged_at",
    "reading",
    "reading_versions",
    "recent_pictures",
    "seen_in",
    "sites",
    "verdict",
    "verdicts",
    "work",
    "works",
]


def observations(
    ledger: Ledger,
    *,
    site: str | None = None,
    since: str | None = None,
    stage: str | None = None,
    work: str | None = None,
    role: str | None = None,
    after: str | None = None,
    newest_first: bool = False,
    limit: int | None = LIMIT,
) -> list[Observation]:
    """Observations in the order in which they were recorded (or the reverse), from the cursor on.

    With the last id seen as `after` and the default order this gives what is new. `since` is ISO 8601.
    """
    table = schema.observations
    query = sa.select(table).order_by(table.c.seq.desc() if newest_first else table.c.seq).limit(limit)
    for column, value in (
        (table.c.site, site),
        (table.c.stage, stage),
        (table.c.work, work),
        (table.c.role, role),
    ):
        if value is not None:
            query = query.where(column == value)
    if since is not None:
        query = query.where(table.c.moment >= microseconds(since))
    with ledger.reads() as connection:
        if after is not None:
            cursor = _cursor(connection, table, after)
            query = query.where(table.c.seq < cursor if newest_first else table.c.seq > cursor)
        return [records.observation_of(row) for row in connection.execute(query).mappings()]


def observation(ledger: Ledger, identity: str) -> Observation:
    """One observation."""
    query = sa.select(schema.observations).where(schema.observations.c.id == identity)
    with ledger.reads() as connection:
        row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFoundError(f"there is no observation {identity!r:.80}", next_step="creditline log lists them")
    return records.observation_of(row)


def purged_at(ledger: Ledger, identity: str) -> str | None:
    """When the observation's personal values were purged; None while they are there."""
    query = sa.select(schema.observations.c.purged).where(schema.observations.c.id == identity)
    with ledger.reads() as connection:
        row = connection.execute(query).first()
    if row is None:
        raise NotFoundError(f"there is no observation {identity!r:.80}")
    return None if row[0] is None else str(row[0])


def by_sha256(ledger: Ledger, sha256: str, *, limit: int | None = LIMIT) -> list[Observation]:
    """Where and when a picture was seen with exactly these bytes, oldest first."""
    query = (
        sa.select(schema.observations)
        .where(schema.observations.c.sha256 == sha256)
        .order_by(schema.observations.c.seq)
    )
    with ledger.reads() as connection:
        return [records.observation_of(row) for row in connection.execute(query.limit(limit)).mappings()]


def by_exchange(ledger: Ledger, exchanges: Iterable[str]) -> list[Observation]:
    """What exchanges with these ids left, oldest first."""
    table = schema.observations
    found: list[Observation] = []
    with ledger.reads() as connection:
        for some in portions(list(exchanges)):
            rows_ = connection.execute(sa.select(table).where(table.c.exchange.in_(some)).order_by(table.c.seq))
            found += [records.observation_of(row) for row in rows_.mappings()]
    return found


def seen_in(ledger: Ledger, sha256s: Iterable[str], stages: Iterable[str]) -> list[Observation]:
    """Where pictures of known works were seen at one of the stages, oldest first; what was purged was not."""
    table = schema.observations
    found: list[Observation] = []
    with ledger.reads() as connection:
        for some in portions(list(sha256s)):
            query = sa.select(table).where(
                table.c.sha256.in_(some),
                table.c.stage.in_(tuple(stages)),
                table.c.work.is_not(None),
                table.c.purged.is_(None),
            )
            rows_ = connection.execute(query.order_by(table.c.seq)).mappings()
            found += [records.observation_of(row) for row in rows_]
    return found


def recent_pictures(
    ledger: Ledger, *, stages: Iterable[str], site: str | None, since: str | None, limit: int
) -> list[str]:
    """SHA-256 of kept pictures of known works, last seen first, those of `site` before all others.

    With `since` (ISO 8601) older ones are left out, but for those of the site and those of no site. No `site` is any.
    """
    table, kept = schema.observations, schema.pictures
    here = table.c.site == site if site is not None else sa.true()
    query = (
        sa.select(table.c.sha256)
        .join(kept, kept.c.sha256 == table.c.sha256)
        .where(table.c.stage.in_(tuple(stages)), table.c.work.is_not(None), kept.c.kept)
        .group_by(table.c.sha256)
        .order_by(sa.func.max(sa.case((here, 1), else_=0)).desc(), sa.func.max(table.c.seq).desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(here | table.c.site.is_(None) | (table.c.moment >= microseconds(since)))
    with ledger.reads() as connection:
        return list(connection.execute(query).scalars())


def latest_id(ledger: Ledger) -> str | None:
    """The last observation's id: where live events begin."""
    query = sa.select(schema.observations.c.id).order_by(schema.observations.c.seq.desc()).limit(1)
    with ledger.reads() as connection:
        found = connection.execute(query).scalar()
    return None if found is None else str(found)


def newest(ledger: Ledger) -> str:
    """The numbers of the last observation and of the last verdict: another text when something was added."""
    with ledger.reads() as connection:
        last = [
            connection.execute(sa.select(sa.func.max(table.c.seq))).scalar() or 0
            for table in (schema.observations, schema.verdicts)
        ]
    return ".".join(map(str, last))


def verdicts(
    ledger: Ledger,
    *,
    work: str | None = None,
    site: str | None = None,
    latest: bool = True,
    after: str | None = None,
    limit: int | None = LIMIT,
) -> list[rows.VerdictRow]:
    """Verdicts, newest first; `latest` leaves out those that a newer one on the same copy replaced."""
    query = sa.select(schema.verdicts).order_by(schema.verdicts.c.seq.desc()).limit(limit)
    for column, value in ((schema.verdicts.c.work, work), (schema.verdicts.c.site, site)):
        if value is not None:
            query = query.where(column == value)
    if latest:
        query = query.where(schema.verdicts.c.holds)
    with ledger.reads() as connection:
        if after is not None:
            query = query.where(schema.verdicts.c.seq < _cursor(connection, schema.verdicts, after))
        return verdict_rows(connection, query)


def verdict(ledger: Ledger, identity: str) -> rows.VerdictRow:
    """One verdict."""
    with ledger.reads() as connection:
        found = verdict_rows(connection, sa.select(schema.verdicts).where(schema.verdicts.c.id == identity))
    if not found:
        raise NotFoundError(f"there is no verdict {identity!r:.80}")
    return found[0]


def misses(ledger: Ledger) -> list[rows.MissRow]:
    """What could not be recorded, the latest first."""
    query = sa.select(schema.missed).order_by(schema.missed.c.at.desc(), schema.missed.c.code)
    with ledger.reads() as connection:
        found = connection.execute(query).mappings().all()
    return [rows.MissRow(**{**row, "site": row["site"] or None}) for row in found]


def reading(ledger: Ledger, sha256: str) -> dict[str, Any] | None:
    """The newest reading of a picture (contract §3); None when it was never read, or purged."""
    newest = schema.readings.c.seq.desc()
    query = (
        sa.select(schema.readings.c.inspection).where(schema.readings.c.sha256 == sha256).order_by(newest).limit(1)
    )
    with ledger.reads() as connection:
        found: dict[str, Any] | None = connection.execute(query).scalar()
    return found


def reading_versions(ledger: Ledger, sha256: str) -> list[str]:
    """Versions of the readers that read a picture, the latest put first."""
    query = (
        sa.select(schema.readings.c.reader)
        .where(schema.readings.c.sha256 == sha256)
        .order_by(schema.readings.c.seq.desc())
    )
    with ledger.reads() as connection:
        return list(connection.execute(query).scalars())


def picture(ledger: Ledger, sha256: str) -> rows.PictureRow:
    """A picture by its bytes."""
    with ledger.reads() as connection:
        row = (
            connection.execute(sa.select(schema.pictures).where(schema.pictures.c.sha256 == sha256))
            .mappings()
            .first()
        )
    if row is None:
        raise NotFoundError(f"there is no picture {sha256!r:.80}")
    return rows.PictureRow(**row)


def kept_pictures(ledger: Ledger) -> set[str]:
    """Every picture whose bytes should be in the store: what `Blobs.orphans` compares with."""
    with ledger.reads() as connection:
        return set(connection.execute(sa.select(schema.pictures.c.sha256).where(schema.pictures.c.kept)).scalars())


def fingerprints(ledger: Ledger, sha256s: Iterable[str]) -> list[rows.FingerprintRow]:
    """Every fingerprint of the pictures, in no order: what a search's hits stand for."""
    found: list[rows.FingerprintRow] = []
    with ledger.reads() as connection:
        for some in portions(list(sha256s)):
            found += _prints(connection, schema.fingerprints.c.sha256.in_(some))
    return found


def known_pixels(ledger: Ledger, pixels: str) -> list[rows.FingerprintRow]:
    """Pictures of known works that decode to exactly these pixels (hex SHA-256), oldest first."""
    with ledger.reads() as connection:
        return _prints(
            connection, (schema.fingerprints.c.pixels == pixels) & schema.fingerprints.c.work.is_not(None)
        )


def own_originals(ledger: Ledger, sha256s: Iterable[str]) -> list[str]:
    """Which of these bytes were registered as originals of works of the user's own, oldest first."""
    seen, works = schema.observations, schema.works
    query = (
        sa.select(seen.c.sha256)
        .join(works, works.c.id == seen.c.work)
        .where(seen.c.sha256.in_(list(sha256s)[:LIMIT]), seen.c.stage == "original", works.c.mine)
        .order_by(seen.c.seq)
    )
    with ledger.reads() as connection:
        return list(dict.fromkeys(connection.execute(query).scalars()))


def _prints(connection: Connection, condition: sa.ColumnElement[bool]) -> list[rows.FingerprintRow]:
    query = sa.select(schema.fingerprints).where(condition).order_by(schema.fingerprints.c.seq)
    return [
        rows.FingerprintRow(
            row.sha256, row.work, Fingerprint(row.kind, row.code, row.quality, row.pixels, row.missed, row.luma)
        )
        for row in connection.execute(query)
    ]


def personal_values(ledger: Ledger, identity: str) -> dict[str, tuple[str | None, bytes | None, str]]:
    """For each personal field of an observation that had one: value, salt (None once purged), digest.

    For evidence: with value and salt anyone can check the digest that the chain covers.
    """
    query = sa.select(schema.observations).where(schema.observations.c.id == identity)
    with ledger.reads() as connection:
        row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFoundError(f"there is no observation {identity!r:.80}")
    return {
        name: (row[name], row[f"{name}_salt"], row[f"{name}_digest"])
        for name in schema.PERSONAL
        if row[f"{name}_digest"] is not None
    }


def _cursor(connection: Connection, table: sa.Table, identity: str) -> int:
    found = connection.execute(sa.select(table.c.seq).where(table.c.id == identity)).scalar()
    if found is None:
        raise NotFoundError(f"there is nothing after {identity!r:.80}: no such id")
    return int(found)
