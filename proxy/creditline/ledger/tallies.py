"""What became of fields, counted by posting: one upload to a site, however many sizes of it the site serves.

A posting counts with the worst that was seen of it: a field that one of its copies lacks was removed. Only verdicts
that hold and whose copy shows the work are counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from creditline.ledger.moments import iso, microseconds
from creditline.ledger.overview import SAME
from creditline.ledger.schema import observations, outcomes, verdicts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from creditline.ledger.store import Ledger

RANKS = ("not_examined", "unreadable", "added", "kept", "moved", "altered", "removed")
"""Outcomes, the worst last."""


class Scope(NamedTuple):
    """What is counted: everything, or one site, one work, one period (ISO 8601; `until` itself excluded)."""

    site: str | None = None
    work: str | None = None
    since: str | None = None
    until: str | None = None


class Tally(NamedTuple):
    """So many postings whose worst outcome of one name was this. `hop` is two stages, joined by `>`.

    `month` (`2026-08`) is when the copy was seen, `profile` the site profile's date, both None where not asked for.
    """

    site: str | None
    kind: str
    name: str
    outcome: str
    hop: str | None
    month: str | None
    profile: str | None
    times: int


class SiteTally(NamedTuple):
    """A site's postings that were compared, those with a loss, and when its copies were first and last seen."""

    site: str | None
    postings: int
    lost: int
    copies: int
    works: int
    first: str
    last: str


_POSTING = sa.func.coalesce(verdicts.c.uploaded, verdicts.c.work, verdicts.c.id)
_SEEN = sa.func.coalesce(verdicts.c.served, verdicts.c.uploaded)
_RANK = sa.case(*((outcomes.c.outcome == name, str(rank)) for rank, name in enumerate(RANKS)), else_="0")
# One string holds rank and hop, so that the worst row of a posting brings its own hop along.
_WORST = sa.func.max(_RANK + sa.func.coalesce(outcomes.c.hop, ""))


def _holds(scope: Scope) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [verdicts.c.holds, verdicts.c.match.in_(SAME)]
    if scope.site is not None:
        conditions.append(verdicts.c.site == scope.site)
    if scope.work is not None:
        conditions.append(verdicts.c.work == scope.work)
    if scope.since is not None:
        conditions.append(observations.c.moment >= microseconds(scope.since))
    if scope.until is not None:
        conditions.append(observations.c.moment < microseconds(scope.until))
    return conditions


