"""Field by field: what became of a picture's credit, consent and provenance (contract §4).

Presence has four values at each stage, and a loss is only ever claimed between `present` and `absent`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.analysis.hops import lost_between
from creditline.analysis.values import damage, same
from creditline.model.audit import (
    Audit,
    CarrierOutcome,
    Change,
    FieldOutcome,
    Match,
    Outcome,
    Pixels,
    Stage,
)
from creditline.model.picture import Presence
from creditline.vocab.fields import BY_ID, carriers_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from creditline.model.reading import Field, Inspection, Value

    type Three[T] = tuple[T, T, T]
    type Inspections = Three[Inspection | None]

STRENGTH = {"c2pa": 4, "xmp": 3, "xmp_extended": 3, "iptc": 2, "exif": 2, "photoshop": 2, "png_text": 1}
"""How well a carrier binds and is understood; a value that climbs is kept, one that only sinks has moved."""

NOT_DECLARED = {"c2pa": "none", "ai": "none", "consent": "unspecified"}
AI_CARRIERS = ("exif", "xmp", "xmp_extended", "iptc", "c2pa", "png_text", "comment", "stealth")
CONSENT_CARRIERS = ("xmp", "xmp_extended", "c2pa")


def compare(
    original: Inspection | None,
    uploaded: Inspection | None,
    served: Inspection | None,
    *,
    stages: tuple[Stage | None, Stage | None, Stage | None],
    match: Match,
) -> Audit:
    """The audit of one served copy. When `match` says `different`, nothing is compared."""
    three = (original, uploaded, served)
    pixels = _pixels(original or uploaded, served, match)
    if match.verdict == "different":
        return Audit(*stages, match=match, pixels=pixels)
    return Audit(
        *stages,
        match=match,
        pixels=pixels,
        carriers=_carriers(three),
        fields=_fields(three),
        c2pa=_change(three, "c2pa", lambda i: i.c2pa.state, ("c2pa",)),
        ai=_change(three, "ai", lambda i: i.ai.label, AI_CARRIERS),
        consent=_change(three, "consent", lambda i: i.consent.ai_training, CONSENT_CARRIERS),
    )


def _pixels(first: Inspection | None, served: Inspection | None, match: Match) -> Pixels:
    identical: bool | None = None
    if match.verdict in {"identical", "same-pixels"}:
        identical = True
    elif (
        match.method in {"fingerprint", "geometry"}
        or match.verdict == "different"
        or (first is not None and served is not None and _size(first) != _size(served))
    ):
        identical = False
    return Pixels(
        identical=identical,
        original=_size(first),
        served=_size(served),
        format_changed=first is not None and served is not None and first.format != served.format,
    )


def _size(item: Inspection | None) -> tuple[int, int] | None:
    if item is None or item.width is None or item.height is None:
        return None
    return (item.width, item.height)


def _state(item: Inspection, carrier: str) -> Presence:
    """A carrier that the format cannot hold is absent; one of an unknown format was not examined."""
    found = next((c.state for c in item.carriers if c.carrier == carrier), None)
    if found is not None:
        return found
    return Presence.NOT_EXAMINED if item.format == "unknown" else Presence.ABSENT


def _carriers(three: Inspections) -> tuple[CarrierOutcome, ...]:
    names = [c.carrier for item in three if item is not None for c in item.carriers]
    outcomes = []
    for name in dict.fromkeys(names):
        presence = _map(three, lambda item, name=name: _state(item, name))  # type: ignore[misc]
        if all(state in {None, Presence.ABSENT} for state in presence):
            continue
        first, last = _ends(three, presence)
        same_bytes = _digest(three[0] or three[1], name) == _digest(three[2], name)
        outcomes.append(CarrierOutcome(name, presence, _outcome(first, last, equal=same_bytes)))
    return tuple(outcomes)


def _digest(item: Inspection | None, carrier: str) -> str | None:
    found = (c.sha256 for c in item.carriers if c.carrier == carrier) if item is not None else iter(())
    return next(found, None)


def _map[T](three: Inspections, value: Callable[[Inspection], T]) -> Three[T | None]:
    a, b, c = (None if item is None else value(item) for item in three)
    return (a, b, c)


def _ends[T](three: Inspections, values: Three[T | None]) -> tuple[T | None, T | None]:
    """The value at the first stage there is, and at the served one (the last, where nothing was served)."""
    first = values[0] if three[0] is not None else values[1]
    last = values[2] if three[2] is not None else values[1]
    return first, last


def _outcome(first: Presence | None, last: Presence | None, *, equal: bool, moved: bool = False) -> Outcome:
    """The outcome between two presences; only present → absent is a removal."""
    for state in (Presence.UNREADABLE, Presence.NOT_EXAMINED):
        if first is state or last is state:
            return "unreadable" if state is Presence.UNREADABLE else "not_examined"
    if first is Presence.PRESENT:
        if last is Presence.ABSENT:
            return "removed"
        if not equal:
            return "altered"
        return "moved" if moved else "kept"
    return "added"


def field_presence(item: Inspection, field_id: str) -> Presence:
    """Present where some carrier gives it; absent only where every carrier that could hold it was read."""
    if any(f.id == field_id for f in item.fields):
        return Presence.PRESENT
    states = {_state(item, carrier) for carrier in carriers_of(field_id)}
    if Presence.UNREADABLE in states:
        return Presence.UNREADABLE
    return Presence.NOT_EXAMINED if Presence.NOT_EXAMINED in states else Presence.ABSENT


def _fields(three: Inspections) -> tuple[FieldOutcome, ...]:
    ends = (three[0] or three[1], three[2] or three[1])
    ids = {f.id for item in ends if item is not None for f in item.fields}
    return tuple(_field(three, field_id) for field_id in BY_ID if field_id in ids)


def _field(three: Inspections, field_id: str) -> FieldOutcome:
    presence = _map(three, lambda item: field_presence(item, field_id))
    values = _map(three, lambda item: _value(item, field_id))
    first_item, last_item = three[0] or three[1], three[2] or three[1]
    first, last = _ends(three, presence)
    outcome = _outcome(first, last, equal=False)
    detail = None
    if outcome == "altered":
        outcome, detail = _judge_values(
            _of(first_item, field_id),
            _of(last_item, field_id),
            values[0] if three[0] is not None else values[1],
            values[2] if three[2] is not None else values[1],
        )
    pair = None
    if outcome in {"removed", "altered"}:
        pair = lost_between(
            at_upload=_lost_at_upload(three, field_id, presence, values),
            original=three[0] is not None,
            uploaded=three[1] is not None,
        )
    return FieldOutcome(field_id, BY_ID[field_id].primary, values, presence, outcome, pair, detail)


def _of(item: Inspection | None, field_id: str) -> list[Field]:
    return [f for f in item.fields if f.id == field_id] if item is not None else []


def _value(item: Inspection, field_id: str) -> Value | None:
    resolved = dict(item.resolved)
    if field_id in resolved:
        return resolved[field_id]
    return next((f.value for f in item.fields if f.id == field_id), None)


def _judge_values(
    before: list[Field], after: list[Field], old: Value | None, new: Value | None
) -> tuple[Outcome, str | None]:
    """kept, moved or altered, for a field that is there at both ends.

    A value that stands in the same carrier as before is kept even where the reconciled value now differs because
    another carrier, with another value, was dropped: the site changed nothing that it kept.
    """
    if any(a.carrier == b.carrier and a.key == b.key and same(a.value, b.value) for a in after for b in before):
        if old is not None and new is not None and not same(old, new):
            return "kept", "the original held different values in different carriers"
        return "kept", None
    if old is not None and new is not None and same(old, new):
        strongest = max(STRENGTH.get(b.carrier, 0) for b in before)
        return ("kept" if max(STRENGTH.get(a.carrier, 0) for a in after) >= strongest else "moved"), None
    if any(same(a.value, b.value) for a in after for b in before):
        return "moved", "the original held different values in different carriers"
    return "altered", damage(old, new) if old is not None and new is not None else None


def _lost_at_upload(
    three: Inspections, field_id: str, presence: Three[Presence | None], values: Three[Value | None]
) -> bool | None:
    """Whether the uploaded file already lacked the field, or already had it altered."""
    if presence[1] is Presence.ABSENT:
        return True
    if presence[1] is not Presence.PRESENT:
        return None
    outcome, _ = _judge_values(_of(three[0], field_id), _of(three[1], field_id), values[0], values[1])
    return outcome == "altered"


def _change(three: Inspections, name: str, word: Callable[[Inspection], str], carriers: tuple[str, ...]) -> Change:
    """What became of a judgement that is one word; its absence needs every carrier of it to have been read."""
    none = NOT_DECLARED[name]

    def presence(item: Inspection) -> Presence:
        said = word(item)
        if said in {"unreadable", "not_examined"}:
            return Presence(said)
        if said != none:
            return Presence.PRESENT
        states = {_state(item, carrier) for carrier in carriers}
        for doubt in (Presence.UNREADABLE, Presence.NOT_EXAMINED):
            if doubt in states:
                return doubt
        return Presence.ABSENT

    words = _map(three, word)
    states = _map(three, presence)
    old, new = _ends(three, words)
    first, last = _ends(three, states)
    if Presence.PRESENT not in {first, last}:
        doubtful = {first, last} - {Presence.ABSENT, None}
        return Change(words, _outcome(first, last, equal=True) if doubtful and name == "c2pa" else None)
    outcome = _outcome(first, last, equal=old == new)
    if outcome not in {"removed", "altered"}:
        return Change(words, outcome)
    at_upload = None if states[1] in {None, Presence.UNREADABLE, Presence.NOT_EXAMINED} else words[1] != words[0]
    pair = lost_between(at_upload=at_upload, original=three[0] is not None, uploaded=three[1] is not None)
    return Change(words, outcome, pair)
