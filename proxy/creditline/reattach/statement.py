"""What the manifest of a restored picture says: the values that were put back, and what the original says of training.

All of it is "as found in the original": whoever signs a restoration is not the author.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from creditline.reattach.resign import CONTEXTS, Statement
from creditline.vocab.consent_terms import PLUS_URI
from creditline.vocab.fields import BY_PLACE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from creditline.model.reading import Inspection, Value
    from creditline.reattach.plan import Step

RESTORED = ("c2pa.edited.metadata", "Metadata that a copy had lost was put back, as found in the original")
TRANSCODED = ("c2pa.transcoded", "The picture is a copy whose coding differs from the original's")
MAX_VALUE = 20_000
"""Characters of one value: a manifest is no place for a book."""

_NO = "notAllowed"
_TRAINING = ("ai_training", "ai_generative_training")
_BY_CODE: dict[str, dict[str, str]] = {
    "DMI-ALLOWED": dict.fromkeys(("data_mining", *_TRAINING), "allowed"),
    "DMI-PROHIBITED-AIMLTRAINING": dict.fromkeys(_TRAINING, _NO),
    "DMI-PROHIBITED-GENAIMLTRAINING": {"ai_generative_training": _NO},
    "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING": dict.fromkeys(("data_mining", *_TRAINING), _NO),
    "DMI-PROHIBITED": dict.fromkeys(("data_mining", *_TRAINING), _NO),
    "DMI-PROHIBITED-SEECONSTRAINT": dict.fromkeys(("data_mining", *_TRAINING), "constrained"),
}
"""PLUS code → entries of CAWG's training-mining assertion."""


def statement(
    steps: Sequence[Step],
    original: Inspection,
    *,
    same_pixels: bool,
    algorithm: str = "",
    fingerprint: bytes | None = None,
) -> Statement:
    """What is said of a picture into which `steps` put what `original` says."""
    actions = (RESTORED,) if same_pixels else (TRANSCODED, RESTORED)
    return Statement(actions, metadata(steps), training(original), algorithm, fingerprint)


def metadata(steps: Sequence[Step]) -> dict[str, Any]:
    """The XMP values among the steps as `cawg.metadata` holds them: structures with their members."""
    found: dict[str, Any] = {}
    for step in steps:
        carrier, key = step.target
        name, _, member = key.partition("/")
        if (
            carrier != "xmp"
            or BY_PLACE.get(("xmp", key)) is None
            or not _known(name)
            or not _known(member or name)
        ):
            continue
        if len(str(step.value)) > MAX_VALUE:
            continue
        if not member:
            found[name] = _json(step.value)
        elif isinstance(found.setdefault(name, {}), dict):
            found[name][member] = _json(step.value)
    return found


def _known(name: str) -> bool:
    return name.partition(":")[0] in CONTEXTS


def _json(value: Value) -> Any:
    return list(value) if isinstance(value, list) else dict(value) if isinstance(value, dict) else value


def training(original: Inspection) -> dict[str, Any]:
    """The original's own entries, else those that its PLUS code stands for; nothing where it says nothing."""
    if original.c2pa.training and original.c2pa.state in {"trusted", "valid"}:
        return dict(original.c2pa.training)
    resolved = dict(original.resolved)
    code = str(resolved.get("data_mining", "")).removeprefix(PLUS_URI).rstrip("/")
    entries: dict[str, Any] = dict(_BY_CODE.get(code, {}))
    terms = resolved.get("other_constraints")
    if "constrained" in entries.values() and isinstance(terms, str):
        return {name: {"use": use, "constraint_info": terms[:MAX_VALUE]} for name, use in entries.items()}
    return entries
