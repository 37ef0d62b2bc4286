"""Credit lines that a service stamps on what its models made: `Made with Google AI`. Weak, but its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.metadata.generators.places import text_of
from creditline.metadata.generators.record import generation
from creditline.vocab.generators import credit_mark

if TYPE_CHECKING:
    from creditline.model.reading import Generation, Property

KEYS = frozenset({"photoshop:Credit", "2:110"})


def recognises(item: Property) -> bool:
    """Whether the credit line is exactly one of the stamps."""
    return item.key in KEYS and credit_mark(text_of(item)) is not None


def read(item: Property, others: tuple[Property, ...]) -> Generation | None:  # noqa: ARG001
    """Who stamped it; such a line says nothing of model and prompt."""
    mark = credit_mark(text_of(item))
    return generation(mark.generator, item) if mark is not None else None
