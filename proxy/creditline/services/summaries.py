"""Counts over the whole ledger, kept for a while: a page never waits for a sum over a hundred thousand observations.

A small ledger is counted anew each time. A large one is given as it was counted last, while a thread counts again; how
old that may be grows with what it costs.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from creditline.ledger import overview, queries, tallies
from creditline.model.errors import CreditlineError
from creditline.services.scoreboard import Score, scoreboard
from creditline.vocab.scoreboard import GROUPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from creditline.ledger.rows import Counts, SiteRow
    from creditline.ledger.store import Ledger
    from creditline.ledger.tallies import Tally

log = logging.getLogger(__name__)

SMALL = 3_000
"""Observations and verdicts up to which every sum is quick."""
LEAST_AGE = 5.0
"""Seconds for which a slow sum holds at least."""
SHARE = 20.0
"""A sum that takes a second holds for so many: counting never takes more than a twentieth of a core."""


class _Kept[T]:
    """One sum. `count` may raise what the ledger raises; a failure in the background keeps the old value."""

    def __init__(self, count: Callable[[], T], small: Callable[[], bool], clock: Callable[[], float]) -> None:
        self._count = count
        self._small = small
        self._clock = clock
        self._lock = threading.Lock()
        self._value: T | None = None
        self._took = 0.0
        self._at = 0.0
        self._running = False

    def get(self) -> T:
        value = self._value
        if value is None or self._small():
            return self._again()
        if self._clock() - self._at > max(LEAST_AGE, SHARE * self._took):
            with self._lock:
                start = not self._running
                self._running = True
            if start:
                threading.Thread(target=self._behind, name="creditline-summaries", daemon=True).start()
        return value

    def _again(self) -> T:
        start = self._clock()
        value = self._count()
        self._took, self._at, self._value = self._clock() - start, self._clock(), value
        return value

    def _behind(self) -> None:
        try:
            self._again()
        except CreditlineError as error:
            log.info("counting again failed: %s", error.code)
        finally:
            self._running = False


class Summaries:
    """The sums that pages show; safe from any thread."""

    def __init__(self, ledger: Ledger, *, clock: Callable[[], float] = time.monotonic) -> None:
        def small() -> bool:
            return sum(map(int, queries.newest(ledger).split("."))) <= SMALL

        self._counts = _Kept(lambda: overview.counts(ledger), small, clock)
        self._sites = _Kept(lambda: overview.sites(ledger), small, clock)
        self._scores = _Kept(lambda: scoreboard(ledger), small, clock)
        self._months = _Kept(lambda: _by_site(tallies.fields(ledger, groups=GROUPS, by_month=True)), small, clock)

    def counts(self) -> Counts:
        """The ledger in numbers."""
        return self._counts.get()

    def sites(self) -> list[SiteRow]:
        """Sites, most recently seen first."""
        return self._sites.get()

    def scores(self) -> tuple[Score, ...]:
        """The scoreboard."""
        return self._scores.get()

    def months(self, site: str) -> list[Tally]:
        """What became of the scoreboard's columns on one site, month by month."""
        return self._months.get().get(site, [])

    def warm(self) -> None:
        """Counts everything once, so that the first page does not have to."""
        for get in (self._counts.get, self._sites.get, self._scores.get, self._months.get):
            get()


def _by_site(found: list[Tally]) -> dict[str | None, list[Tally]]:
    by: dict[str | None, list[Tally]] = {}
    for tally in found:
        by.setdefault(tally.site, []).append(tally)
    return by
