"""Puts the steps of one upload together by the ids that they share."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from creditline.pipeline.values import Row
    from creditline.vocab.site_profile import Profile

MAX_LEASES = 2000
"""Leases remembered at once; the oldest goes first. A page asks for a lease moments before it uses it."""
MAX_HOPS = 3
"""From an upload to its lease, and from there to a later request that names the lease's id."""
MAX_JOINS = 20
"""Keys that one upload leaves for later steps."""


class Leases:
    """What was told of uploads that are still to come, or still being put together; in memory only, each row for
    its time to live."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rows: OrderedDict[tuple[str, str, str], tuple[float, Row]] = OrderedDict()

    def remember(self, site: str, rows: Iterable[Row], ttl: float) -> None:
        """Keep each row under each of its values."""
        until = self._clock() + ttl
        for row in rows:
            for name, value in row.items():
                self._rows[site, name, value] = (until, row)
                self._rows.move_to_end((site, name, value))
        while len(self._rows) > MAX_LEASES:
            self._rows.popitem(last=False)

    def complete(self, site: str, row: Row) -> Row:
        """A row of an upload with what rows that share a value said, and rows that share one of theirs; the upload's
        own values win."""
        for _ in range(MAX_HOPS):
            more: Row = {}
            for name, value in row.items():
                until, known = self._rows.get((site, name, value), (0.0, {}))
                if until > self._clock():
                    more |= known
            if more.keys() <= row.keys():
                break
            row = more | row
        return row


def row_of(rows: Sequence[Row], number: int, pictures: int) -> Row:
    """The ids of one of several pictures that were sent at once.

    Where the rows are not as many as the pictures, nobody knows whose they are: only one row for one picture counts.
    """
    return rows[number] if len(rows) == pictures and number < pictures else {}


def join_keys(profile: Profile, row: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The (rule, key) pairs under which later steps of the same upload find it."""
    names = {name for link in profile.link for name, _ in link.request}
    if profile.finish is not None:
        names |= {name for name, _ in profile.finish.request}
    return tuple((f"{profile.id}/{name}", row[name]) for name in sorted(names & row.keys()))[:MAX_JOINS]
