"""What pages and API ask the ledger for; the one place in the server that knows its queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from creditline.ledger import overview, queries
from creditline.model.errors import NotFoundError
from creditline.model.observation import SCREENSHOT
from creditline.services.scoreboard import scoreboard

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from creditline.ledger import rows
    from creditline.ledger.store import Ledger
    from creditline.ledger.tallies import Tally
    from creditline.model.observation import Observation
    from creditline.services.scoreboard import Score
    from creditline.services.summaries import Summaries


@dataclass(frozen=True, slots=True)
class Listing[T]:
    """One page of a list; `next` is the cursor of what follows, None at the end."""

    items: tuple[T, ...]
    next: str | None = None


class Lookups:
    """Reads only, from any thread. What is not there raises NotFoundError, a ledger that fails LedgerError."""

    def __init__(self, ledger: Ledger, summaries: Summaries | None = None) -> None:
        self._ledger = ledger
        self._summaries = summaries

    def now(self) -> str:
        """The ledger's clock."""
        return self._ledger.now()

    def newest(self) -> str:
        """A name for the ledger's present state: it changes with each observation and each verdict."""
        return queries.newest(self._ledger)

    def counts(self) -> rows.Counts:
        """The ledger in numbers."""
        return self._summaries.counts() if self._summaries else overview.counts(self._ledger)

    def months(self, site: str) -> list[Tally]:
        """What became of the scoreboard's columns on a site, month by month."""
        return self._summaries.months(site) if self._summaries else []

    def scores(self) -> Sequence[Score]:
        """The scoreboard."""
        return self._summaries.scores() if self._summaries else scoreboard(self._ledger)

    def observations(
        self,
        *,
        limit: int,
        site: str | None = None,
        since: str | None = None,
        stage: str | None = None,
        work: str | None = None,
        after: str | None = None,
    ) -> Listing[Observation]:
        """Observations, newest first."""
        found = queries.observations(
            self._ledger,
            site=site,
            since=since,
            stage=stage,
            work=work,
            after=after,
            newest_first=True,
            limit=limit + 1,
        )
        return _listing(found, limit)

    def screenshots(self, site: str, *, limit: int) -> list[Observation]:
        """Pages of a site that were kept as evidence, newest first; what was purged is not there any more."""
        found = queries.observations(self._ledger, site=site, role=SCREENSHOT, newest_first=True, limit=limit)
        return [page for page in found if page.url is not None]

    def observation(self, identity: str) -> Observation | None:
        """One observation, None when it is not there: an audit may outlive what it rests on."""
        try:
            return queries.observation(self._ledger, identity)
        except NotFoundError:
            return None

    def verdicts(
        self, *, limit: int, site: str | None = None, after: str | None = None
    ) -> Listing[rows.VerdictRow]:
        """The audits that hold, newest first."""
        return _listing(queries.verdicts(self._ledger, site=site, after=after, limit=limit + 1), limit)

    def verdict(self, identity: str) -> rows.VerdictRow:
        """One audit."""
        return queries.verdict(self._ledger, identity)

    def works(self, *, limit: int, after: str | None = None) -> Listing[rows.WorkRow]:
        """Works, newest first."""
        return _listing(overview.works(self._ledger, after=after, limit=limit + 1), limit)

    def work(self, identity: str) -> rows.WorkDetail:
        """One work with all that was seen of it."""
        return overview.work(self._ledger, identity)

    def sites(self) -> list[rows.SiteRow]:
        """Sites, most recently seen first."""
        return self._summaries.sites() if self._summaries else overview.sites(self._ledger)

    def site(self, name: str) -> rows.SiteRow:
        """One site."""
        found = next((site for site in self.sites() if site.site == name), None)
        if found is None:
            raise NotFoundError("no such site is on record")
        return found

    def misses(self) -> list[rows.MissRow]:
        """What could not be recorded, the latest first."""
        return queries.misses(self._ledger)

    def reading(self, sha256: str) -> Mapping[str, Any] | None:
        """What a picture says (contract §3); None when it was never read, or purged."""
        return queries.reading(self._ledger, sha256)

    def picture(self, sha256: str) -> bytes | None:
        """A picture's bytes, None where they are not kept."""
        try:
            return self._ledger.blobs.get(sha256)
        except NotFoundError:
            return None

    def kept(self, sha256: str | None) -> bool:
        """Whether a picture's bytes are kept."""
        return sha256 is not None and self._ledger.blobs.has(sha256)


def _listing[T](found: Sequence[T], limit: int) -> Listing[T]:
    more = len(found) > limit
    items = tuple(found[:limit])
    return Listing(items, getattr(items[-1], "id") if more and items else None)  # noqa: B009 - every row has an id
