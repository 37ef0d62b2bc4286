"""ComfyUI's graphs."""

import json

import pytest

from creditline.metadata.generators import comfyui
from creditline.model.reading import Generation, Property

GRAPH: dict[str, object] = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 42,
            "steps": 20,
            "cfg": 8.0,
            "sampler_name": "euler",
            "scheduler": "normal",
            "model": ["10", 0],
            "positive": ["6", 0],
            "negative": ["7", 0],
            "latent_image": ["5", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd_xl.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 768, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a sea", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["4", 1]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "x"}},
    "10": {
        "class_type": "LoraLoader",
        "inputs": {"lora_name": "l.safetensors", "model": ["4", 0], "clip": ["4", 1]},
    },
    "11": {"class_type": "CLIPTextEncode", "inputs": {"text": "not connected", "clip": ["4", 1]}},
}
WORKFLOW: dict[str, object] = {
    "nodes": [
        {"id": 3, "type": "KSampler", "widgets_values": [42, "fixed", 20, 8, "euler", "normal", 1],
         "inputs": [{"name": "positive", "link": 1}, {"name": "model", "link": 2}]},
        {"id": 4, "type": "CheckpointLoaderSimple", "widgets_values": ["sd_xl.safetensors"]},
        {"id": 6, "type": "CLIPTextEncode", "widgets_values": ["a sea"]},
        {"id": 9, "type": "SaveImage", "inputs": [{"name": "images", "link": 3}]},
    ],
    "links": [[1, 6, 0, 3, 1, "CONDITIONING"], [2, 4, 0, 3, 0, "MODEL"], [3, 3, 0, 9, 0, "IMAGE"]],
}  # fmt: skip


def read(value: object, key: str = "prompt", carrier: str = "png_text") -> Generation:
    """The reading of one record."""
    item = Property(carrier, key, value if isinstance(value, str) else json.dumps(value))
    assert comfyui.recognises(item)
    return comfyui.read(item, (item,))


def changed(**nodes: object) -> dict[str, object]:
    """The graph with nodes put in; `n3` is node 3."""
    return GRAPH | {name.removeprefix("n"): node for name, node in nodes.items()}


def test_the_graph_is_followed_back_from_the_saved_picture() -> None:
    """Only what feeds the saved picture counts."""
    result = read(GRAPH)

    assert ("a sea", "blurry", "42") == (result.prompt, result.negative_prompt, result.seed)
    assert ("sd_xl.safetensors",) == result.models
    assert {("steps", "20"), ("width", "512"), ("height", "768"), ("lora", "l.safetensors")} <= set(
        result.settings
    )
    assert ("ComfyUI", None) == (result.generator, result.unresolved)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("IFD0:Make", "Prompt: " + json.dumps(GRAPH)),
        ("IFD0:Model", "prompt:" + json.dumps(GRAPH)),
        ("IFD0:UserComment", json.dumps({"prompt": GRAPH, "workflow": WORKFLOW})),
        ("ExifIFD:UserComment", json.dumps({"prompt": json.dumps(GRAPH)})),
        ("prompt", json.dumps(GRAPH) + "\0\0"),
        ("prompt", json.dumps(changed(n12={"class_type": "X", "inputs": {"v": float("nan")}}))),
    ],
)
def test_every_place_and_wrapping(key: str, text: str) -> None:
    """Extensions label, nest, pad and write NaN."""
    assert ("a sea", "42") == (read(text, key).prompt, read(text, key).seed)


def test_advanced_samplers() -> None:
    """Seed, sampler and guidance may stand in nodes of their own."""
    graph = changed(
        n3={
            "class_type": "SamplerCustomAdvanced",
            "inputs": {"noise": ["20", 0], "guider": ["21", 0], "sampler": ["22", 0], "sigmas": ["23", 0]},
        },
        n20={"class_type": "RandomNoise", "inputs": {"noise_seed": 7}},
        n21={"class_type": "BasicGuider", "inputs": {"model": ["24", 0], "conditioning": ["25", 0]}},
        n22={"class_type": "KSamplerSelect", "inputs": {"sampler_name": "euler"}},
        n23={"class_type": "BasicScheduler", "inputs": {"steps": 4, "scheduler": "simple", "model": ["24", 0]}},
        n24={"class_type": "UNETLoader", "inputs": {"unet_name": "flux.sft"}},
        n25={"class_type": "FluxGuidance", "inputs": {"guidance": 3.5, "conditioning": ["6", 0]}},
    )

    result = read(graph)

    assert ("a sea", "7", ("flux.sft",)) == (result.prompt, result.seed, result.models)
    assert {("steps", "4"), ("sampler_name", "euler")} <= set(result.settings)


