"""Which fields of an original go back into a copy, where, and which do not (contract §2, `restore`).

Credit, terms, consent, description and AI provenance go back. Place, people and device serials stay out unless asked
for; orientation, colour and whatever else depends on the pixels never move. What the copy says itself is kept, unless
it is a damaged form of what the original says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from creditline.analysis.values import damage, same
from creditline.metadata.generators.detect import is_record
from creditline.metadata.generators.record import MAX_TEXT
from creditline.model.errors import UsageError
from creditline.reattach import targets
from creditline.vocab.fields import BY_ID, FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from creditline.model.reading import Field, Inspection, Property, Value
    from creditline.reattach.material import Material

type Place = tuple[str, str]
"""Carrier and key."""

DAMAGED = frozenset(
    {"truncated", "character set", "white space", "entries lost", "languages lost", "form changed"}
)
"""Words of `analysis.values.damage` for a value that is still recognisably the original's."""

NOT_CARRIED = {
    "edit_history": "it tells how the original's own file was saved",
    "provenance_url": "it points to the manifest of the original's bytes; signing makes the original an ingredient",
}
"""Fields that would be untrue of another file."""
NOT_OF_THE_WORK = frozenset({"xmpMM:InstanceID"})
"""Names one saved file (XMP specification part 2, 2.2), so the copy has another."""
BY_PLACE_ONLY = frozenset({"identifier"})
"""A field whose places hold different things by nature: one that differs is no conflict for the others."""

AI_RECORD = "ai_record"
"""Stands for a generator's own record, which is no canonical field."""
RECORD_CARRIERS = ("exif", "png_text", "comment", "xmp")


@dataclass(frozen=True, slots=True)
class Policy:
    """What may go back besides the default: `private` are ids of private fields."""

    private: frozenset[str] = frozenset()

    @classmethod
    def of(cls, text: str) -> Policy:
        """From `none`, `all` or field ids between commas. UsageError for anything else."""
        known = [item.id for item in FIELDS if item.private]
        if text == "all":
            return cls(frozenset(known))
        names = [part.strip() for part in text.split(",") if part.strip() and part.strip() != "none"]
        for name in names:
            if name not in known:
                raise UsageError(f"{name!r} is no private field", next_step=f"these are: {', '.join(known)}")
        return cls(frozenset(names))


