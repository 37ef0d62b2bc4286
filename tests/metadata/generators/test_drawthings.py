"""Draw Things' record in XMP."""

import json

from creditline.metadata.generators import drawthings
from creditline.model.reading import Property

TOOL = Property("xmp", "xmp:CreatorTool", "Draw Things")
RECORD = {
    "c": "a sea",
    "uc": "fog",
    "model": "xl.ckpt",
    "sampler": "Euler a",
    "seed": 5,
    "size": "512x768",
    "steps": 20,
}
COMMENT = Property("xmp", "exif:UserComment", {"x-default": json.dumps(RECORD)})


def test_the_record() -> None:
    """Tool and comment lead to the same reading, the comment also without the tool."""
    for item, others in ((TOOL, (TOOL, COMMENT)), (COMMENT, (COMMENT,))):
        result = drawthings.read(item, others)

        assert drawthings.recognises(item)
        assert ("Draw Things", ("xl.ckpt",)) == (result.generator, result.models)
        assert ("a sea", "fog", "5") == (result.prompt, result.negative_prompt, result.seed)
        assert ("size", "512x768") in result.settings


def test_the_tool_alone() -> None:
    """Without the comment nothing is made up."""
    assert drawthings.read(TOOL, (TOOL,)).unresolved


def test_what_is_none_of_it() -> None:
    """Other tools, and comments that lack what only this one writes, are no record."""
    assert not drawthings.recognises(Property("xmp", "xmp:CreatorTool", "Draw Things Pro by Ann"))
    assert not drawthings.recognises(Property("xmp", "exif:UserComment", '{"c": 1, "uc": 2}'))
    assert not drawthings.recognises(Property("xmp", "dc:description", json.dumps(RECORD)))