def test_positive_and_negative_stay_apart_through_shared_nodes() -> None:
    """A node that passes both conditionings on does not mix them; a zeroed one is empty."""
    shared = {"class_type": "ControlNetApplyAdvanced", "inputs": {"positive": ["6", 0], "negative": ["7", 0]}}
    sampler = {"class_type": "KSampler", "inputs": {"seed": 1, "positive": ["30", 0], "negative": ["30", 1]}}
    zeroed = {"class_type": "KSampler", "inputs": {"seed": 1, "positive": ["6", 0], "negative": ["31", 0]}}
    zero = {"class_type": "ConditioningZeroOut", "inputs": {"conditioning": ["6", 0]}}

    through = read(changed(n3=sampler, n30=shared))

    assert ("a sea", "blurry") == (through.prompt, through.negative_prompt)
    assert read(changed(n3=zeroed, n31=zero)).negative_prompt is None


def test_text_and_seed_behind_links() -> None:
    """Primitive and string nodes are followed; numbers may be links."""
    text = {"class_type": "CLIPTextEncode", "inputs": {"text": [40, 0], "clip": ["4", 1]}}
    sampler = {"class_type": "KSampler", "inputs": {"seed": ["41", 0], "positive": ["6", 0], "model": ["4", 0]}}
    graph = changed(
        n3=sampler,
        n6=text,
        n40={"class_type": "StringNode", "inputs": {"string": "from a node"}},
        n41={"class_type": "Seed", "inputs": {"seed": 99}},
    )

    assert ("from a node", "99") == (read(graph).prompt, read(graph).seed)


def test_workflow_alone_is_read_and_said() -> None:
    """Without the graph that ran, the editor's is read as far as it goes."""
    result = read(WORKFLOW, "workflow")

    assert ("a sea", "42", ("sd_xl.safetensors",)) == (result.prompt, result.seed, result.models)
    assert result.unresolved is not None
    assert "workflow" in result.unresolved


def test_the_graph_that_ran_goes_before_the_workflow() -> None:
    """A workflow property defers to the prompt graph beside it."""
    prompt = Property("png_text", "prompt", json.dumps(GRAPH))
    workflow = Property("png_text", "workflow", json.dumps(WORKFLOW))

    assert "prompt" == comfyui.read(workflow, (workflow, prompt)).key


@pytest.mark.parametrize(
    "graph",
    [
        {"1": {"class_type": "LoadImage", "inputs": {}}},
        changed(n3={"class_type": "KSampler", "inputs": {"positive": ["3", 0], "model": ["8", 0]}}),
        changed(n3={"class_type": "KSampler", "inputs": {"positive": ["nowhere", 0], "seed": [[], {}]}}),
    ],
    ids=["no sampler", "a cycle", "dead links"],
)
def test_what_cannot_be_followed_is_said(graph: dict[str, object]) -> None:
    """Nothing is guessed."""
    assert read(graph).unresolved


@pytest.mark.parametrize(
    "text",
    ["a sea", "{}", "[]", '{"prompt": "a"}', "[" * 900_000, '{"a":' * 100_000, '{"nodes": [], "links": []}'],
)
def test_what_is_no_graph(text: str) -> None:
    """Other texts under the same keys are left to others."""
    assert not comfyui.recognises(Property("png_text", "prompt", text))


def test_long_records_are_named_and_not_parsed() -> None:
    """Past the cap a graph is still known as one."""
    result = read('{"1": {"class_type": "X", "inputs": {"a": "' + "x" * 2_000_000 + '"}}}')

    assert result.unresolved
    assert 1 << 20 == len(result.raw)
