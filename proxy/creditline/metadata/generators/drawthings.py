"""Draw Things: XMP with `Draw Things` as creator tool and a JSON object in exif:UserComment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.metadata.generators.places import COMMENTS, text_of
from creditline.metadata.generators.record import chosen, first, generation, parse_object, siblings

if TYPE_CHECKING:
    from creditline.model.reading import Generation, Property

GENERATOR = "Draw Things"
TOOL = "xmp:CreatorTool"
KEYS = COMMENTS | {TOOL}

_MEMBERS = {"c", "uc", "sampler", "seed"}
_SETTINGS = ("steps", "sampler", "scale", "size", "strength")


def recognises(item: Property) -> bool:
    """Whether the creator tool is Draw Things, or the comment has the members that only it writes together."""
    if item.key == TOOL:
        return text_of(item).strip() == GENERATOR
    return item.key in COMMENTS and bool(_record(text_of(item)))


def read(item: Property, others: tuple[Property, ...]) -> Generation:
    """The record in its parts: `c` is the prompt, `uc` what the picture should not show."""
    record = _record(text_of(item))
    if not record:
        texts = siblings(item, others)
        record = next((found for key in sorted(COMMENTS) if (found := _record(texts.get(key, "")))), {})
    return generation(
        GENERATOR,
        item,
        models=(first(record, "model"),),
        prompt=first(record, "c"),
        negative=first(record, "uc"),
        seed=first(record, "seed"),
        settings=chosen(record, *_SETTINGS),
        unresolved=None if record else "The comment with the settings is missing.",
    )


def _record(text: str) -> dict[str, object]:
    record = parse_object(text, "uc")
    return record if record.keys() >= _MEMBERS else {}
