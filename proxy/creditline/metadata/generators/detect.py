"""Which generators left a record among a picture's properties."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from creditline.metadata.generators import GENERATORS
from creditline.metadata.generators.places import COMMENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from creditline.metadata.generators.places import Reader
    from creditline.model.reading import Generation, Property

GRAPHS = "ComfyUI"
HOSTS = ("TensorArt", "Civitai", "Stability Matrix")
"""Services that run ComfyUI and leave its graph beside, or around, their own record."""

CIVITAI, CIVITAI_ARTIST, GROK = "Civitai", "ai", "xAI Grok"
"""Two that write something else where the creator's name belongs: a word, and a job's number."""

_FOR_PEOPLE = "midjourney"
_BY_KEY: dict[str, tuple[Reader, ...]] = {
    key: tuple(r for r in GENERATORS if key in (COMMENTS if r.keys is None else r.keys))
    for key in frozenset().union(COMMENTS, *(reader.keys for reader in GENERATORS if reader.keys is not None))
}
_LABELS = tuple(reader for reader in GENERATORS if reader.keys is None)


def _readers(key: str) -> tuple[Reader, ...]:
    """Who may know a record under this key, in the registry's order."""
    found = _BY_KEY.get(key)
    if found is not None:
        return found
    return _LABELS if key[-1:] in "cC" and key[-4:].casefold() == "aigc" else ()


def detect(properties: Sequence[Property]) -> tuple[Generation, ...]:
    """One `Generation` per generator and carrier, in the order in which the records stand.

    Of several records of one generator in one carrier the one that could be followed furthest counts; a
    property that no reader knows gives nothing. A graph beside the record of a service that ran it is the
    service's, and fills in what that record leaves open. Never raises on a record's content.
    """
    everything = tuple(properties)
    found: dict[tuple[str, str], Generation] = {}
    for item in everything:
        for reader in _BY_KEY.get(item.key) or _readers(item.key):
            if not reader.recognises(item):
                continue
            generation = reader.read(item, everything)
            if generation is None:
                continue
            place = (generation.generator, generation.carrier)
            if place not in found or _weight(generation) > _weight(found[place]):
                found[place] = generation
            break
    for host in HOSTS:
        for name, carrier in list(found):
            graph = found.get((GRAPHS, carrier))
            if name == host and graph is not None:
                found[host, carrier] = _filled(found[host, carrier], graph)
                del found[GRAPHS, carrier]
    return tuple(found.values())


def is_record(item: Property) -> bool:
    """Whether the text was written by a generator for programs to read, wherever it stands.

    Midjourney's description is not: the prompt in it is words for people, and its job number names the picture.
    """
    return any(reader.recognises(item) for reader in _readers(item.key) if reader.name != _FOR_PEOPLE)


def is_placeholder(item: Property, generations: Sequence[Generation]) -> bool:
    """Whether a creator is no name, but what the generator of a record in the same carrier writes there."""
    if item.key != "IFD0:Artist" or not isinstance(item.value, str):
        return False
    artist = item.value.strip("\0 ")
    wrote = {g.generator for g in generations if g.carrier == item.carrier}
    if CIVITAI in wrote and artist == CIVITAI_ARTIST:
        return True
    if GROK not in wrote:
        return False
    from creditline.metadata.generators.grok import is_job

    return is_job(artist)


def _weight(generation: Generation) -> int:
    """How much of the record could be had."""
    said = (generation.prompt, generation.seed, generation.models, generation.settings)
    return 2 * sum(bool(part) for part in said) + (generation.unresolved is None)


def _filled(host: Generation, graph: Generation) -> Generation:
    """The service's record with what only the graph says."""
    filled = replace(
        host,
        models=host.models or graph.models,
        prompt=host.prompt or graph.prompt,
        negative_prompt=host.negative_prompt or graph.negative_prompt,
        seed=host.seed or graph.seed,
        settings=host.settings or graph.settings,
    )
    complete = filled.prompt and filled.seed and filled.models
    return replace(filled, unresolved=None if complete else host.unresolved)
