"""China's label for generated content (GB 45438-2025): `AIGC` as JSON in XMP, UserComment or a PNG keyword.

It names the producer, by a code or a name, and what was made; not how. Only `Label` 1, which says that it was
generated, is a record of that; `possible` and `suspected` are no more than a platform's opinion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.metadata.generators.places import COMMENTS, text_of
from creditline.metadata.generators.record import chosen, first, generation, member, parse_object
from creditline.vocab.generators import aigc_producer

if TYPE_CHECKING:
    from creditline.model.reading import Generation, Property

NAME = "aigc"
MAX_LABEL = 64 * 1024
"""Characters of a label: it has seven short texts."""

GENERATED = "1"
_SETTINGS = ("ContentProducer", "ProduceID", "ContentPropagator", "PropagateID")


def recognises(item: Property) -> bool:
    """Whether there is a label that says `generated`."""
    if item.key not in COMMENTS and item.key.rpartition(":")[2].casefold() != NAME:
        return False
    return first(_label(text_of(item)), "Label") == GENERATED


def read(item: Property, others: tuple[Property, ...]) -> Generation | None:  # noqa: ARG001
    """Producer and numbers; a producer's code is given by name where it is known. None without a producer."""
    label = _label(text_of(item))
    producer = (first(label, "ContentProducer") or "").strip()
    if not producer:
        return None
    return generation(aigc_producer(producer), item, settings=chosen(label, *_SETTINGS))


def _label(text: str) -> dict[str, object]:
    if len(text) > MAX_LABEL:
        return {}
    label = parse_object(text, "AIGC", "ContentProducer")
    return member(label, "AIGC") or label
