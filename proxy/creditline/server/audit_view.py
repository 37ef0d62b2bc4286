"""One audit (contract §4) as its page shows it: pure, from values to values.

The audit's JSON is read leniently: where an older version lacks a member, the page shows less instead of nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from creditline.server import wording
from creditline.vocab import messages
from creditline.vocab.messages import Word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from creditline.ledger.rows import VerdictRow
    from creditline.model.observation import Observation

STAGES = ("original", "uploaded", "served", "exported")
COLUMNS = {"original": "Original", "uploaded": "Uploaded", "served": "Served", "exported": "Account export"}
_UNKNOWN = Word("unknown", "?", "This version does not know the outcome.")
_ORDER = {outcome: number for number, outcome in enumerate(messages.OUTCOMES)}
_WHERE = frozenset({"removed", "altered", "moved", "added"})


@dataclass(frozen=True, slots=True)
class StageView:
    """One picture of the row at the top; `kept` says whether there are bytes to show."""

    name: str
    sha256: str
    facts: tuple[str, ...]
    kept: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One value at one stage; `note` stands where there is no value, or says why it may not be one."""

    column: str
    texts: tuple[wording.Text, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One field, carrier or judgement over the stages."""

    label: str
    id: str
    cells: tuple[Cell, ...]
    outcome: str
    word: Word
    where: str = ""
    detail: str = ""
    source: tuple[str, ...] = ()
    category: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading, the weightiest first."""

    id: str
    heading: str
    note: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class AuditView:
    """Everything on the page of one audit."""

    id: str
    at: str
    site: str | None
    work: str | None
    compared: bool
    lost: bool
    sentences: tuple[str, ...]
    stages: tuple[StageView, ...]
    columns: tuple[str, ...]
    groups: tuple[Group, ...]
    judgements: tuple[Row, ...]
    carriers: tuple[Row, ...]
    match: str
    match_facts: tuple[tuple[str, str], ...] = field(default=())
    differing: tuple[str, str, str, str] | None = None
    """Hashes and names of the first and the last picture, where both are kept and are not the same file."""


def view(
    verdict: VerdictRow,
    *,
    readings: Mapping[str, Mapping[str, Any]],
    observations: Mapping[str, Observation],
    kept: frozenset[str],
) -> AuditView:
    """The page of one audit. `readings`, by stage, say where each value stood in the file."""
    audit = verdict.audit or {}
    present = stages(audit)
    columns = tuple(stage for stage in STAGES if stage in present)
    sources = _sources(readings)
    rows = sorted((_field(item, columns, sources) for item in _items(audit.get("fields"))), key=_weight)
    match = _mapping(audit.get("match"))
    first, last = columns[:1], columns[1:][-1:]
    hashes = [str(present[name].get("sha256", "")) for name in (*first, *last)]
    twins = len(hashes) == 2 and hashes[0] != hashes[1] and set(hashes) <= kept
    return AuditView(
        id=verdict.id,
        at=verdict.at,
        site=verdict.site,
        work=verdict.work,
        compared=match.get("verdict") not in {"different", "undecided"},
        lost=verdict.lost,
        sentences=tuple(map(wording.visible, messages.audit_sentences(audit))),
        stages=tuple(_stage(name, present[name], readings, observations, kept) for name in columns),
        columns=tuple(COLUMNS[name] for name in columns),
        differing=(hashes[0], hashes[1], COLUMNS[first[0]], COLUMNS[last[0]]) if twins else None,
        groups=_groups(rows),
        judgements=tuple(_judgements(audit, columns)),
        carriers=tuple(sorted((_carrier(item, columns) for item in _items(audit.get("carriers"))), key=_weight)),
        match=wording.visible(messages.match_sentence(match)),
        match_facts=_match_facts(match, _mapping(audit.get("pixels"))),
    )


def stages(audit: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The stages that an audit has, in the order of the way, with what it says of each."""
    found = _mapping(audit.get("stages"))
    return {name: found[name] for name in STAGES if isinstance(found.get(name), dict)}


def _stage(
    name: str,
    stage: Mapping[str, Any],
    readings: Mapping[str, Mapping[str, Any]],
    observations: Mapping[str, Observation],
    kept: frozenset[str],
) -> StageView:
    reading, seen = readings.get(name, {}), observations.get(name)
    sha256, via = str(stage.get("sha256", "")), stage.get("via")
    variant = stage.get("variant")
    return StageView(
        name=COLUMNS[name],
        sha256=sha256,
        facts=wording.facts(
            str(reading.get("format", "")).upper(),
            wording.pixels(reading.get("width"), reading.get("height")),
            wording.size(reading.get("bytes")),
            f"size “{wording.visible(str(variant))[:40]}”" if variant else None,
            messages.VIA.get(str(via), str(via or "")),
            wording.moment(seen.at) if seen else None,
        ),
        kept=sha256 in kept,
    )


def _sources(readings: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Where each field stands in the earliest file that has it: `IPTC 2:080`, `XMP dc:creator`."""
    found: dict[str, tuple[str, ...]] = {}
    for stage in STAGES:
        places: dict[str, list[str]] = {}
        for item in _items(readings.get(stage, {}).get("fields")):
            place = (
                f"{messages.carrier_label(str(item.get('carrier')))} {wording.visible(str(item.get('key')))[:80]}"
            )
            places.setdefault(str(item.get("id")), []).append(place)
        for name, where in places.items():
            found.setdefault(name, tuple(dict.fromkeys(where))[:6])
    return found


def _field(item: Mapping[str, Any], columns: Sequence[str], sources: Mapping[str, tuple[str, ...]]) -> Row:
    presence, outcome = _mapping(item.get("presence")), str(item.get("outcome"))
    name, category = str(item.get("id")), item.get("category")
    return Row(
        label=wording.visible(messages.field_label(name))[:120],
        id=wording.visible(name)[:80],
        cells=tuple(
            Cell(
                COLUMNS[stage],
                wording.texts(item.get(stage)),
                messages.PRESENCE.get(str(presence.get(stage)), "") if _empty(item.get(stage)) else "",
            )
            for stage in columns
        ),
        outcome=outcome if outcome in messages.OUTCOMES else "unknown",
        word=messages.OUTCOMES.get(outcome, _UNKNOWN),
        where=_where(item, outcome),
        detail=wording.visible(str(item.get("detail") or ""))[:300],
        source=sources.get(name, ()),
        category=_category(category),
    )


def _category(category: object) -> str:
    if not isinstance(category, int) or category not in messages.CATEGORIES:
        return ""
    return f"§ 1202(c)({category}) {messages.CATEGORIES[category]}"


def _empty(value: object) -> bool:
    return value is None or value in ("", [], {})


def _where(item: Mapping[str, Any], outcome: str) -> str:
    between = item.get("lost_between")
    return messages.hop_words(between) if outcome in _WHERE and isinstance(between, list | tuple) else ""


def _groups(rows: Sequence[Row]) -> tuple[Group, ...]:
    rights = tuple(row for row in rows if row.category)
    others = tuple(row for row in rows if not row.category)
    groups = (
        Group(
            "rights",
            "Credit and rights",
            "Copyright management information in the words of 17 U.S.C. § 1202(c).",
            rights,
        ),
        Group("other", "Other fields", "Kept and compared, but not copyright management information.", others),
    )
    return tuple(group for group in groups if group.rows)


def _judgements(audit: Mapping[str, Any], columns: Sequence[str]) -> list[Row]:
    rows = []
    for key, label, words in (
        ("ai", "AI label", messages.AI_LABELS),
        ("c2pa", "Content Credentials", messages.C2PA_STATES),
        ("consent", "AI training", messages.CONSENT),
    ):
        change = _mapping(audit.get(key))
        outcome = str(change.get("outcome"))
        rows.append(
            Row(
                label=label,
                id=key,
                cells=tuple(
                    _said(stage, _word(words, change.get(stage)), change.get(stage) is None) for stage in columns
                ),
                outcome=outcome if outcome in messages.OUTCOMES else "none",
                word=messages.OUTCOMES.get(outcome, Word("nothing to compare", "·", "")),
                where=_where(change, outcome),
            )
        )
    return rows


def _said(stage: str, words: str, soft: bool) -> Cell:
    """A cell of words of ours; `soft` ones say that there is nothing to read."""
    return Cell(COLUMNS[stage], note=words) if soft else Cell(COLUMNS[stage], (wording.Text(words),))


def _word(words: Mapping[str, Word], value: object) -> str:
    if value is None:
        return "not seen"
    known = words.get(str(value))
    return known.word if known else wording.visible(str(value))[:60]


def _carrier(item: Mapping[str, Any], columns: Sequence[str]) -> Row:
    presence, outcome = _mapping(item.get("presence")), str(item.get("outcome"))
    name = str(item.get("carrier"))
    return Row(
        label=wording.visible(messages.carrier_label(name))[:120],
        id=wording.visible(name)[:80],
        cells=tuple(
            _said(
                stage,
                messages.PRESENCE.get(str(presence.get(stage)), "not seen"),
                presence.get(stage) != "present",
            )
            for stage in columns
        ),
        outcome=outcome if outcome in messages.OUTCOMES else "unknown",
        word=messages.OUTCOMES.get(outcome, _UNKNOWN),
    )


def _weight(row: Row) -> tuple[int, str]:
    return (_ORDER.get(row.outcome, len(_ORDER)), row.label)


def _match_facts(match: Mapping[str, Any], pixels: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    identical = {True: "identical", False: "changed"}.get(pixels.get("identical"), "not examined")  # type: ignore[arg-type]
    distance, threshold = match.get("distance"), match.get("threshold")
    rate, quality = match.get("false_match_rate"), match.get("quality")
    facts = (
        ("Verdict", str(match.get("verdict", "unknown"))),
        ("Method", str(match.get("method") or "")),
        ("Rule", str(match.get("rule") or "")),
        ("Distance", f"{distance} of 256 bits" if isinstance(distance, int) else ""),
        ("Threshold", f"{threshold} bits" if isinstance(threshold, int) else ""),
        ("Small pictures compared", _luma(match)),
        ("False matches", f"{rate:g} per pair compared" if isinstance(rate, float) else ""),
        ("Fingerprint quality", f"{quality} of 100" if isinstance(quality, int) else ""),
        ("Pixels", identical),
        ("File format", "changed" if pixels.get("format_changed") else "the same"),
    )
    return tuple((name, wording.visible(value)[:120]) for name, value in facts if value)


def _luma(match: Mapping[str, Any]) -> str:
    """How a fingerprint's word was checked; nothing where another proof decided."""
    compared = match.get("luma")
    if isinstance(compared, dict):
        return f"correlation {compared.get('correlation')}, of the detail {compared.get('detail')}"
    return "no: the fingerprint decided alone" if match.get("method") == "fingerprint" and _same(match) else ""


def _same(match: Mapping[str, Any]) -> bool:
    return match.get("verdict") in {"same-work", "contains"}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _items(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list | tuple) else []
