"""TensorArt's record."""

import json

import pytest

from creditline.metadata.generators import tensorart
from creditline.model.reading import Property

RECORD = {
    "prompt": "a sea",
    "negativePrompt": "fog",
    "seed": "-1",
    "steps": 25,
    "baseModel": {"modelFileName": "xl-16", "label": "v16", "hash": "A5F5"},
    "models": [{"modelFileName": "ink"}],
}


def test_the_record() -> None:
    """NULs behind the text do no harm; a random seed is none, and that is said."""
    item = Property("png_text", "generation_data", json.dumps(RECORD) + "\0\0")
    result = tensorart.read(item, (item,))

    assert tensorart.recognises(item)
    assert ("TensorArt", ("xl-16",)) == (result.generator, result.models)
    assert ("a sea", "fog", None) == (result.prompt, result.negative_prompt, result.seed)
    assert {("steps", "25"), ("model hash", "A5F5"), ("lora", "ink")} <= set(result.settings)
    assert result.unresolved


def test_a_seed_that_was_chosen() -> None:
    """Any other seed is the seed."""
    item = Property("png_text", "generation_data", json.dumps({**RECORD, "seed": "7"}))
    result = tensorart.read(item, (item,))

    assert ("7", None) == (result.seed, result.unresolved)


@pytest.mark.parametrize("text", ["", "{}", '{"baseModel": ' + "[" * 100_000, '["baseModel"]'])
def test_what_is_none_of_it(text: str) -> None:
    """The key is a common word: the object must be TensorArt's."""
    assert not tensorart.recognises(Property("png_text", "generation_data", text))
