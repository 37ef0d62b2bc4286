"""The parameter text of Stable Diffusion WebUI and its forks."""

import pytest

from creditline.metadata.generators import a1111
from creditline.model.reading import Generation, Property

SETTINGS = "Steps: 20, Sampler: Euler a, CFG scale: 5, Seed: 18446744073709551615, Size: 512x768, Model: sd_xl"


def read(text: str, key: str = "parameters", *others: Property) -> Generation:
    """The record's reading."""
    return a1111.read(Property("png_text", key, text), others)


def test_prompt_negative_and_settings() -> None:
    """Prompts may have many lines and hold `Steps:`; seeds keep every digit."""
    text = f"a sea,\nSteps: into water\nNegative prompt: text,\nblurry\n{SETTINGS}, Version: v1.10.1"

    result = read(text)

    assert "a sea,\nSteps: into water" == result.prompt
    assert "text,\nblurry" == result.negative_prompt
    assert "18446744073709551615" == result.seed
    assert ("sd_xl",) == result.models
    assert ("Size", "512x768") in result.settings
    assert ("AUTOMATIC1111", text, None) == (result.generator, result.raw, result.unresolved)


def test_quoted_and_bracketed_values_are_whole() -> None:
    """Commas and colons inside quotes and brackets do not part values."""
    text = (
        f'a\n{SETTINGS}, Lora hashes: "a: 1, b: 2", Hashes: {{"model": "x, y: z"}}, '
        'Template: "say \\"hi\\", Steps: 3", '
        'Civitai resources: [{"type":"lora","modelName":"L, M: N"}], Clip skip: 2'
    )

    settings = dict(read(text).settings)

    assert "a: 1, b: 2" == settings["Lora hashes"]
    assert '{"model": "x, y: z"}' == settings["Hashes"]
    assert 'say "hi", Steps: 3' == settings["Template"]
    assert '[{"type":"lora","modelName":"L, M: N"}]' == settings["Civitai resources"]
    assert "2" == settings["Clip skip"]


@pytest.mark.parametrize(
    ("extra", "generator"),
    [
        ("Version: v1.10.1", "AUTOMATIC1111"),
        ("Version: f2.0.1v1.10.1-previous-669", "Forge"),
        ("Version: f1.0.0v2-v1.10.1RC-latest-1", "reForge"),
        ("Version: neo", "Forge Neo"),
        ("Version: classic", "Forge Classic"),
        ("App: SD.Next, Version: 1a2b3c", "SD.Next"),
        ("ADetailer version: f2", "AUTOMATIC1111"),
        ("Civitai resources: [], Civitai metadata: {}", "Civitai"),
    ],
)
def test_forks_by_version_and_app(extra: str, generator: str) -> None:
    """A fork is what `Version` or `App` says, nothing else."""
    assert generator == read(f"a\n{SETTINGS}, {extra}").generator


def test_fooocus_scheme_names_fooocus() -> None:
    """Fooocus can write the same text beside its scheme."""
    assert (
        "Fooocus"
        == read(f"a\n{SETTINGS}", "parameters", Property("png_text", "fooocus_scheme", "a1111")).generator
    )


def test_model_from_civitai_resources() -> None:
    """Without `Model` the checkpoint of the resources is the model."""
    text = 'a\nSteps: 2, Seed: 1, Sampler: x, Civitai resources: [{"type":"checkpoint","modelName":"WAI"}]'

    assert ("WAI",) == read(text).models


def test_what_is_recognised() -> None:
    """Only in its places and only with a settings line: a caption about steps is none."""
    good = Property("exif", "ExifIFD:UserComment", f"a\n{SETTINGS}")

    assert a1111.recognises(good)
    assert not a1111.recognises(Property("xmp", "dc:description", f"a\n{SETTINGS}"))
    assert not a1111.recognises(Property("png_text", "parameters", '{"prompt": "a", "Steps: 2": 1}'))
    assert not a1111.recognises(Property("exif", "ExifIFD:UserComment", "Mind the steps: two"))


def test_a_record_without_settings_says_so() -> None:
    """What should be there and is not is named."""
    assert read("a\nSteps: 2, hello").unresolved


@pytest.mark.parametrize(
    "text",
    [
        "Steps: 1, " * 90_000,
        "Steps: 2, a: b" + "," * 900_000,
        'Steps: 1, a: "' + "\\" * 900_000,
        "Steps: 1, a: " + "[" * 900_000,
        "Steps: 1, a: x\n" * 60_000,
        "Steps: 1" + "x" * (a1111.MAX_TEXT + 1),
    ],
)
def test_hostile_text_is_bounded(text: str) -> None:
    """Long records end soon and are kept."""
    result = read(text)

    assert result.raw == text[: a1111.MAX_TEXT]
