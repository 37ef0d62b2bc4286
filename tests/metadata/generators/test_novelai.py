"""NovelAI's records in PNG, WebP and the pixels."""

import json

import pytest

from creditline.metadata.generators import novelai
from creditline.model.reading import Property

REQUEST = {
    "prompt": "a sea",
    "steps": 23,
    "width": 832,
    "height": 1216,
    "seed": 2**63,
    "sampler": "k_euler",
    "uc": "blurry",
    "v4_prompt": {"caption": {"base_caption": "a sea", "char_captions": [{"char_caption": "a gull"}]}},
}
COMMENT = Property("png_text", "Comment", json.dumps(REQUEST))
PNG = (
    Property("png_text", "Software", "NovelAI"),
    Property("png_text", "Source", "NovelAI Diffusion V4.5 C02D4F98"),
    COMMENT,
)


def test_png_keywords() -> None:
    """Comment has the settings, Source the model; the software leads to both."""
    for item in (COMMENT, PNG[0]):
        result = novelai.read(item, PNG)

        assert novelai.recognises(item)
        assert ("NovelAI Diffusion V4.5 C02D4F98",) == result.models
        assert ("a sea", "blurry", str(2**63)) == (result.prompt, result.negative_prompt, result.seed)
        assert {"steps": "23", "width": "832", "character prompt": "a gull"}.items() <= dict(
            result.settings
        ).items()
        assert COMMENT.value == result.raw


def test_webp_and_pixels() -> None:
    """The comment is JSON within JSON; in Exif the software is the source, in the pixels it stands beside."""
    wrapped = {"Comment": json.dumps(REQUEST)}
    exif = Property("exif", "ExifIFD:UserComment", json.dumps(wrapped))
    software = Property("exif", "IFD0:Software", "NovelAI Diffusion V3 1234")
    hidden = Property("stealth", "stealth_pngcomp", json.dumps({**wrapped, "Software": "NovelAI", "Source": "V3"}))

    assert ("NovelAI Diffusion V3 1234",) == novelai.read(exif, (exif, software)).models
    assert ("V3",) == novelai.read(hidden, (hidden,)).models
    assert novelai.recognises(exif)
    assert novelai.recognises(hidden)


def test_early_comments() -> None:
    """Early comments lack the prompt, which the description has."""
    early = json.dumps({"steps": 50, "sampler": "k_lms", "seed": 1, "strength": 0.4, "scale": 10.0, "uc": "x"})
    properties = (
        Property("png_text", "Description", "a cat"),
        Property("png_text", "Software", "NovelAI"),
        Property("png_text", "Comment", early),
    )
    result = novelai.read(properties[2], properties)

    assert novelai.recognises(properties[2])
    assert ("a cat", "x", "1") == (result.prompt, result.negative_prompt, result.seed)


def test_a_missing_comment_is_said() -> None:
    """The software alone names the generator and nothing else."""
    result = novelai.read(PNG[0], PNG[:1])

    assert ("NovelAI", None) == (result.generator, result.seed)
    assert result.unresolved


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("Software", "made with NovelAI"),
        ("Comment", "NovelAI"),
        ("Comment", '{"prompt": "a", "seed": 1}'),
        ("Comment", '{"Comment": 1}'),
        ("Comment", '{"uc": ' + "[" * 100_000),
        ("ExifIFD:UserComment", '{"c": "a", "uc": "b", "scale": 1, "sampler": "s", "seed": 1}'),
        ("Title", json.dumps(REQUEST)),
    ],
)
def test_what_is_none_of_it(key: str, text: str) -> None:
    """Mentions, other JSON and other places are no record."""
    assert not novelai.recognises(Property("png_text", key, text))