@dataclass(frozen=True, slots=True)
class Step:
    """One value that goes to one place: `action` is `add`, or `repair` for a damaged value that is there."""

    id: str
    value: Value
    source: Place
    target: Place
    action: str

    def to_json(self) -> dict[str, Any]:
        """`plan.steps[]` of a restoration."""
        return {
            "id": self.id,
            "value": self.value,
            "from": {"carrier": self.source[0], "key": self.source[1]},
            "carrier": self.target[0],
            "key": self.target[1],
            "action": self.action,
        }


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field of which the copy says something else, which is kept."""

    id: str
    original: Value
    copy: Value

    def to_json(self) -> dict[str, Any]:
        """`plan.conflicts[]` of a restoration."""
        return {"id": self.id, "original": self.original, "copy": self.copy}


@dataclass(frozen=True, slots=True)
class Plan:
    """`kept`: ids that the copy says already. `withheld`: private ids, left out as they were not asked for.

    `left`: (id, why) of what the format cannot hold, which stays lost; `set_aside` of what would be untrue of the copy.
    """

    steps: tuple[Step, ...] = ()
    kept: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    withheld: tuple[str, ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    set_aside: tuple[tuple[str, str], ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """The fields that go back, each once."""
        return tuple(dict.fromkeys(step.id for step in self.steps))

    def to_json(self) -> dict[str, Any]:
        """`plan` of a restoration."""
        return {
            "steps": [step.to_json() for step in self.steps],
            "kept": list(self.kept),
            "conflicts": [one.to_json() for one in self.conflicts],
            "withheld": list(self.withheld),
            "left": [{"id": name, "why": why} for name, why in self.left],
            "set_aside": [{"id": name, "why": why} for name, why in self.set_aside],
        }


def make_plan(original: Material, copy: Material, policy: Policy | None = None) -> Plan:
    """What goes back from `original` into `copy`. Pure and quick: nothing is decoded or written."""
    return _Planner(original, copy, policy or Policy()).run()


class _Planner:
    def __init__(self, original: Material, copy: Material, policy: Policy) -> None:
        self.original, self.copy, self.policy = original, copy, policy
        self.reading: Inspection = copy.reading
        self.steps: dict[Place, Step] = {}
        self.kept: list[str] = []
        self.conflicts: list[Conflict] = []
        self.withheld: list[str] = []
        self.left: list[tuple[str, str]] = []
        self.set_aside: list[tuple[str, str]] = []
        self.taken = {(p.carrier, p.key): p.value for p in copy.reading.properties}
        self.marks = _site_marks(copy.reading.fields)
        self.usable = frozenset(c for c in copy.writable if not copy.broken(c))

    def run(self) -> Plan:
        given: dict[str, list[Field]] = {}
        for item in (*self.original.reading.fields, *targets.from_manifest(self.original.reading)):
            if item.key not in NOT_OF_THE_WORK:
                given.setdefault(item.id, []).append(item)
        for definition in FIELDS:
            own = given.get(definition.id)
            if not own:
                continue
            if definition.private and definition.id not in self.policy.private:
                self.withheld.append(definition.id)
            elif definition.id in NOT_CARRIED:
                self.set_aside.append((definition.id, NOT_CARRIED[definition.id]))
            else:
                self.field(definition.id, own)
        self.records()
        return Plan(
            tuple(self.steps.values()),
            tuple(self.kept),
            tuple(self.conflicts),
            tuple(self.withheld),
            tuple(dict.fromkeys(self.left)),
            tuple(self.set_aside),
        )

    def field(self, field_id: str, own: Sequence[Field]) -> None:
        """Steps for one field, unless the copy says something else."""
        theirs = [f for f in self.reading.fields if f.id == field_id and (f.carrier, f.key) not in self.marks]
        damaged: set[Place] = set()
        for item in theirs:
            verdict = _against(item, own)
            if verdict == "damaged":
                damaged.add((item.carrier, item.key))
            elif verdict == "other" and field_id not in BY_PLACE_ONLY:
                self.conflicts.append(Conflict(field_id, _best(own).value, item.value))
                return
        before = len(self.steps)
        occupied = False
        goals = targets.of(own, self.usable)
        goals += [(_best(own), place) for place in damaged if place not in {place for _, place in goals}]
        for item, place in goals:
            if place in damaged:
                self.put(field_id, item, place, "repair")
            elif place not in self.taken and not self.below(place):
                self.put(field_id, item, place, "add")
            else:
                occupied = True
        if len(self.steps) == before:
            if theirs or occupied:
                self.kept.append(field_id)
            else:
                self.left.append((field_id, f"{self.reading.format} has no place for it"))

    def put(self, field_id: str, item: Field, place: Place, action: str) -> None:
        if place[0] in self.usable and place not in self.steps:
            self.steps[place] = Step(field_id, item.value, (item.carrier, item.key), place, action)

    def below(self, place: Place) -> bool:
        """Whether a structure of that name is in the copy already, with other members than the original's."""
        if place[0] != "xmp":
            return False
        root = place[1].partition("/")[0]
        there = {k: v for (c, k), v in self.taken.items() if c == "xmp" and k.partition("/")[0] == root}
        if not there or root == place[1]:
            return bool(there)
        mine = {p.key: p.value for p in self.original.reading.properties if p.carrier.startswith("xmp")}
        return any(key not in mine or not same(mine[key], value) for key, value in there.items())

    def records(self) -> None:
        """Generators' own records, word for word."""
        moved: list[Property] = []
        for item in self.original.reading.properties:
            if item.carrier not in RECORD_CARRIERS or not is_record(item):
                continue
            place = (item.carrier, item.key)
            if place in self.steps:
                continue
            goal = place if item.carrier in self.usable else targets.for_record(item, self.usable)
            if goal is None:
                self.left.append((AI_RECORD, f"{self.reading.format} has no place for {item.key}"))
            elif goal != place:
                moved.append(item)
            elif goal in self.taken:
                self.there_already(goal, item.value)
            else:
                self.steps[goal] = Step(AI_RECORD, item.value, place, goal, "add")
        if moved:
            self.moved(moved)

    def moved(self, records: Sequence[Property]) -> None:
        """Records that the format has no place for of their own, together in the one that it has."""
        place = targets.USER_COMMENT
        text, told = targets.records(records, targets.ROOM.get(self.reading.format, MAX_TEXT))
        if told and place in self.taken:
            self.there_already(place, text)
        elif told and place not in self.steps:
            self.steps[place] = Step(AI_RECORD, text, (told[0].carrier, told[0].key), place, "add")
        else:
            told = []
        lost = [item.key for item in records if item not in told]
        self.left += [(AI_RECORD, f"{self.reading.format} has no room for {key}") for key in lost]

    def there_already(self, place: Place, value: Value) -> None:
        """The copy has something where a record would go."""
        if self.taken[place] == value:
            self.kept.append(AI_RECORD)
        else:
            self.conflicts.append(Conflict(AI_RECORD, value, self.taken[place]))


def _site_marks(fields: Iterable[Field]) -> frozenset[Place]:
    """Places where a site has put numbers of its own (Meta's IIM 2:40, 2:103): they stay, and are no credit."""
    for item in fields:
        if item.carrier == "iptc" and item.key == "2:040" and str(item.value).startswith("FBMD"):
            return frozenset({("iptc", "2:040"), ("iptc", "2:103")})
    return frozenset()


def _best(own: Sequence[Field]) -> Field:
    """The strongest statement: XMP, then as the vocabulary ranks places."""
    order = {place: n for n, place in enumerate(BY_ID[own[0].id].places)}
    return min(own, key=lambda f: (not f.carrier.startswith("xmp"), order.get((f.carrier, f.key), len(order))))


def _against(theirs: Field, own: Sequence[Field]) -> str:
    """`same`, `damaged` or `other`: by the original's value at that place, else by any of its values."""
    here = [f for f in own if (f.carrier, f.key) == (theirs.carrier, theirs.key)]
    values = [f.value for f in (here or own)]
    if any(same(value, theirs.value) for value in values):
        return "same"
    if any(damage(value, theirs.value) in DAMAGED for value in values):
        return "damaged"
    return "same" if any(same(f.value, theirs.value) for f in own) else "other"
