"""Sites compared: what each keeps of credit, rights, consent and provenance, here and in what others measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from creditline.analysis.intervals import Interval, wilson
from creditline.ledger import tallies
from creditline.services import measurements
from creditline.vocab.scoreboard import COLUMNS, GROUPS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creditline.ledger.store import Ledger

SCHEMA = "creditline/scoreboard/1"
LEVELS = ("kept", "sometimes", "removed", "not_measured")
"""Never lost, lost in some postings, lost in all, and nothing seen that could have been lost."""
HAD = ("kept", "moved", "altered", "removed")
LOST = ("altered", "removed")


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of one site: postings that had it, and those of them that lost it."""

    n: int = 0
    lost: int = 0

    @property
    def level(self) -> str:
        """One of `LEVELS`."""
        if not self.n:
            return "not_measured"
        return "kept" if not self.lost else "removed" if self.lost == self.n else "sometimes"

    @property
    def interval(self) -> Interval:
        """The share lost, generalised (95 %)."""
        return wilson(self.lost, self.n)

    def to_json(self) -> dict[str, Any]:
        """One entry of `columns`."""
        low, high = self.interval
        return {"level": self.level, "n": self.n, "lost": self.lost, "low": round(low, 4), "high": round(high, 4)}


@dataclass(frozen=True, slots=True)
class Score:
    """One site. `own` postings are this ledger's; `files` is how many imported measurements speak of the site."""

    site: str
    postings: int
    own: int
    last_seen: str
    columns: Mapping[str, Cell]
    files: int = 0

    def to_json(self) -> dict[str, Any]:
        """One line of `creditline scoreboard --json`."""
        return {
            "schema": SCHEMA,
            "site": self.site,
            "postings": self.postings,
            "own_postings": self.own,
            "measurement_files": self.files,
            "last_seen": self.last_seen,
            "columns": {name: cell.to_json() for name, cell in self.columns.items()},
        }


def scoreboard(ledger: Ledger) -> tuple[Score, ...]:
    """Every site with a comparison, here or in an imported file, those with the most postings first."""
    cells: dict[str, dict[str, list[int]]] = {}
    facts: dict[str, dict[str, Any]] = {}
    for row in tallies.sites(ledger):
        if row.site is not None:
            facts[row.site] = {"postings": row.postings, "own": row.postings, "last_seen": row.last, "files": 0}
    for tally in tallies.fields(ledger, groups=GROUPS):
        if tally.site in facts:
            _count(cells, tally.site, tally.name, {tally.outcome: tally.times})
    for measurement in measurements.imported(ledger.home):
        for site, seen in measurement.sites.items():
            fact = facts.setdefault(site, {"postings": 0, "own": 0, "last_seen": "", "files": 0})
            fact["files"] += 1
            fact["postings"] += seen.postings
            fact["last_seen"] = max(fact["last_seen"], seen.last)
        for line in measurement.rows:
            if line.kind == "column":
                _count(cells, line.site, line.name, line.outcomes)
    scores = [
        Score(
            site=site,
            columns={column.id: Cell(*cells.get(site, {}).get(column.id, (0, 0))) for column in COLUMNS},
            **fact,
        )
        for site, fact in facts.items()
    ]
    return tuple(sorted(scores, key=lambda score: (-score.postings, score.site)))


def _count(cells: dict[str, dict[str, list[int]]], site: str, name: str, outcomes: Mapping[str, int]) -> None:
    cell = cells.setdefault(site, {}).setdefault(name, [0, 0])
    cell[0] += sum(outcomes.get(outcome, 0) for outcome in HAD)
    cell[1] += sum(outcomes.get(outcome, 0) for outcome in LOST)
