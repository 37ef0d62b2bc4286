"""Spaces on Hugging Face that share one script: PNG `parameters` as JSON with `Model` and `resolution`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from creditline.metadata.generators.places import PLACES, text_of
from creditline.metadata.generators.record import chosen, first, generation, parse_object

if TYPE_CHECKING:
    from creditline.model.reading import Generation, Property

GENERATOR = "Hugging Face Space"
KEYS = PLACES

_RESOLUTION = re.compile(r"\d{1,6} ?x ?\d{1,6}")
_SETTINGS = ("num_inference_steps", "sampler", "guidance_scale", "resolution", "Model hash")


def recognises(item: Property) -> bool:
    """Whether the object has a model and a size as this script writes them."""
    if item.key not in KEYS:
        return False
    record = parse_object(text_of(item), "Model")
    size = record.get("resolution")
    return "prompt" in record and isinstance(size, str) and _RESOLUTION.fullmatch(size) is not None


def read(item: Property, others: tuple[Property, ...]) -> Generation:  # noqa: ARG001
    """The record in its parts."""
    record = parse_object(text_of(item), "Model")
    return generation(
        GENERATOR,
        item,
        models=(first(record, "Model"),),
        prompt=first(record, "prompt"),
        negative=first(record, "negative_prompt"),
        seed=first(record, "seed"),
        settings=chosen(record, *_SETTINGS),
    )
