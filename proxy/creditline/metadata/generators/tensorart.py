"""TensorArt: `generation_data` (JSON) beside the graph that ran, which alone may know the seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.metadata.generators.places import text_of
from creditline.metadata.generators.record import chosen, first, generation, loras, member, parse_object, unread

if TYPE_CHECKING:
    from creditline.model.reading import Generation, Property

GENERATOR = "TensorArt"
KEY = "generation_data"
KEYS = frozenset({KEY})
RANDOM = "-1"

_SETTINGS = ("steps", "ksamplerName", "schedule", "cfgScale", "width", "height", "clipSkip", "sdVae")


def recognises(item: Property) -> bool:
    """Whether the object under TensorArt's key names a base model or a prompt."""
    return item.key == KEY and bool(parse_object(text_of(item), "baseModel", "negativePrompt"))


def read(item: Property, others: tuple[Property, ...]) -> Generation:  # noqa: ARG001
    """The record in its parts. A seed of -1 asked for a random one, so it is none."""
    record = parse_object(text_of(item), "baseModel", "negativePrompt")
    if not record:
        return unread(GENERATOR, item)
    model = member(record, "baseModel")
    seed = first(record, "seed")
    return generation(
        GENERATOR,
        item,
        models=(first(model, "modelFileName", "label"),),
        prompt=first(record, "prompt"),
        negative=first(record, "negativePrompt"),
        seed=None if seed == RANDOM else seed,
        settings=(
            *chosen(record, *_SETTINGS),
            *(("model hash", text) for text in (first(model, "hash"),) if text),
            *loras(record.get("models"), "modelFileName"),
        ),
        unresolved="The seed was random and is not in the record." if seed == RANDOM else None,
    )
