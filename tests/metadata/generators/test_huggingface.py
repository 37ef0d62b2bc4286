"""The record of the script that many Spaces share."""

import json

import pytest

from creditline.metadata.generators import huggingface
from creditline.model.reading import Property

RECORD = {
    "prompt": "a sea",
    "negative_prompt": "fog",
    "resolution": "1024 x 1024",
    "num_inference_steps": 24,
    "seed": 443800072,
    "Model": "xl v16",
    "use_upscaler": None,
}


def test_the_record() -> None:
    """Model, prompts, seed and size; what is null is left out."""
    item = Property("png_text", "parameters", json.dumps(RECORD))
    result = huggingface.read(item, (item,))

    assert huggingface.recognises(item)
    assert ("Hugging Face Space", ("xl v16",)) == (result.generator, result.models)
    assert ("a sea", "fog", "443800072") == (result.prompt, result.negative_prompt, result.seed)
    assert (("num_inference_steps", "24"), ("resolution", "1024 x 1024")) == result.settings


@pytest.mark.parametrize(
    "change", [{"resolution": "large"}, {"resolution": 1024}, {"Model": None, "resolution": ""}]
)
def test_what_is_none_of_it(change: dict[str, object]) -> None:
    """Without a size as the script writes it, anybody may have written it."""
    assert not huggingface.recognises(Property("png_text", "parameters", json.dumps({**RECORD, **change})))
