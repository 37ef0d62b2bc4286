"""SwarmUI: a JSON object with `sui_image_params`, in PNG `parameters`, in UserComment or in the pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.metadata.generators.places import PLACES, text_of
from creditline.metadata.generators.record import (
    MAX_TEXT,
    chosen,
    first,
    generation,
    loras,
    member,
    parse_object,
    unread,
)

if TYPE_CHECKING:
    from creditline.model.reading import Generation, Property

GENERATOR = "SwarmUI"
MARK = "sui_image_params"
KEYS = PLACES

_SETTINGS = ("steps", "sampler", "scheduler", "cfgscale", "width", "height", "swarm_version")


def recognises(item: Property) -> bool:
    """Whether the object with SwarmUI's parameters stands there."""
    if item.key not in KEYS:
        return False
    text = text_of(item)
    return bool(parse_object(text, MARK)) or (len(text) > MAX_TEXT and f'"{MARK}"' in text[:MAX_TEXT])


def read(item: Property, others: tuple[Property, ...]) -> Generation:  # noqa: ARG001
    """The parameters in their parts; a refiner is a second model."""
    parameters = member(parse_object(text_of(item), MARK), MARK)
    if not parameters:
        return unread(GENERATOR, item)
    return generation(
        GENERATOR,
        item,
        models=(first(parameters, "model"), first(parameters, "refinermodel")),
        prompt=first(parameters, "prompt"),
        negative=first(parameters, "negativeprompt"),
        seed=first(parameters, "seed"),
        settings=(*chosen(parameters, *_SETTINGS), *loras(parameters.get("loras"))),
    )
