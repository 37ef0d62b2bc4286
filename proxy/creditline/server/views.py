"""Lists as their pages show them: what happened, in one sentence each, and what a site does to each field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from creditline.model.observation import SCREENSHOT
from creditline.server import wording
from creditline.vocab import messages

if TYPE_CHECKING:
    from collections.abc import Iterable

    from creditline.ledger.rows import Counts, MissRow, SiteRow, VerdictRow, WorkDetail
    from creditline.model.observation import Observation

_VERBS = {
    "original": "An original was registered",
    "uploaded": "A picture was uploaded",
    "served": "A copy was served",
    "exported": "A copy came with an account export",
}
_PURGED = "What this comparison found was purged; only its numbers are left."
_HAD = ("kept", "moved", "altered", "removed")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `kind` is a stage or `audit`; `href` leads to more, where there is more."""

    at: str
    kind: str
    headline: str
    sentence: str
    href: str | None = None
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """One sight of a work; `url` is text to read, never a link."""

    at: str
    stage: str
    site: str | None
    facts: tuple[str, ...]
    url: str | None
    missed: str | None
    via: str


@dataclass(frozen=True, slots=True)
class FieldCount:
    """What became of one field on one site: `n` copies of works that had it, by outcome."""

    id: str
    label: str
    n: int
    kept: int
    moved: int
    altered: int
    removed: int


def events(observations: Iterable[Observation], verdicts: Iterable[VerdictRow], limit: int) -> tuple[Event, ...]:
    """Observations and audits as one list, newest first."""
    merged = [*(_audited(v) for v in verdicts), *(_observed(o) for o in observations)]
    return tuple(sorted(merged, key=lambda event: event.at, reverse=True)[:limit])


def audit_event(verdict: VerdictRow) -> Event:
    """One audit as a line of a list."""
    return _audited(verdict)


def _audited(verdict: VerdictRow) -> Event:
    sentences = messages.audit_sentences(verdict.audit) if verdict.audit else (_PURGED,)
    return Event(
        at=verdict.at,
        kind="audit",
        headline=wording.visible(" · ".join(filter(None, (verdict.site or "Comparison", verdict.variant)))),
        sentence=wording.visible(" ".join(sentences[:2])),
        href=f"/audits/{verdict.id}" if verdict.audit else None,
        lost=verdict.lost,
    )


def _observed(observation: Observation) -> Event:
    verb = _VERBS.get(observation.stage, "A picture was seen")
    if observation.role == SCREENSHOT:
        verb = "A page was kept as evidence"
    facts = ", ".join(
        wording.facts(
            (observation.format or "").upper(),
            wording.pixels(observation.width, observation.height),
            wording.size(observation.bytes),
        )
    )
    if observation.state == "present":
        sentence = f"{verb}{f': {facts}' if facts else ''}."
    else:
        reason = wording.visible(observation.missed or "the reason was not recorded")[:200]
        sentence = f"{verb} and could not be examined: {reason}."
    return Event(
        at=observation.at,
        kind=observation.stage,
        headline=wording.visible(observation.site) if observation.site else "On this machine",
        sentence=sentence,
        href=f"/works/{observation.work}" if observation.work else None,
    )


def home_headline(counts: Counts) -> str:
    """The one thing that a person wants to know first."""
    if not counts.verdicts:
        return "No copy was compared with its original yet"
    compared = f"{messages.counted(counts.verdicts, 'comparison', 'comparisons')} made"
    names = [wording.visible(site)[:80] for site in counts.stripping_sites]
    if not names:
        return f"{compared}; nothing was lost"
    return f"{compared}; something was lost on {messages.listed(names)}"


def work_summary(detail: WorkDetail) -> str:
    """How often a work was seen and compared."""
    seen = f"Seen {messages.counted(len(detail.observations), 'time', 'times')}"
    if not detail.verdicts:
        return f"{seen}; no copy was compared yet."
    lost = sum(verdict.lost for verdict in detail.verdicts)
    compared = messages.counted(len(detail.verdicts), "copy was compared", "copies were compared")
    return f"{seen}; {compared}; {f'{lost:,} had lost something' if lost else 'nothing was lost'}."


def site_summary(site: SiteRow) -> str:
    """What was seen of a site, as numbers observed and nothing beyond them."""
    uploads = messages.counted(site.uploaded, "upload", "uploads")
    copies = messages.counted(site.served, "served copy", "served copies")
    seen = f"{uploads} and {copies} seen on this machine"
    if not site.verdicts:
        return f"{seen}; none was compared yet."
    compared = messages.counted(site.verdicts, "comparison", "comparisons")
    return f"{seen}. Something was lost in {site.lost:,} of {compared}."


def sight(observation: Observation) -> Sight:
    """One observation as a row of the table of a work's sights."""
    return Sight(
        at=observation.at,
        stage=messages.STAGES.get(observation.stage, observation.stage).capitalize(),
        site=wording.visible(observation.site) if observation.site else None,
        facts=wording.facts(
            (observation.format or "").upper(),
            wording.pixels(observation.width, observation.height),
            wording.size(observation.bytes),
        ),
        url=wording.visible(observation.url)[:300] if observation.url else None,
        missed=wording.visible(observation.missed or "the reason was not recorded")[:200]
        if observation.state != "present"
        else None,
        via=messages.VIA.get(observation.via, observation.via),
    )


def missed_sentence(miss: MissRow) -> str:
    """Why something was not recorded, and how often, as one sentence."""
    where = f"{wording.visible(miss.site)[:80]}, " if miss.site else ""
    number = messages.counted(miss.times, "time", "times")
    message = wording.visible(miss.message)[:200].rstrip(". ")
    return f"{message[:1].upper()}{message[1:]} ({where}{number})."


def field_counts(site: SiteRow) -> tuple[FieldCount, ...]:
    """Per field, what became of it in the comparisons that hold; the most often lost first.

    A field counts only where the earlier file had it and both sides could be read: no answer is not an answer.
    """
    rows = []
    for name, by in site.fields.items():
        had = {outcome: by.get(outcome, 0) for outcome in _HAD}
        if sum(had.values()):
            label = messages.field_label(name)
            rows.append(FieldCount(wording.visible(name)[:80], wording.visible(label), sum(had.values()), **had))
    return tuple(sorted(rows, key=lambda row: (-(row.removed + row.altered) / row.n, -row.n, row.label)))
