"""A report without a format: what was observed, how often, how sure, and what it does not show.

Strings of strangers are plain text in here. Each renderer escapes them in its own way, and none trusts them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from creditline.analysis.intervals import Interval, wilson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creditline.report.statutory import Exposure

SCHEMA = "creditline/report/1"
HAD = ("kept", "moved", "altered", "removed")
"""Outcomes of what the earlier file had and both files could tell: they make up n."""
LOST = ("altered", "removed")
OUTCOMES = ("removed", "altered", "moved", "kept", "added", "unreadable", "not_examined")
"""The order of columns."""


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one field, or of one judgement (AI label, C2PA, consent), on one site.

    `counts` are postings by outcome; `hops` says between which stages, in words, and how often. `category` is the
    paragraph of § 1202(c), None for what is no copyright management information.
    """

    site: str
    kind: str
    id: str
    label: str
    category: int | None
    counts: Mapping[str, int]
    hops: tuple[tuple[str, int], ...] = ()

    @property
    def n(self) -> int:
        """Postings whose earlier file had it, and that could be compared."""
        return sum(self.counts.get(outcome, 0) for outcome in HAD)

    @property
    def lost(self) -> int:
        """Those of `n` in which it was removed or altered."""
        return sum(self.counts.get(outcome, 0) for outcome in LOST)

    @property
    def interval(self) -> Interval:
        """The share lost, generalised."""
        return wilson(self.lost, self.n)


@dataclass(frozen=True, slots=True)
class SiteLine:
    """One site: postings compared, those with any loss, copies and works behind them, first and last seen."""

    site: str
    postings: int
    lost: int
    copies: int
    works: int
    first: str
    last: str
    lines: tuple[Line, ...] = ()

    @property
    def told(self) -> tuple[Line, ...]:
        """Lines that a table for people has: those with any end but `kept`, without fields that are no one's rights."""
        return tuple(
            line
            for line in self.lines
            if _matters(line) and line.counts.get("kept", 0) < sum(line.counts.values())
        )

    @property
    def kept(self) -> tuple[Line, ...]:
        """Lines of the same kind that were kept every time."""
        return tuple(line for line in self.lines if _matters(line) and line not in self.told)

    @property
    def interval(self) -> Interval:
        """The share of postings with a loss, generalised."""
        return wilson(self.lost, self.postings)


def _matters(line: Line) -> bool:
    return line.kind == "judgement" or line.category is not None


@dataclass(frozen=True, slots=True)
class Picture:
    """One stage of an example; `image` is a WebP, JPEG or PNG preview made by us, None where no bytes are kept."""

    stage: str
    sha256: str
    facts: str
    image: bytes | None
    media_type: str = "image/jpeg"


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an example, its value at each stage as text."""

    label: str
    values: tuple[tuple[str, str], ...]
    outcome: str
    where: str


@dataclass(frozen=True, slots=True)
class Example:
    """One comparison, shown."""

    title: str
    site: str
    at: str
    work: str
    verdict: str
    sentences: tuple[str, ...]
    pictures: tuple[Picture, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """Everything a report says. `scope` is what it is about in words; `answers` are the three of its first page.

    `site` and `work` are set where it is about one. `exposure` counts postings in which copyright management
    information was lost. `undocumented` is how many more sites there are than `sites` holds.
    """

    made: str
    version: str
    title: str
    scope: str
    headline: str
    answers: tuple[tuple[str, str], ...]
    figures: tuple[tuple[str, int], ...]
    sites: tuple[SiteLine, ...]
    examples: tuple[Example, ...]
    method: tuple[str, ...]
    tools: tuple[tuple[str, str], ...]
    limits: tuple[str, ...]
    exposure: Exposure
    site: str | None = None
    work: str | None = None
    since: str | None = None
    until: str | None = None
    more_sites: int = 0
