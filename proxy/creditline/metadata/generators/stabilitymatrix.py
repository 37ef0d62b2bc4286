"""Stability Matrix: `parameters-json` beside the graph that ran, `smproj` with the whole project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.metadata.generators.places import text_of
from creditline.metadata.generators.record import chosen, first, generation, parse_object, siblings, unread

if TYPE_CHECKING:
    from creditline.model.reading import Generation, Property

GENERATOR = "Stability Matrix"
PARAMETERS, PROJECT = "parameters-json", "smproj"
KEYS = frozenset({PARAMETERS, PROJECT})

_SETTINGS = ("Steps", "Sampler", "CfgScale", "Width", "Height", "ModelHash")


def recognises(item: Property) -> bool:
    """Whether the key is one of its two and JSON stands there."""
    return item.key in KEYS and text_of(item).lstrip().startswith("{")


def read(item: Property, others: tuple[Property, ...]) -> Generation:
    """The parameters in their parts; a project alone is not taken apart."""
    text = text_of(item) if item.key == PARAMETERS else siblings(item, others).get(PARAMETERS, "")
    record = parse_object(text)
    if not record:
        return unread(GENERATOR, item)
    return generation(
        GENERATOR,
        item,
        models=(first(record, "ModelName"),),
        prompt=first(record, "PositivePrompt"),
        negative=first(record, "NegativePrompt"),
        seed=first(record, "Seed"),
        settings=chosen(record, *_SETTINGS),
    )
