"""Civitai's graph with its own request in it."""

import json

import pytest

from creditline.metadata.generators import civitai
from creditline.model.reading import Property

REQUEST = {
    "prompt": "a sea",
    "negativePrompt": "fog",
    "seed": 1311178179,
    "steps": 25,
    "resources": [{"modelVersionId": 7}],
}
UPSCALER = "urn:air:other:upscaler:civitai:147759@164821"
CHECKPOINT = "urn:air:sdxl:checkpoint:civitai:827184@2514310"


def graph(airs: list[str], request: object = REQUEST) -> Property:
    """A picture's comment."""
    node = {"1": {"class_type": "LoadImage", "inputs": {}}}
    return Property(
        "exif",
        "ExifIFD:UserComment",
        json.dumps({**node, "extra": {"airs": airs}, "extraMetadata": json.dumps(request)}),
    )


def test_the_request() -> None:
    """Prompts and seed come from the request; an upscaler is no model, a number no name."""
    item = graph([UPSCALER])
    result = civitai.read(item, (item,))

    assert civitai.recognises(item)
    assert ("Civitai", ()) == (result.generator, result.models)
    assert ("a sea", "fog", "1311178179") == (result.prompt, result.negative_prompt, result.seed)
    assert {("steps", "25"), ("model version", "7"), ("resource", UPSCALER)} <= set(result.settings)
    assert result.unresolved


def test_the_models_address() -> None:
    """A checkpoint's address names the model."""
    item = graph([CHECKPOINT, UPSCALER])
    result = civitai.read(item, (item,))

    assert ((CHECKPOINT,), None) == (result.models, result.unresolved)


def test_a_graph_without_request_says_so() -> None:
    """Broken JSON in JSON is nothing to read."""
    item = graph([CHECKPOINT], request=[1])

    assert civitai.read(item, (item,)).unresolved


@pytest.mark.parametrize(
    "text", ['{"extra": {}}', '{"extra": {"airs": ["x"]}}', '{"extra": ' + "[" * 100_000, "urn:air:"]
)
def test_what_is_none_of_it(text: str) -> None:
    """Editors put an `extra` into graphs, too."""
    assert not civitai.recognises(Property("exif", "ExifIFD:UserComment", text))
