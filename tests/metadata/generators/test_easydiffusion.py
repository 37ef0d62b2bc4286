"""Easy Diffusion's record, as keywords and as one object."""

import json

from creditline.metadata.generators import easydiffusion
from creditline.model.reading import Property

RECORD = {
    "prompt": "a sea",
    "negative_prompt": "fog",
    "seed": "42",
    "use_stable_diffusion_model": "sd-v1-5",
    "num_inference_steps": "25",
    "width": "512",
}


def test_keywords() -> None:
    """Each keyword holds one setting; those of other carriers don't count, and the raw text is all of them."""
    properties = tuple(Property("png_text", key, value) for key, value in RECORD.items())
    marks = [item for item in properties if easydiffusion.recognises(item)]
    result = easydiffusion.read(marks[0], (Property("exif", "seed", "1"), *properties))

    assert 1 == len(marks)
    assert ("Easy Diffusion", ("sd-v1-5",)) == (result.generator, result.models)
    assert ("a sea", "fog", "42") == (result.prompt, result.negative_prompt, result.seed)
    assert (("num_inference_steps", "25"), ("width", "512")) == result.settings
    assert result.raw.startswith("prompt: a sea\nnegative_prompt: fog\nseed: 42\n")


def test_one_object() -> None:
    """In JPEG and WebP the same names are members of an object."""
    item = Property("exif", "ExifIFD:UserComment", json.dumps({**RECORD, "use_lora_model": ["ink"]}))
    result = easydiffusion.read(item, (item,))

    assert easydiffusion.recognises(item)
    assert (("sd-v1-5",), "a sea", "42") == (result.models, result.prompt, result.seed)
    assert ("lora", "ink") in result.settings
    assert item.value == result.raw


def test_what_is_none_of_it() -> None:
    """A prompt alone is nobody's."""
    assert not easydiffusion.recognises(Property("png_text", "prompt", "a sea"))
    assert not easydiffusion.recognises(Property("exif", "ExifIFD:UserComment", '{"prompt": "a sea"}'))
