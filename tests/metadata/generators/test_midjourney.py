"""Midjourney's description."""

import time

import pytest

from creditline.metadata.generators import midjourney
from creditline.model.reading import Property

JOB = "2b6e053b-9a65-4ca9-9e13-b6f4465164d4"


def item(text: str, key: str = "Description") -> Property:
    """A PNG text."""
    return Property("png_text", key, text)


def test_the_description() -> None:
    """Prompt, flags and job; flags without a value are kept, too."""
    described = item(f"a sea, moody --ar 4:3 --seed 12 --no fog --tile --v 5.2 Job ID: {JOB}")
    result = midjourney.read(described, (described,))

    assert midjourney.recognises(described)
    assert result is not None
    assert ("Midjourney", ("Midjourney 5.2",)) == (result.generator, result.models)
    assert ("a sea, moody", "fog", "12") == (result.prompt, result.negative_prompt, result.seed)
    assert (("ar", "4:3"), ("tile", ""), ("v", "5.2"), ("job", JOB)) == result.settings


def test_a_prompt_without_flags() -> None:
    """The job's number is enough."""
    result = midjourney.read(item(f"a sea Job ID: {JOB}\n"), ())

    assert result is not None
    assert ("a sea", (), None) == (result.prompt, result.models, result.seed)


@pytest.mark.parametrize(
    "text",
    ["made with Midjourney --v 6", "Job ID: 1234", f"Job ID: {JOB} and more", "x" * 20_000 + f" Job ID: {JOB}"],
)
def test_what_is_none_of_it(text: str) -> None:
    """A mention, another number or words behind it are no record."""
    assert not midjourney.recognises(item(text))
    assert midjourney.read(item(text), ()) is None


def test_hostile_descriptions_end_in_time() -> None:
    """Long runs of spaces and dashes are linear."""
    start = time.monotonic()
    for text in (" " * 1_000_000, " " * 15_000 + "Job ID: ", "--a " * 3_900 + f" Job ID: {JOB}"):
        midjourney.read(item(text), ())

    assert time.monotonic() - start < 1
