"""Works, sites and the whole ledger at a glance: what is counted rather than listed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from creditline.ledger import records, rows, selects
from creditline.ledger.moments import iso
from creditline.ledger.schema import fingerprints, missed, observations, outcomes, pictures, verdicts
from creditline.ledger.schema import works as works_table
from creditline.model.errors import NotFoundError
from creditline.model.observation import SCREENSHOT

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from creditline.ledger.store import Ledger

MAX_SITES = 5
"""Sites named in a work's row: what a line of the dashboard holds."""

SAME = ("identical", "same-pixels", "same-work", "contains")
"""Match verdicts whose fields were compared (`model.audit.Match.same`)."""

_STAGE_COUNT = {"original": "originals", "uploaded": "uploaded", "served": "served", "exported": "exported"}
_KINDS = {"field": "fields", "carrier": "carriers", "judgement": "judgements"}


def works(ledger: Ledger, *, limit: int | None = selects.LIMIT, after: str | None = None) -> list[rows.WorkRow]:
    """Works, the newest first, from the cursor on."""
    query = sa.select(works_table).order_by(works_table.c.id.desc()).limit(limit)
    if after is not None:
        query = query.where(works_table.c.id < after)
    with ledger.reads() as connection:
        return _work_rows(connection, query)


def work(ledger: Ledger, identity: str) -> rows.WorkDetail:
    """A work, everything seen of it and every verdict that holds, oldest first.

    Raises:
        NotFoundError: no such work.
    """
    seen = sa.select(observations).where(observations.c.work == identity).order_by(observations.c.seq)
    judged = sa.select(verdicts).where(verdicts.c.work == identity, verdicts.c.holds)
    with ledger.reads() as connection:
        found = _work_rows(connection, sa.select(works_table).where(works_table.c.id == identity))
        if not found:
            raise NotFoundError(f"there is no work {identity!r:.80}")
        return rows.WorkDetail(
            found[0],
            tuple(records.observation_of(row) for row in connection.execute(seen).mappings()),
            tuple(selects.verdict_rows(connection, judged.order_by(verdicts.c.seq))),
        )


def _work_rows(connection: Connection, query: sa.Select[Any]) -> list[rows.WorkRow]:
    found = {row["id"]: dict(row) for row in connection.execute(query).mappings()}
    table = observations
    for some in selects.portions(list(found)):
        here = table.c.work.in_(some)
        per_stage = sa.select(table.c.work, table.c.stage, sa.func.count(), sa.func.max(table.c.moment))
        last: dict[str, int] = {}
        for name, stage, count, moment in connection.execute(
            per_stage.where(here).group_by(table.c.work, table.c.stage)
        ):
            found[name][_STAGE_COUNT[stage]] = count
            last[name] = max(last.get(name, moment), moment)
        for name, moment in last.items():
            found[name]["last_seen"] = iso(moment)
        for name, count in connection.execute(
            sa.select(verdicts.c.work, sa.func.count())
            .where(verdicts.c.work.in_(some), verdicts.c.holds)
            .group_by(verdicts.c.work)
        ):
            found[name]["verdicts"] = count
        _add_sites(connection, found, some)
        _add_thumbnails(connection, found, some)
    return [rows.WorkRow(**row) for row in found.values()]


def _add_sites(connection: Connection, found: dict[str, dict[str, Any]], some: list[str]) -> None:
    table, newest = observations, sa.func.max(observations.c.seq)
    sites: defaultdict[str, list[str]] = defaultdict(list)
    for name, site, _ in connection.execute(
        sa.select(table.c.work, table.c.site, newest)
        .where(table.c.work.in_(some), table.c.site.is_not(None))
        .group_by(table.c.work, table.c.site)
        .order_by(newest.desc())
    ):
        sites[name].append(site)
    for name, names in sites.items():
        found[name]["sites"] = tuple(names[:MAX_SITES])


