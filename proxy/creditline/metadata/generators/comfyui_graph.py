"""Following a ComfyUI prompt graph from the saved picture back to sampler, text and model."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from creditline.metadata.generators.record import scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_NODES = 5_000
"""Nodes visited per question; large workflows have some hundred."""
MAX_TEXTS = 50
"""Texts joined into one prompt."""
MAX_SAMPLERS = 20
"""Samplers whose seeds are kept; a picture passes through two or three."""

TEXT_INPUTS = (
    *("text", "text_g", "text_l", "t5xxl", "clip_l", "prompt", "positive_prompt", "string", "value"),
    *(
        "text_positive",
        "positive",
        "wildcard_text",
        "populated_text",
        "text1",
        "text2",
        "string_a",
        "string_b",
        "a",
        "b",
    ),
)
MODEL_INPUTS = ("ckpt_name", "unet_name", "gguf_name", "model_name", "base_ckpt_name")
SETTINGS = ("steps", "cfg", "sampler_name", "scheduler", "denoise", "guidance", "width", "height")
NOT_TEXT = (
    *("clip", "model", "vae", "image", "images", "pixels", "control_net", "latent", "mask"),
    "clip_vision_output",
)
"""Inputs of conditioning nodes that lead away from the words."""


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a prompt graph: inputs are literals or `[node id, output index]`."""

    kind: str
    inputs: Mapping[str, object]


type Graph = dict[str, Node]


@dataclass(frozen=True, slots=True)
class Trace:
    """What a graph says of one picture; `unresolved` names what could not be followed."""

    prompt: str | None
    negative: str | None
    seed: str | None
    models: tuple[str, ...]
    settings: tuple[tuple[str, str], ...]
    unresolved: str | None


def trace(graph: Graph) -> Trace:
    """The sampler nearest to a save node, and what feeds it. Never raises; every walk is bounded."""
    if len(graph) > MAX_NODES:
        return Trace(None, None, None, (), (), f"The graph has more than {MAX_NODES} nodes.")
    outputs = _outputs(graph)
    samplers = _samplers(graph, outputs)
    if not samplers:
        return Trace(None, None, None, _models(graph, outputs), (), "No sampler leads to the saved picture.")
    sampler = samplers[0]
    node = graph[sampler]
    positive, negative = _conditioning(graph, node)
    prompt = _text(graph, positive, "positive")
    negative_text = _text(graph, negative, "negative")
    seed = _seed(graph, sampler)
    models = _models(graph, [sampler])
    missing = [
        name
        for name, value in (("prompt", prompt), ("seed", seed), ("model", models))
        if not value and value != ""
    ]
    settings = [(name, value) for name in SETTINGS if (value := _literal(graph, sampler, (name,))) is not None]
    settings += [("lora", name) for name in _loras(graph, sampler)]
    seeds = [_seed(graph, other) for other in samplers[1:MAX_SAMPLERS]]
    settings += [("seed of another sampler", s) for s in dict.fromkeys(seeds) if s is not None and s != seed]
    reasons = [f"Not to be followed in the graph: {', '.join(missing)}."] if missing else []
    if len({next(iter(_samplers(graph, [output])), None) for output in outputs[:MAX_SAMPLERS]}) > 1:
        reasons.append("The graph saves several pictures and does not say which one this is.")
    return Trace(
        prompt or None,
        negative_text or None,
        seed,
        models,
        tuple(settings),
        " ".join(reasons) or None,
    )


def _link(value: object) -> str | None:
    """The node that an input is wired to."""
    if (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str | int)
        and isinstance(value[1], int)
    ):
        return str(value[0])
    return None


def _upstream(graph: Graph, start: list[str], skip: tuple[str, ...] = ()) -> Iterator[str]:
    """Nodes that feed `start`, nearest first, each once; inputs named in `skip` are not followed."""
    queue, seen = deque(start), set(start)
    while queue:
        number = queue.popleft()
        node = graph.get(number)
        if node is None:
            continue
        yield number
        for name, value in node.inputs.items():
            source = _link(value)
            if source is not None and source not in seen and name not in skip:
                seen.add(source)
                queue.append(source)


