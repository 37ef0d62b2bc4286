"""A profile written into a picture: XMP, IIM and Exif in step, empty fields filled, others left as they are.

The same writer as for restoring, so the picture stays bit for bit and nothing else in the file changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from creditline.analysis.values import same
from creditline.model.errors import UsageError
from creditline.model.stamp_profile import YEAR
from creditline.reattach.plan import Conflict, Plan, Step
from creditline.reattach.write import Written, write
from creditline.reattach.write_xmp import note
from creditline.vocab.consent_terms import PLUS_URI
from creditline.vocab.fields import BY_ID

if TYPE_CHECKING:
    from datetime import datetime

    from creditline.model.reading import Value
    from creditline.model.stamp_profile import StampProfile
    from creditline.reattach.material import Material

ACTION = "creditline stamped"
_PLUS = {
    "prohibited": "DMI-PROHIBITED-AIMLTRAINING",
    "allowed": "DMI-ALLOWED",
    "constrained": "DMI-PROHIBITED-SEECONSTRAINT",
}
_FIELDS = {
    "creator": "creator",
    "creator_title": "creator_title",
    "creator_contact.email": "contact_email",
    "creator_contact.url": "contact_url",
    "copyright_owner": "copyright_owner",
    "credit_line": "credit_line",
    "source": "source",
    "usage_terms": "usage_terms",
    "web_statement": "web_statement",
    "license_url": "license_url",
    "licensor_name": "licensor",
    "licensor_url": "licensor_url",
    "licensor_email": "licensor_email",
    "instructions": "instructions",
}
"""Field id → key of a profile."""
_EXIF = ("IFD0:Artist", "IFD0:Copyright")
_MARKED = "rights_marked"


@dataclass(frozen=True, slots=True)
class Stamped:
    """The file, and the ids of what was written and of what was there already."""

    data: bytes
    written: tuple[str, ...]
    kept: tuple[str, ...]
    steps: tuple[Step, ...] = ()


def fields_of(profile: StampProfile, year: str) -> dict[str, Value]:
    """Field id → value that a profile stands for; a copyright notice also marks the picture as protected."""
    found: dict[str, Value] = {}
    for field_id, key in _FIELDS.items():
        value = getattr(profile, key)
        if value:
            found[field_id] = (
                list(value) if isinstance(value, tuple) else [value] if BY_ID[field_id].many else value
            )
    if profile.copyright:
        found["copyright_notice"] = profile.copyright.replace(YEAR, year)
        found[_MARKED] = "True"
    word, text = profile.training()
    if word:
        found["data_mining"] = PLUS_URI + _PLUS[word]
    terms = [part for part in (text, *profile.stipulations) if part]
    if profile.ai_training_until:
        terms.append(f"What is said of AI training holds until {profile.ai_training_until}")
    if terms:
        found["other_constraints"] = "; ".join(terms)
    return found


def stamp(
    data: bytes,
    target: Material,
    profile: StampProfile,
    *,
    replacing: frozenset[str] = frozenset(),
    at: datetime,
) -> Stamped:
    """`data`, of which `target` is the reading, with what the profile says; `replacing` are ids that may be changed.

    Raises:
        UsageError: the picture says something else in a field that may not be changed (code `conflict`), or cannot be
            written into (code `unwritable`).
    """
    resolved = dict(target.reading.resolved)
    made = str(resolved.get("date_created", ""))[:4]
    wanted = fields_of(profile, made if made.isdecimal() else str(at.year))
    steps: list[Step] = []
    kept: list[str] = []
    conflicts: list[Conflict] = []
    for field_id, value in wanted.items():
        there = [(f.carrier, f.key) for f in target.reading.fields if f.id == field_id]
        differs = any(not same(f.value, value) for f in target.reading.fields if f.id == field_id)
        if differs and field_id not in replacing:
            conflicts.append(Conflict(field_id, value, resolved.get(field_id, "")))
            continue
        places = [place for place in _places(field_id, target) if differs or place not in there]
        if places:
            steps += [
                Step(field_id, value, ("profile", field_id), place, "repair" if place in there else "add")
                for place in places
            ]
        else:
            kept.append(field_id)
    if conflicts:
        said = ", ".join(f"{one.id} says {_text(one.copy)!r}" for one in conflicts)
        options = " ".join(f"--replace {one.id}" for one in conflicts)
        raise UsageError(f"the picture has other values: {said}", code="conflict", next_step=f"add {options}")
    if not steps:
        return Stamped(data, (), tuple(kept))
    done: Written = write(data, Plan(tuple(steps)), target, target, at=at, entry=note(ACTION, steps, at))
    if not done.steps:
        why = done.problems[-1].message if done.problems else "nothing could be written"
        raise UsageError(why, code="unwritable")
    ids = dict.fromkeys(step.id for step in done.steps)
    return Stamped(done.data, tuple(ids), tuple(kept), done.steps)


def _places(field_id: str, target: Material) -> list[tuple[str, str]]:
    """XMP's place, IIM's and Exif's, as far as the format and the standard have them."""
    found: dict[str, tuple[str, str]] = {}
    for carrier, key in BY_ID[field_id].places:
        if carrier in found or carrier not in target.writable or target.broken(carrier):
            continue
        if carrier in {"xmp", "iptc"} or (carrier == "exif" and key in _EXIF):
            found[carrier] = (carrier, key)
    return list(found.values())


def _text(value: Value) -> str:
    if isinstance(value, dict):
        return next(iter(value.values()), "")
    return value if isinstance(value, str) else "; ".join(value)
