"""ComfyUI's graphs: `prompt` (what ran) and `workflow` (what the editor showed).

PNG keeps each under its own keyword; extensions put them into Exif Make, Model or ImageDescription
(`Prompt: {…}`) or into UserComment as one object. The graph is followed from the node that saved the picture
back to sampler, text and model; what cannot be followed is named in `unresolved`, never guessed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from creditline.metadata.generators.comfyui_graph import Graph, Node, Trace, trace
from creditline.metadata.generators.places import COMMENTS, STEALTH, text_of
from creditline.metadata.generators.record import MAX_TEXT, parse_json, scalar
from creditline.model.reading import Generation

if TYPE_CHECKING:
    from creditline.model.reading import Property

GENERATOR = "ComfyUI"
EXIF_KEYS = frozenset({"IFD0:Make", "IFD0:Model", "IFD0:ImageDescription"})
KEYS = COMMENTS | STEALTH.keys() | EXIF_KEYS | {"prompt", "workflow", "comment"}

_LABEL = re.compile(r"\s{0,8}(prompt|workflow)\s{0,8}:\s{0,8}(?=[{\[])", re.IGNORECASE)
_SAMPLER_WIDGETS = {
    "KSampler": ("seed", None, "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "KSamplerAdvanced": (None, "noise_seed", None, "steps", "cfg", "sampler_name", "scheduler"),
}
"""Order of the editor's widgets, which the workflow lists without names."""


def recognises(item: Property) -> bool:
    """Whether the property holds a graph: node objects with `class_type`, or the editor's nodes and links."""
    if item.key not in KEYS:
        return False
    text = _body(text_of(item))
    if not text.startswith("{"):
        return False
    if len(text) > MAX_TEXT:
        return '"class_type"' in text[:MAX_TEXT] or ('"nodes"' in text[:MAX_TEXT] and '"links"' in text)
    prompt, workflow = _graphs(text)
    return bool(prompt) or bool(workflow)


def read(item: Property, others: tuple[Property, ...]) -> Generation:
    """What the graph says. A workflow is only read when neither `item` nor `others` hold the prompt graph."""
    text = text_of(item)
    if len(text) > MAX_TEXT:
        reason = f"The record is longer than {MAX_TEXT} characters."
        return Generation(GENERATOR, raw=text[:MAX_TEXT], carrier=item.carrier, key=item.key, unresolved=reason)
    prompt, workflow = _graphs(_body(text))
    if not prompt:
        for other in others:
            if other is not item and other.carrier == item.carrier and recognises(other):
                found, _ = _graphs(_body(text_of(other)))
                if found:
                    return read(other, ())
    result = trace(prompt) if prompt else _from_workflow(workflow)
    return Generation(
        generator=GENERATOR,
        models=result.models,
        prompt=result.prompt,
        negative_prompt=result.negative,
        seed=result.seed,
        settings=result.settings,
        raw=text,
        carrier=item.carrier,
        key=item.key,
        unresolved=result.unresolved,
    )


def _body(text: str) -> str:
    """The JSON behind an Exif label."""
    match = _LABEL.match(text)
    return (text[match.end() :] if match else text).strip("\0 \t\r\n")


def _graphs(text: str) -> tuple[Graph, dict[str, object]]:
    """The prompt graph and the workflow in a text; empty where it holds none."""
    value = parse_json(text)
    if not isinstance(value, dict):
        return {}, {}
    prompt, workflow = value.get("prompt"), value.get("workflow")
    if isinstance(prompt, str):
        prompt = parse_json(prompt)
    if isinstance(workflow, str):
        workflow = parse_json(workflow)
    graph = _nodes(prompt) or _nodes(value)
    if not _is_workflow(workflow):
        workflow = value if _is_workflow(value) else {}
    return graph, workflow if isinstance(workflow, dict) else {}


def _nodes(value: object) -> Graph:
    if not isinstance(value, dict):
        return {}
    return {
        str(number): Node(node["class_type"], node["inputs"] if isinstance(node.get("inputs"), dict) else {})
        for number, node in value.items()
        if isinstance(node, dict) and isinstance(node.get("class_type"), str)
    }


def _is_workflow(value: object) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("nodes"), list)
        and isinstance(value.get("links"), list)
        and any(isinstance(node, dict) and "type" in node for node in value["nodes"])
    )


def _from_workflow(workflow: dict[str, object]) -> Trace:
    """The editor's graph as far as it goes: widgets by their usual order, links by number."""
    nodes, links = workflow.get("nodes"), workflow.get("links")
    graph: Graph = {}
    sources = {
        str(link[0]): [str(link[1]), link[2]]
        for link in (links if isinstance(links, list) else [])
        if isinstance(link, list) and len(link) >= 5
    }
    for node in nodes if isinstance(nodes, list) else []:
        if not isinstance(node, dict) or not isinstance(node.get("type"), str):
            continue
        if node.get("mode") in (2, 4):
            # Muted and bypassed nodes did not run.
            continue
        inputs: dict[str, object] = dict(_widgets(node))
        wired = node.get("inputs")
        for slot in wired if isinstance(wired, list) else []:
            if isinstance(slot, dict) and str(slot.get("link")) in sources:
                inputs[str(slot.get("name"))] = sources[str(slot.get("link"))]
        graph[str(node.get("id"))] = Node(node["type"], inputs)
    result = trace(graph)
    reason = "The picture holds only the editor's workflow, not the graph that ran."
    return Trace(
        result.prompt,
        result.negative,
        result.seed,
        result.models,
        result.settings,
        f"{reason} {result.unresolved}" if result.unresolved else reason,
    )


def _widgets(node: dict[str, object]) -> dict[str, object]:
    values, kind = node.get("widgets_values"), str(node.get("type"))
    if isinstance(values, dict):
        return {str(name): value for name, value in values.items() if scalar(value) is not None}
    if not isinstance(values, list):
        return {}
    if kind in _SAMPLER_WIDGETS:
        names: tuple[str | None, ...] = _SAMPLER_WIDGETS[kind]
    elif kind.startswith("CLIPTextEncode"):
        names = ("text",)
    elif "Loader" in kind and values and isinstance(values[0], str):
        names = ("ckpt_name",) if "Checkpoint" in kind else ("lora_name" if "Lora" in kind else "unet_name",)
    elif kind.startswith("Empty") and "Latent" in kind:
        names = ("width", "height")
    else:
        return {}
    return {name: value for name, value in zip(names, values, strict=False) if name is not None}
