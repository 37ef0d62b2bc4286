"""Fooocus and RuinedFooocus."""

import json

import pytest

from creditline.metadata.generators import fooocus
from creditline.model.reading import Property

FOOOCUS = {
    "metadata_scheme": "fooocus",
    "version": "Fooocus v2.2.0",
    "prompt": "a goldfish",
    "negative_prompt": "",
    "full_negative_prompt": ["blurry", "dark", 1],
    "base_model": "juggernautXL",
    "refiner_model": "None",
    "seed": "6952411511246973023",
    "steps": 30,
    "loras": [["offset", 0.1, "abc"]],
    "resolution": "(1152, 896)",
}
RUINED = {
    "software": "RuinedFooocus",
    "Prompt": "a sea",
    "Negative": "fog",
    "seed": 2020047614,
    "base_model_name": "xl.safetensors",
    "sampler_name": "dpmpp",
}


@pytest.mark.parametrize("key", ["parameters", "IFD0:UserComment", "stealth_pnginfo"])
def test_fooocus(key: str) -> None:
    """The seed keeps its digits; `None` is no refiner; a blank text is given as it was expanded."""
    item = Property("png_text", key, json.dumps(FOOOCUS))
    result = fooocus.read(item, (item,))

    assert fooocus.recognises(item)
    assert ("Fooocus", ("juggernautXL",)) == (result.generator, result.models)
    assert ("a goldfish", "blurry\ndark", "6952411511246973023") == (
        result.prompt,
        result.negative_prompt,
        result.seed,
    )
    assert {("resolution", "(1152, 896)"), ("lora", "offset")} <= set(result.settings)


def test_ruined_fooocus() -> None:
    """The fork names itself and has keys of its own."""
    item = Property("png_text", "parameters", json.dumps(RUINED))
    result = fooocus.read(item, (item,))

    assert fooocus.recognises(item)
    assert ("RuinedFooocus", ("xl.safetensors",)) == (result.generator, result.models)
    assert ("a sea", "fog", "2020047614") == (result.prompt, result.negative_prompt, result.seed)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("parameters", '{"software": "GIMP"}'),
        ("parameters", '{"version": 2}'),
        ("parameters", '"metadata_scheme": "fooocus"'),
        ("parameters", '{"version": ' + "[" * 100_000),
        ("Comment", json.dumps(FOOOCUS)),
    ],
)
def test_what_is_none_of_it(key: str, text: str) -> None:
    """Other software, broken JSON and other places are no record."""
    assert not fooocus.recognises(Property("png_text", key, text))
