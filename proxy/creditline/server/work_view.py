"""One work as its page shows it: where its files were, as three columns, and what became of each field on each site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from creditline.server import wording
from creditline.vocab import messages
from creditline.vocab.fields import FIELDS
from creditline.vocab.messages import Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from creditline.ledger.rows import VerdictRow, WorkDetail
    from creditline.model.observation import Observation

STAGES = ("original", "uploaded", "served")
HEADINGS = {"original": "Original", "uploaded": "Uploaded", "served": "Served"}
NONE_YET = {
    "original": "The picked file was not handed over. The browser extension does that.",
    "uploaded": "No upload was seen.",
    "served": "No copy was seen. Open a page that shows it.",
}
FILES_A_STAGE = 6
SITES_SHOWN = 5
VERDICTS_READ = 60
"""Newest verdicts whose documents are looked into; a work that is served more often is still one page."""
_ORDER = {definition.id: number for number, definition in enumerate(FIELDS)}
_RANK = ("not_examined", "unreadable", "added", "kept", "moved", "altered", "removed")


@dataclass(frozen=True, slots=True)
class File:
    """One file at a stage; `href` leads to its comparison, the one with a loss before others."""

    sha256: str
    kept: bool
    where: str
    facts: tuple[str, ...]
    at: str
    href: str | None
    lost: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the three columns; `more` files are not shown."""

    name: str
    files: tuple[File, ...]
    more: int
    empty: str


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a field on one site: the worst that was seen; `href` leads to that comparison."""

    outcome: str
    word: Word
    where: str
    href: str


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field with its value in the earliest file, where it stands there, and its fate on each site shown."""

    label: str
    texts: tuple[wording.Text, ...]
    source: tuple[str, ...]
    category: str
    fates: tuple[Fate | None, ...]


@dataclass(frozen=True, slots=True)
class Fates:
    """The table of fields by site."""

    sites: tuple[str, ...]
    more: int
    rows: tuple[FieldRow, ...]


def stages(detail: WorkDetail, kept: Callable[[str | None], bool]) -> tuple[Stage, ...]:
    """The three columns, the newest files first: each file once, and of what one site serves the largest."""
    judged = _judged(detail.verdicts)
    columns = []
    for name in STAGES:
        stage = {name, "exported"} if name == "served" else {name}
        alike: dict[str | None, list[Observation]] = {}
        for seen in reversed(detail.observations):
            if seen.stage in stage and seen.sha256:
                alike.setdefault(seen.site if name == "served" else seen.sha256, []).append(seen)
        shown = [_file(some, judged, kept) for some in list(alike.values())[:FILES_A_STAGE]]
        columns.append(Stage(HEADINGS[name], tuple(shown), len(alike) - len(shown), NONE_YET[name]))
    return tuple(columns)


def _file(alike: list[Observation], judged: Mapping[str, VerdictRow], kept: Callable[[str | None], bool]) -> File:
    """One file for sights that are alike: of the same bytes, or on the same site."""
    seen = max(alike, key=lambda one: (one.width or 0) * (one.height or 0))
    verdicts = [judged[one.id] for one in alike if one.id in judged]
    worst = next((verdict for verdict in verdicts if verdict.lost), None) or next(iter(verdicts), None)
    names = list(dict.fromkeys(wording.visible(one.site)[:80] for one in alike if one.site))
    sizes = len({one.sha256 for one in alike})
    more = messages.counted(sizes - 1, "more size", "more sizes") if sizes > 1 else None
    return File(
        sha256=seen.sha256 or "",
        kept=kept(seen.sha256),
        where=messages.listed(names) or "On this machine",
        facts=wording.facts(
            (seen.format or "").upper(), wording.pixels(seen.width, seen.height), wording.size(seen.bytes), more
        ),
        at=seen.at,
        href=f"/audits/{worst.id}" if worst is not None and worst.audit else None,
        lost=worst is not None and worst.lost,
    )


def _judged(verdicts: Iterable[VerdictRow]) -> dict[str, VerdictRow]:
    found: dict[str, VerdictRow] = {}
    for verdict in verdicts:
        if verdict.served:
            found[verdict.served] = verdict
    return found


def fates(detail: WorkDetail, reading: Mapping[str, Any] | None) -> Fates:
    """Every field of the work, by site, from the newest verdicts."""
    newest = [verdict for verdict in reversed(detail.verdicts) if verdict.audit and verdict.site][:VERDICTS_READ]
    sites = list(dict.fromkeys(str(verdict.site) for verdict in newest))
    shown = sites[:SITES_SHOWN]
    worst: dict[tuple[str, str], tuple[int, Fate]] = {}
    values: dict[str, tuple[object, object]] = {}
    for verdict in newest:
        for item in (verdict.audit or {}).get("fields") or ():
            name, outcome = str(item.get("id")), str(item.get("outcome"))
            value = next((item[stage] for stage in STAGES if item.get(stage) not in (None, "", [], {})), None)
            values.setdefault(name, (value, item.get("category")))
            rank = _RANK.index(outcome) if outcome in _RANK else -1
            key = (name, str(verdict.site))
            if key not in worst or rank > worst[key][0]:
                worst[key] = (rank, _fate(item, outcome, verdict.id))
    places = _places(reading)
    rows = [
        FieldRow(
            label=wording.visible(messages.field_label(name))[:120],
            texts=wording.texts(value),
            source=places.get(name, ()),
            category=f"§ 1202(c)({category})" if isinstance(category, int) else "",
            fates=tuple(worst[name, site][1] if (name, site) in worst else None for site in shown),
        )
        for name, (value, category) in sorted(values.items(), key=lambda item: _weight(item, worst, shown))
    ]
    return Fates(tuple(wording.visible(site)[:80] for site in shown), len(sites) - len(shown), tuple(rows))


def _weight(
    item: tuple[str, tuple[object, object]], worst: Mapping[tuple[str, str], tuple[int, Fate]], sites: list[str]
) -> tuple[bool, int, int]:
    name, (_, category) = item
    ranks = [worst[name, site][0] for site in sites if (name, site) in worst]
    return (category is None, -max(ranks, default=-1), _ORDER.get(name, len(_ORDER)))


def _fate(item: Mapping[str, Any], outcome: str, verdict: str) -> Fate:
    between = item.get("lost_between")
    return Fate(
        outcome=outcome if outcome in messages.OUTCOMES else "unknown",
        word=messages.OUTCOMES.get(outcome, Word("unknown", "?", "")),
        where=messages.hop_words(between if isinstance(between, list | tuple) else None),
        href=f"/audits/{verdict}",
    )


def _places(reading: Mapping[str, Any] | None) -> dict[str, tuple[str, ...]]:
    """Where each field stands in the work's own file."""
    found: dict[str, list[str]] = {}
    for item in (reading or {}).get("fields") or ():
        place = f"{messages.carrier_label(str(item.get('carrier')))} {wording.visible(str(item.get('key')))[:60]}"
        found.setdefault(str(item.get("id")), []).append(place)
    return {name: tuple(dict.fromkeys(places))[:3] for name, places in found.items()}
