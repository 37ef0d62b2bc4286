"""InvokeAI's three generations of records."""

import json
import time

import pytest

from creditline.metadata.generators import invokeai
from creditline.model.reading import Generation, Property


def read(key: str, text: str, *others: Property) -> Generation:
    """The reading of one PNG text."""
    item = Property("png_text", key, text)
    assert invokeai.recognises(item)
    return invokeai.read(item, (item, *others))


@pytest.mark.parametrize("model", [{"name": "xl", "hash": "blake3:1"}, {"model_name": "xl"}])
def test_the_current_generation(model: dict[str, str]) -> None:
    """The model's name has had two keys; LoRAs are named, and so is the size."""
    record = {
        "positive_prompt": "a sea",
        "negative_prompt": "blurry",
        "seed": 3951921344,
        "steps": 24,
        "scheduler": "euler_a",
        "width": 1024,
        "model": model,
        "loras": [{"model": {"name": "ink"}}, {"lora": {"model_name": "old"}}, 7],
    }
    result = read("invokeai_metadata", json.dumps(record))

    assert ("InvokeAI", ("xl",)) == (result.generator, result.models)
    assert ("a sea", "blurry", "3951921344") == (result.prompt, result.negative_prompt, result.seed)
    assert {("steps", "24"), ("width", "1024"), ("lora", "ink"), ("lora", "old")} <= set(result.settings)
    assert result.unresolved is None


def test_the_second_generation() -> None:
    """Prompts are a list or a text; what stands in brackets is not wanted."""
    image = {"prompt": [{"prompt": "a sea [fog, rain]", "weight": 1}], "seed": 7, "steps": 50, "sampler": "k_lms"}
    result = read("sd-metadata", json.dumps({"model_weights": "deliberate", "model_hash": "56d1", "image": image}))
    plain = read("sd-metadata", json.dumps({"model": "sd", "image": {"prompt": "a sea"}}))

    assert (("deliberate",), "a sea", "fog, rain", "7") == (
        result.models,
        result.prompt,
        result.negative_prompt,
        result.seed,
    )
    assert (("sd",), "a sea", None) == (plain.models, plain.prompt, plain.negative_prompt)


def test_the_first_generation() -> None:
    """A command line: the prompt in quotes, then flags; it never names a model."""
    result = read("Dream", '"a "red" sea [fog]" -s 50 -S 2980747362 -W 512 -H 768 -C 5 -A k_lms -U 4 0.95')
    bare = read("Dream", "a sea -s 10 -S 3")

    assert ('a "red" sea', "fog", "2980747362") == (result.prompt, result.negative_prompt, result.seed)
    assert ("steps", "50") in result.settings
    assert ("sampler", "k_lms") in result.settings
    assert ((), "a sea", "3") == (bare.models, bare.prompt, bare.seed)


def test_a_graph_is_no_record() -> None:
    """The graph leads to the record beside it; alone it says that it cannot be followed."""
    beside = Property("png_text", "invokeai_metadata", '{"positive_prompt": "a sea"}')

    assert "a sea" == read("invokeai_graph", "{}", beside).prompt
    assert read("invokeai_workflow", "{}").unresolved


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"image": ' + "[" * 100_000, "x" * (2 << 20)])
@pytest.mark.parametrize("key", ["invokeai_metadata", "sd-metadata"])
def test_broken_records_say_so(key: str, text: str) -> None:
    """A record that cannot be taken apart is named, and its text is kept up to the cap."""
    result = read(key, text)

    assert "InvokeAI" == result.generator
    assert result.unresolved
    assert text[: 1 << 20] == result.raw


def test_hostile_commands_end_in_time() -> None:
    """A megabyte of flags, quotes or brackets is read in linear time."""
    start = time.monotonic()
    for text in (
        "-s 1 " * 200_000,
        '"' * 1_000_000 + " -s 1",
        "[" * 1_000_000 + " -s 1",
        "-s" + " " * 999_999 + "1",
    ):
        item = Property("png_text", "Dream", text)
        if invokeai.recognises(item):
            invokeai.read(item, (item,))

    assert time.monotonic() - start < 5


def test_a_dream_is_not_a_command() -> None:
    """The keyword alone means nothing."""
    assert not invokeai.recognises(Property("png_text", "Dream", "I had a dream-like -"))