def _outputs(graph: Graph) -> list[str]:
    """Nodes that save a picture, before those that only show one."""
    saving = [n for n, node in graph.items() if "save" in node.kind.lower() and "images" in node.inputs]
    showing = [n for n, node in graph.items() if "preview" in node.kind.lower() and "images" in node.inputs]
    fed = {source for node in graph.values() for value in node.inputs.values() if (source := _link(value))}
    return saving or showing or [number for number in graph if number not in fed]


def _is_sampler(node: Node) -> bool:
    if node.kind.startswith(("KSampler", "SamplerCustom")) and node.kind != "KSamplerSelect":
        return True
    return {"sampler_name", "steps", "cfg"} <= node.inputs.keys()


def _samplers(graph: Graph, outputs: list[str]) -> list[str]:
    return [n for n in _upstream(graph, outputs) if _is_sampler(graph[n])]


def _seed(graph: Graph, sampler: str) -> str | None:
    """The seed of the noise that the picture began with; a sampler that adds none goes on with an earlier one."""
    noisy = [n for n in _samplers(graph, [sampler]) if graph[n].inputs.get("add_noise") not in ("disable", False)]
    return _literal(graph, noisy[0] if noisy else sampler, ("seed", "noise_seed"))


def _conditioning(graph: Graph, node: Node) -> tuple[object, object]:
    """The positive and negative inputs, through a guider where there is one."""
    guider = graph.get(_link(node.inputs.get("guider")) or "")
    holder = guider or node
    positive = holder.inputs.get("positive", holder.inputs.get("conditioning"))
    return positive, holder.inputs.get("negative")


def _text(graph: Graph, value: object, role: str) -> str | None:
    """Texts behind a conditioning input, nearest first, joined by lines; None when no text node is reached.

    Nodes that pass both conditionings on are followed by `role` (`positive` or `negative`) alone.
    """
    start = _link(value)
    if start is None:
        return scalar(value) if isinstance(value, str) else None
    found: list[str] = []
    reached = False
    other = "negative" if role == "positive" else "positive"
    names = [name.replace("positive", role) for name in TEXT_INPUTS]
    for number in _upstream(graph, [start], (*NOT_TEXT, other, f"text_{other}", f"{other}_prompt")):
        node = graph[number]
        if node.kind == "ConditioningZeroOut":
            return ""
        for name in names:
            text = node.inputs.get(name)
            if isinstance(text, str):
                reached = True
                if text.strip() and text not in found and len(found) < MAX_TEXTS:
                    found.append(text)
    return "\n".join(found) if reached else None


def _literal(graph: Graph, sampler: str, names: tuple[str, ...]) -> str | None:
    """The nearest literal of these names, at the sampler or behind the inputs that set it up."""
    side = ("positive", "negative", "conditioning", "clip", "vae", "image", "pixels")
    for number in _upstream(graph, [sampler], side):
        node = graph[number]
        if number != sampler and _is_sampler(node):
            continue
        for name in names:
            text = scalar(node.inputs.get(name))
            if text is not None:
                return text
            source = graph.get(_link(node.inputs.get(name)) or "")
            if source is not None:
                # A primitive or seed node: its one number or string is the value.
                literals = [t for v in source.inputs.values() if (t := scalar(v)) is not None]
                if literals:
                    return literals[0]
    return None


def _models(graph: Graph, start: list[str]) -> tuple[str, ...]:
    found: list[str] = []
    for number in _upstream(graph, start, ("positive", "negative", "conditioning", "clip", "vae")):
        node = graph[number]
        if "upscale" in node.kind.lower() or "controlnet" in node.kind.lower() or "lora" in node.kind.lower():
            continue
        for name in MODEL_INPUTS:
            text = node.inputs.get(name)
            if isinstance(text, str) and text not in found:
                found.append(text)
    return tuple(found)


def _loras(graph: Graph, sampler: str) -> list[str]:
    found: list[str] = []
    for number in _upstream(graph, [sampler], ("positive", "negative", "conditioning", "vae")):
        name = graph[number].inputs.get("lora_name")
        if isinstance(name, str) and name not in found:
            found.append(name)
    return found
