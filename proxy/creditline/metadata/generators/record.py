"""What generator readers share: where records stand, and JSON that hostile text cannot blow up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from creditline.metadata.generators.places import text_of
from creditline.model.reading import Generation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from creditline.model.reading import Property

MAX_TEXT = 1 << 20
"""Characters of a record that are parsed; workflows with embedded previews go beyond, settings never do."""
MAX_LORAS = 200
"""Names of one list that are kept; a picture is made with a few."""


def parse_json(text: str) -> object | None:
    """The JSON value, NaN and infinities included; None for anything else or past MAX_TEXT."""
    if len(text) > MAX_TEXT:
        return None
    try:
        value: object = json.loads(text.strip("\0 \t\r\n"))
    except (ValueError, RecursionError):
        return None
    return value


def parse_object(text: str, *names: str) -> dict[str, object]:
    """The JSON object in a text that holds one of `names` as a key; else empty.

    A text without them is not parsed: a picture's one comment is shown to every reader.
    """
    if names and not any(f'"{name}"' in text for name in names):
        return {}
    value = parse_json(text) if text.lstrip("\0 \t\r\n").startswith("{") else None
    return value if isinstance(value, dict) and (not names or any(name in value for name in names)) else {}


def member(record: Mapping[str, object], name: str) -> dict[str, object]:
    """The object under a name; empty when there is none."""
    value = record.get(name)
    return value if isinstance(value, dict) else {}


def siblings(item: Property, others: Iterable[Property]) -> dict[str, str]:
    """The texts of the same carrier by key, the first of each."""
    texts: dict[str, str] = {}
    for other in others:
        if other.carrier == item.carrier:
            texts.setdefault(other.key, text_of(other))
    return texts


def scalar(value: object) -> str | None:
    """A JSON scalar as text, numbers as written where JSON keeps them; None for the rest."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return str(value)
    except ValueError:  # an integer past the digit limit of `str`
        return None


def first(record: Mapping[str, object], *names: str) -> str | None:
    """The first of these members that is a number or says something."""
    return next((text for name in names if (text := scalar(record.get(name)))), None)


def chosen(record: Mapping[str, object], *names: str) -> tuple[tuple[str, str], ...]:
    """These members as settings, under the generator's own names, without the blank ones."""
    return tuple((name, text) for name in names if (text := scalar(record.get(name))))


def loras(value: object, *names: str) -> tuple[tuple[str, str], ...]:
    """The names in a list of LoRAs: texts, lists that begin with the name, or objects with it under `names`."""
    found: list[tuple[str, str]] = []
    for entry in value[:MAX_LORAS] if isinstance(value, list) else []:
        name: object = entry
        if isinstance(entry, list):
            name = entry[0] if entry else None
        elif isinstance(entry, dict):
            name = first(entry, *names)
        if isinstance(name, str) and name:
            found.append(("lora", name))
    return tuple(found)


def generation(
    generator: str,
    item: Property,
    *,
    models: Iterable[str | None] = (),
    prompt: str | None = None,
    negative: str | None = None,
    seed: str | None = None,
    settings: tuple[tuple[str, str], ...] = (),
    raw: str | None = None,
    unresolved: str | None = None,
) -> Generation:
    """A record's reading: blank texts are None, models are named once, the raw text is the item's own."""
    return Generation(
        generator=generator,
        models=tuple(dict.fromkeys(model for model in models if model and model != "None")),
        prompt=prompt.strip() or None if prompt is not None else None,
        negative_prompt=negative.strip() or None if negative is not None else None,
        seed=seed,
        settings=settings,
        raw=text_of(item) if raw is None else raw,
        carrier=item.carrier,
        key=item.key,
        unresolved=unresolved,
    )


def unread(generator: str, item: Property, reason: str | None = None) -> Generation:
    """A record that is known by its key but could not be taken apart; a longer one than MAX_TEXT is cut."""
    text = text_of(item)
    if len(text) > MAX_TEXT:
        reason = f"The record is longer than {MAX_TEXT} characters."
    return generation(
        generator, item, raw=text[:MAX_TEXT], unresolved=reason or "The record cannot be taken apart."
    )
