"""Field by field: what became of a picture's credit, consent and provenance (contract §4).

Presence has four values at each stage, and a loss is only ever claimed between `present` and `absent`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.analysis.hops import lost_between
from creditline.analysis.values import damage, same
from creditline.model.audit import (
    STAGES,
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
    from collections.abc import Callable, Iterable

    from creditline.model.reading import Field, Inspection, Value

    type Stages[T] = tuple[T, ...]
    type Inspections = Stages[Inspection | None]

STRENGTH = {"c2pa": 4, "xmp": 3, "xmp_extended": 3, "iptc": 2, "exif": 2, "photoshop": 2, "png_text": 1}
"""How well a carrier binds and is understood; a value that climbs is kept, one that only sinks has moved."""

NOT_DECLARED = {"c2pa": "none", "ai": "none", "consent": "unspecified"}
AI_CARRIERS = (
    "exif",
    "xmp",
    "xmp_extended",
    "iptc",
    "c2pa",
    "png_text",
    "comment",
    "stealth",
    "mp4_metadata",
    "svg_metadata",
)
CONSENT_CARRIERS = ("xmp", "xmp_extended", "c2pa")
C2PA_ORDER = ("invalid", "remote", "valid", "trusted")
"""A state that climbs is no loss: a site that fetched a manifest, or signed what it passes on."""

LOSSLESS = frozenset({"iim_encoding", "xmp_control", "xmp_encoding"})
"""Problems of a carrier that was read to its end all the same; after any other a value may have been missed."""


def compare(
    original: Inspection | None,
    uploaded: Inspection | None,
    served: Inspection | None,
    *,
    stages: tuple[Stage | None, Stage | None, Stage | None],
    match: Match,
    exported: tuple[Inspection, Stage] | None = None,
) -> Audit:
    """The audit of one served copy. When `match` says `different`, nothing is compared.

    What an account export holds stands beside it; where no copy was served it is the copy that is judged.
    """
    every: Inspections = (original, uploaded, served)
    every = every if exported is None else (*every, exported[0])
    last = exported[1] if exported is not None else None
    pixels = _pixels(
        original or uploaded, served if served is not None or exported is None else exported[0], match
    )
    if match.verdict == "different":
        return Audit(*stages, match=match, pixels=pixels, exported=last)
    return Audit(
        *stages,
        match=match,
        pixels=pixels,
        carriers=_carriers(every),
        fields=_fields(every),
        c2pa=_change(every, "c2pa"),
        ai=_change(every, "ai"),
        consent=_change(every, "consent"),
        exported=last,
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


def _carriers(every: Inspections) -> tuple[CarrierOutcome, ...]:
    names = [c.carrier for item in every if item is not None for c in item.carriers]
    outcomes = []
    for name in dict.fromkeys(names):
        presence = _map(every, lambda item, name=name: _state(item, name))  # type: ignore[misc]
        if all(state in {None, Presence.ABSENT} for state in presence):
            continue
        first, last = _ends(every, presence)
        same_bytes = _digest(every[0] or every[1], name) == _digest(every[max(2, _last(every))], name)
        outcomes.append(CarrierOutcome(name, presence, _outcome(first, last, equal=same_bytes)))
    return tuple(outcomes)


def _digest(item: Inspection | None, carrier: str) -> str | None:
    found = (c.sha256 for c in item.carriers if c.carrier == carrier) if item is not None else iter(())
    return next(found, None)


def _map[T](every: Inspections, value: Callable[[Inspection], T]) -> Stages[T | None]:
    return tuple(None if item is None else value(item) for item in every)


def _ends[T](every: Inspections, values: tuple[T, ...]) -> tuple[T, T]:
    """The value at the first stage there is, and at that of the copy that is judged."""
    return values[0 if every[0] is not None else 1], values[_last(every)]


def _last(every: Inspections) -> int:
    """The stage that is judged: the served copy, else the exported one, else the upload."""
    if every[2] is not None:
        return 2
    return 3 if len(every) > 3 else 1


def _outcome(first: Presence | None, last: Presence | None, *, equal: bool) -> Outcome:
    """The outcome between two presences; only present → absent is a removal."""
    for state in (Presence.UNREADABLE, Presence.NOT_EXAMINED):
        if first is state or last is state:
            return "unreadable" if state is Presence.UNREADABLE else "not_examined"
    if first is Presence.PRESENT:
        if last is Presence.ABSENT:
            return "removed"
        return "kept" if equal else "altered"
    return "added"


def field_presence(item: Inspection, field_id: str) -> Presence:
    """Present where some carrier gives it; absent only where every carrier that could hold it was read."""
    if any(f.id == field_id for f in item.fields):
        return Presence.PRESENT
    return _absence(item, carriers_of(field_id))


def _absence(item: Inspection, carriers: Iterable[str]) -> Presence:
    """Absent, or why that cannot be said: one of the carriers was not read, or not to its end."""
    carriers = set(carriers)
    states = {_state(item, carrier) for carrier in carriers}
    cut = any(problem.carrier in carriers and problem.code not in LOSSLESS for problem in item.errors)
    if cut or Presence.UNREADABLE in states:
        return Presence.UNREADABLE
    return Presence.NOT_EXAMINED if Presence.NOT_EXAMINED in states else Presence.ABSENT


def _fields(every: Inspections) -> tuple[FieldOutcome, ...]:
    ends = (every[0] or every[1], every[_last(every)])
    ids = {f.id for item in ends if item is not None for f in item.fields}
    return tuple(_field(every, field_id) for field_id in BY_ID if field_id in ids)


def _field(every: Inspections, field_id: str) -> FieldOutcome:
    presence = _map(every, lambda item: field_presence(item, field_id))
    values = _map(every, lambda item: _value(item, field_id))
    first_item, last_item = every[0] or every[1], every[_last(every)]
    first, last = _ends(every, presence)
    outcome = _outcome(first, last, equal=False)
    detail = None
    if outcome == "altered":
        old, new = _ends(every, values)
        outcome, detail = _judge_values(_of(first_item, field_id), _of(last_item, field_id), old, new)
    pair = None
    if outcome in {"removed", "altered"}:
        pair = lost_between(
            at_upload=_lost_at_upload(every, field_id, presence, values, outcome),
            original=every[0] is not None,
            uploaded=every[1] is not None,
            last=STAGES[max(2, _last(every))],
        )
    return FieldOutcome(field_id, BY_ID[field_id].primary, values, presence, outcome, pair, detail)


def _of(item: Inspection | None, field_id: str) -> list[Field]:
    return [f for f in item.fields if f.id == field_id] if item is not None else []


def _value(item: Inspection, field_id: str) -> Value | None:
    """The reconciled value; of language alternatives all, where the reconciled text stands for them."""
    held = [f.value for f in item.fields if f.id == field_id]
    if not held:
        return None
    value = dict(item.resolved).get(field_id, held[0])
    if isinstance(value, str) and value not in held:
        return next((v for v in held if isinstance(v, dict) and value in v.values()), value)
    return value


def _judge_values(
    before: list[Field], after: list[Field], old: Value | None, new: Value | None
) -> tuple[Outcome, str | None]:
    """kept, moved or altered, for a field that is there at both ends.

    Where carriers of the original disagree, the reconciled value changes as soon as one of them is dropped. That
    is no alteration: the copy says nothing that the original did not.
    """
    earlier = {(b.carrier, b.key): b.value for b in before}
    stayed = any(same(a.value, earlier[a.carrier, a.key]) for a in after if (a.carrier, a.key) in earlier)
    if old is not None and new is not None and same(old, new):
        strongest = max(STRENGTH.get(b.carrier, 0) for b in before)
        climbed = max(STRENGTH.get(a.carrier, 0) for a in after) >= strongest
        return ("kept" if stayed or climbed else "moved"), None
    if new is not None and any(same(b.value, new) for b in before):
        return ("kept" if stayed else "moved"), "the original held different values in different carriers"
    return "altered", damage(old, new) if old is not None and new is not None else None


def _lost_at_upload(
    every: Inspections,
    field_id: str,
    presence: Stages[Presence | None],
    values: Stages[Value | None],
    outcome: Outcome,
) -> bool | None:
    """Whether the uploaded file already lacked the field, or, of one that is altered, already had it so."""
    if presence[1] is Presence.ABSENT:
        return True
    if presence[1] is not Presence.PRESENT:
        return None
    if outcome == "removed":
        return False
    judged, _ = _judge_values(_of(every[0], field_id), _of(every[1], field_id), values[0], values[1])
    return judged == "altered"


def declared(item: Inspection, name: str) -> bool:
    """Whether the picture declares anything under `c2pa`, `ai` or `consent`, readable or not."""
    return _word(item, name) not in {NOT_DECLARED[name], "unreadable", "not_examined"}


def _word(item: Inspection, name: str) -> str:
    words = {"c2pa": item.c2pa.state, "ai": item.ai.label, "consent": item.consent.ai_training}
    return words[name]


def _change(every: Inspections, name: str) -> Change:
    """What became of a judgement that is one word; its absence needs every carrier of it to have been read."""
    carriers = {"c2pa": ("c2pa",), "ai": AI_CARRIERS, "consent": CONSENT_CARRIERS}[name]

    def presence(item: Inspection) -> Presence:
        if name == "c2pa" and item.c2pa.state in {"unreadable", "not_examined"}:
            return Presence(item.c2pa.state)
        if declared(item, name):
            return Presence.PRESENT
        absence = _absence(item, carriers)
        # What a manifest declares that is stored elsewhere was not read.
        elsewhere = absence is Presence.ABSENT and item.c2pa.state == "remote"
        return Presence.NOT_EXAMINED if elsewhere else absence

    words = _map(every, lambda item: _word(item, name))
    states = _map(every, presence)
    old, new = _ends(every, words)
    first, last = _ends(every, states)
    if Presence.PRESENT not in {first, last}:
        doubtful = {first, last} - {Presence.ABSENT, None}
        return Change(words, _outcome(first, last, equal=True) if doubtful and name == "c2pa" else None)
    outcome = _outcome(first, last, equal=_holds(old, new))
    if outcome not in {"removed", "altered"}:
        return Change(words, outcome)
    at_upload = None
    if states[1] in {Presence.PRESENT, Presence.ABSENT}:
        gone = states[1] is Presence.ABSENT
        at_upload = gone if outcome == "removed" else gone or not _holds(words[0], words[1])
    pair = lost_between(
        at_upload=at_upload,
        original=every[0] is not None,
        uploaded=every[1] is not None,
        last=STAGES[max(2, _last(every))],
    )
    return Change(words, outcome, pair)


def _holds(old: str | None, new: str | None) -> bool:
    """Whether a word stayed, climbed where that is no loss, or was one of two that contradicted each other."""
    if old == "conflicting":
        return True
    if new == "remote":
        # A pointer is no manifest, however bad the manifest was.
        return old == new
    if old in C2PA_ORDER and new in C2PA_ORDER:
        return C2PA_ORDER.index(new) >= C2PA_ORDER.index(old)
    return old == new