def _add_thumbnails(connection: Connection, found: dict[str, dict[str, Any]], some: list[str]) -> None:
    kept = (
        sa.select(observations.c.work, observations.c.sha256, sa.func.min(observations.c.seq).label("first"))
        .join(pictures, pictures.c.sha256 == observations.c.sha256)
        .where(observations.c.work.in_(some), pictures.c.kept)
        .group_by(observations.c.work, observations.c.sha256)
        .order_by(sa.text("first"))
    )
    for name, sha256, _ in connection.execute(kept):
        # The work's own file is the best likeness; else the first that was kept.
        if found[name].get("thumbnail") is None or sha256 == found[name]["sha256"]:
            found[name]["thumbnail"] = sha256


def sites(ledger: Ledger) -> list[rows.SiteRow]:
    """Every site that something was seen of, the latest seen first."""
    table = observations
    found: dict[str, dict[str, Any]] = {}
    with ledger.reads() as connection:
        for site, uploaded, served, count, moment in connection.execute(
            sa.select(
                table.c.site,
                sa.func.sum(sa.case((table.c.stage == "uploaded", 1), else_=0)),
                sa.func.sum(sa.case(((table.c.stage == "served") & (table.c.role != SCREENSHOT), 1), else_=0)),
                sa.func.count(table.c.work.distinct()),
                sa.func.max(table.c.moment).label("last"),
            )
            .where(table.c.site.is_not(None))
            .group_by(table.c.site)
            .order_by(sa.desc("last"), table.c.site)
        ):
            facts = {"uploaded": int(uploaded), "served": int(served), "works": count, "last_seen": iso(moment)}
            found[site] = {"site": site, **facts, "fields": {}, "carriers": {}, "judgements": {}}
        holds = (
            verdicts.c.site.in_(sa.select(table.c.site)),
            verdicts.c.holds,
            verdicts.c.match.in_(SAME),
        )
        lost = sa.func.sum(sa.case((verdicts.c.lost, 1), else_=0))
        judged = sa.select(verdicts.c.site, sa.func.count(), lost).where(*holds).group_by(verdicts.c.site)
        for site, count, losing in connection.execute(judged):
            found[site] |= {"verdicts": count, "lost": int(losing)}
        per_name = (verdicts.c.site, outcomes.c.kind, outcomes.c.name, outcomes.c.outcome)
        for site, kind, name, outcome, times in connection.execute(
            sa.select(*per_name, sa.func.sum(outcomes.c.times))
            .join(verdicts, verdicts.c.seq == outcomes.c.verdict)
            .where(*holds)
            .group_by(*per_name)
        ):
            found[site][_KINDS[kind]].setdefault(name, {})[outcome] = int(times)
    return [rows.SiteRow(**row) for row in found.values()]


def counts(ledger: Ledger) -> rows.Counts:
    """The ledger in numbers. A site strips when the latest verdict on one of its copies says so."""
    table = observations
    stripping = (
        sa.select(verdicts.c.site)
        .where(
            verdicts.c.lost,
            verdicts.c.site.is_not(None),
            verdicts.c.holds,
            verdicts.c.match.in_(SAME),
        )
        .distinct()
        .order_by(verdicts.c.site)
    )
    with ledger.reads() as connection:

        def number(query: sa.Select[Any]) -> int:
            return int(connection.execute(query).scalar() or 0)

        stages = {
            _STAGE_COUNT[stage]: count
            for stage, count in connection.execute(
                sa.select(table.c.stage, sa.func.count()).where(table.c.role != SCREENSHOT).group_by(table.c.stage)
            )
        }
        return rows.Counts(
            observations=number(sa.select(sa.func.count()).select_from(table)),
            **stages,
            works=number(sa.select(sa.func.count()).select_from(works_table)),
            sites=number(sa.select(sa.func.count(table.c.site.distinct()))),
            stripping_sites=tuple(connection.execute(stripping).scalars()),
            verdicts=number(sa.select(sa.func.count()).select_from(verdicts)),
            pictures=number(sa.select(sa.func.count()).select_from(pictures).where(pictures.c.kept)),
            bytes=number(sa.select(sa.func.sum(pictures.c.bytes)).where(pictures.c.kept)),
            fingerprints=number(sa.select(sa.func.count(fingerprints.c.code))),
            missed=number(sa.select(sa.func.sum(missed.c.times))),
        )
