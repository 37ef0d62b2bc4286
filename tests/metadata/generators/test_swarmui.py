"""SwarmUI's record."""

import json

from creditline.metadata.generators import swarmui
from creditline.metadata.generators.record import MAX_TEXT
from creditline.model.reading import Property

RECORD = {
    "sui_image_params": {
        "prompt": "a sea",
        "negativeprompt": "fog",
        "model": "xl",
        "refinermodel": "xl-refiner",
        "seed": 697543491,
        "steps": 20,
        "loras": ["ink"],
    }
}


def test_the_record() -> None:
    """The parameters are read in UserComment, in PNG and in the pixels; a refiner is a model, too."""
    for key in ("ExifIFD:UserComment", "parameters", "stealth_rgbcomp"):
        item = Property("x", key, json.dumps(RECORD, indent=2))
        result = swarmui.read(item, (item,))

        assert swarmui.recognises(item)
        assert ("SwarmUI", ("xl", "xl-refiner")) == (result.generator, result.models)
        assert ("a sea", "fog", "697543491") == (result.prompt, result.negative_prompt, result.seed)
        assert (("steps", "20"), ("lora", "ink")) == result.settings


def test_a_record_past_the_cap_is_named_and_not_read() -> None:
    """The generator is known from the head, and the reading says what it left out."""
    item = Property("png_text", "parameters", '{"sui_image_params": {"prompt": "' + "x" * MAX_TEXT + '"}}')
    result = swarmui.read(item, (item,))

    assert swarmui.recognises(item)
    assert (None, MAX_TEXT) == (result.prompt, len(result.raw))
    assert result.unresolved


def test_what_is_none_of_it() -> None:
    """The word alone is no record; a record without an object says so."""
    broken = Property("png_text", "parameters", '{"sui_image_params": 7}')

    assert not swarmui.recognises(Property("png_text", "parameters", "sui_image_params"))
    assert not swarmui.recognises(Property("png_text", "Description", json.dumps(RECORD)))
    assert swarmui.read(broken, (broken,)).unresolved
