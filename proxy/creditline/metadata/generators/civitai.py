"""Civitai's own generator where it leaves a graph: resources by AIR address, the request as JSON text.

Its other form is a parameter text, which `a1111` reads and tells apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.metadata.generators.places import COMMENTS, text_of
from creditline.metadata.generators.record import MAX_LORAS, chosen, first, generation, member, parse_object

if TYPE_CHECKING:
    from creditline.model.reading import Generation, Property

GENERATOR = "Civitai"
KEYS = COMMENTS | {"prompt"}
AIR = "urn:air:"
CHECKPOINT = ":checkpoint:"

_SETTINGS = ("steps", "sampler", "cfgScale", "width", "height", "clipSkip", "baseModel", "workflow")


def recognises(item: Property) -> bool:
    """Whether the graph lists AIR addresses or carries Civitai's request."""
    return item.key in KEYS and bool(_graph(item))


def read(item: Property, others: tuple[Property, ...]) -> Generation:  # noqa: ARG001
    """The request in its parts. Models are the addresses of checkpoints, as it gives numbers only."""
    graph = _graph(item)
    text = graph.get("extraMetadata")
    request = parse_object(text) if isinstance(text, str) else {}
    airs = member(graph, "extra").get("airs")
    addresses = [air for air in (airs[:MAX_LORAS] if isinstance(airs, list) else []) if isinstance(air, str)]
    models = [air for air in addresses if CHECKPOINT in air]
    versions = request.get("resources")
    numbers = [
        ("model version", number)
        for entry in (versions[:MAX_LORAS] if isinstance(versions, list) else [])
        if isinstance(entry, dict) and (number := first(entry, "modelVersionId"))
    ]
    missing = "The record gives the model only by number." if numbers else "The record does not name the model."
    return generation(
        GENERATOR,
        item,
        models=models,
        prompt=first(request, "prompt"),
        negative=first(request, "negativePrompt"),
        seed=first(request, "seed"),
        settings=(
            *chosen(request, *_SETTINGS),
            *numbers,
            *(("resource", a) for a in addresses if a not in models),
        ),
        unresolved=(None if models else missing) if request else "The graph holds no request.",
    )


def _graph(item: Property) -> dict[str, object]:
    graph = parse_object(text_of(item), "extra", "extraMetadata")
    airs = member(graph, "extra").get("airs")
    marked = isinstance(airs, list) and any(isinstance(air, str) and air.startswith(AIR) for air in airs)
    return graph if marked or isinstance(graph.get("extraMetadata"), str) else {}
