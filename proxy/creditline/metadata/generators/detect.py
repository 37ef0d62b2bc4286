"""Which generators left a record among a picture's properties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.metadata.generators import GENERATORS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from creditline.model.reading import Generation, Property


def detect(properties: Sequence[Property]) -> tuple[Generation, ...]:
    """One `Generation` per generator and carrier, in the order in which the records stand.

    Of several records of one generator in one carrier the one that could be followed furthest counts; a
    property that no reader knows gives nothing. Never raises on a record's content.
    """
    everything = tuple(properties)
    found: dict[tuple[str, str], Generation] = {}
    for item in everything:
        for reader in GENERATORS:
            if not reader.recognises(item):
                continue
            generation = reader.read(item, everything)
            place = (generation.generator, generation.carrier)
            if place not in found or _weight(generation) > _weight(found[place]):
                found[place] = generation
            break
    return tuple(found.values())


def _weight(generation: Generation) -> int:
    """How much of the record could be had."""
    said = (generation.prompt, generation.seed, generation.models, generation.settings)
    return 2 * sum(bool(part) for part in said) + (generation.unresolved is None)