def fields(
    ledger: Ledger,
    scope: Scope = Scope(),  # noqa: B008 - a frozen value
    *,
    groups: Mapping[str, Iterable[tuple[str, str]]] | None = None,
    by_month: bool = False,
    by_profile: bool = False,
) -> list[Tally]:
    """Per site, kind and name, how many postings came to which end.

    With `groups` (group → (kind, name) pairs) the members of a group are counted as one thing of that name, its kind
    `group`, and all else is left out.
    """
    kind: Any = outcomes.c.kind
    name: Any = outcomes.c.name
    conditions = [*_holds(scope), outcomes.c.kind != "carrier"]
    if groups is not None:
        members = {group: [*pairs] for group, pairs in groups.items()}
        name = sa.case(
            *(
                ((outcomes.c.kind == of) & (outcomes.c.name == member), group)
                for group, pairs in members.items()
                for of, member in pairs
            ),
        )
        kind = sa.literal("group")
        every = {member for pairs in members.values() for _, member in pairs}
        conditions.append(outcomes.c.name.in_(every))
    extra = [sa.func.min(observations.c.moment).label("moment")] if by_month else []
    profile: list[Any] = [observations.c.profile.label("profile")] if by_profile else []
    per = sa.select(
        verdicts.c.site.label("site"),
        kind.label("kind"),
        name.label("name"),
        _WORST.label("worst"),
        *extra,
        *profile,
    ).select_from(outcomes.join(verdicts, verdicts.c.seq == outcomes.c.verdict))
    if by_month or by_profile or scope.since or scope.until:
        per = per.join(observations, observations.c.id == _SEEN)
    keys = [verdicts.c.site, name, _POSTING, *([observations.c.profile] if by_profile else [])]
    if groups is None:
        keys.insert(1, outcomes.c.kind)
    one = per.where(*conditions).group_by(*keys).subquery()
    columns = [one.c.site, one.c.kind, one.c.name, one.c.worst]
    # SQL cuts to days, Python names the month: databases do not agree on calendars.
    more: list[Any] = [(one.c.moment // 86_400_000_000).label("day")] if by_month else []
    more += [one.c.profile] if by_profile else []
    query = sa.select(*columns, sa.func.count().label("times"), *more).group_by(*columns, *more)
    with ledger.reads() as connection:
        found = connection.execute(query).mappings().all()
    counted: dict[tuple[str | None, str, str, str, str | None, str | None, str | None], int] = {}
    for row in found:
        if row["name"] is None:
            continue
        worst = row["worst"]
        month = iso(int(row["day"]) * 86_400_000_000)[:7] if by_month else None
        profile_ = row["profile"] if by_profile else None
        key = (row["site"], row["kind"], row["name"], RANKS[int(worst[0])], worst[1:] or None, month, profile_)
        counted[key] = counted.get(key, 0) + int(row["times"])
    return [Tally(*key, times) for key, times in counted.items()]


def sites(ledger: Ledger, scope: Scope = Scope()) -> list[SiteTally]:  # noqa: B008 - a frozen value
    """Every site of the scope with how many postings were compared and how many had a loss; most postings first."""
    one = (
        sa.select(
            verdicts.c.site.label("site"),
            sa.func.max(sa.case((verdicts.c.lost, 1), else_=0)).label("lost"),
            sa.func.count().label("copies"),
            sa.func.max(verdicts.c.work).label("work"),
            sa.func.min(observations.c.moment).label("first"),
            sa.func.max(observations.c.moment).label("last"),
        )
        .select_from(verdicts.join(observations, observations.c.id == _SEEN))
        .where(*_holds(scope))
        .group_by(verdicts.c.site, _POSTING)
        .subquery()
    )
    query = (
        sa.select(
            one.c.site,
            sa.func.count(),
            sa.func.sum(one.c.lost),
            sa.func.sum(one.c.copies),
            sa.func.count(one.c.work.distinct()),
            sa.func.min(one.c.first),
            sa.func.max(one.c.last),
        )
        .group_by(one.c.site)
        .order_by(sa.func.count().desc(), one.c.site)
    )
    with ledger.reads() as connection:
        return [
            SiteTally(site, int(n), int(lost), int(copies), int(works), iso(int(first)), iso(int(last)))
            for site, n, lost, copies, works, first, last in connection.execute(query)
        ]


def lost_postings(ledger: Ledger, names: Iterable[str], scope: Scope = Scope()) -> int:  # noqa: B008
    """Postings of which at least one of the fields named was removed or altered."""
    joined = outcomes.join(verdicts, verdicts.c.seq == outcomes.c.verdict)
    if scope.since or scope.until:
        joined = joined.join(observations, observations.c.id == _SEEN)
    one = (
        sa.select(verdicts.c.site, _POSTING.label("posting"))
        .select_from(joined)
        .where(
            *_holds(scope),
            outcomes.c.kind == "field",
            outcomes.c.name.in_(list(names)),
            outcomes.c.outcome.in_(("removed", "altered")),
        )
        .distinct()
        .subquery()
    )
    with ledger.reads() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(one)).scalar() or 0)


def examples(
    ledger: Ledger,
    scope: Scope = Scope(),  # noqa: B008 - a frozen value
    *,
    limit: int,
) -> list[str]:
    """Ids of verdicts that show best what happens: a loss first, then with all stages seen, the newest first.

    Of several copies of one work on one site only one is given.
    """
    joined = verdicts.join(observations, observations.c.id == _SEEN)
    newest = (
        sa.select(sa.func.max(verdicts.c.seq).label("seq"))
        .select_from(joined)
        .where(*_holds(scope), verdicts.c.audit.is_not(None))
        .group_by(verdicts.c.site, verdicts.c.work)
        .subquery()
    )
    stages = sa.case((verdicts.c.uploaded.is_not(None), 1), else_=0)
    query = (
        sa.select(verdicts.c.id)
        .join(newest, newest.c.seq == verdicts.c.seq)
        .order_by(verdicts.c.lost.desc(), stages.desc(), verdicts.c.seq.desc())
        .limit(limit)
    )
    with ledger.reads() as connection:
        return list(connection.execute(query).scalars())
