"""China's label for generated content."""

import json

import pytest

from creditline.metadata.generators import tc260
from creditline.model.reading import Property

LABEL = {"Label": "1", "ContentProducer": "001191110102MACQD9K64010000", "ProduceID": "e357"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("TC260:AIGC", LABEL),
        ("TC260:Aigc", LABEL),
        ("AIGC", LABEL),
        ("ExifIFD:UserComment", {"AIGC": LABEL}),
        ("ExifIFD:UserComment", {**LABEL, "Label": 1}),
    ],
)
def test_the_producer(key: str, value: object) -> None:
    """A known code gives its producer's name, in all places of the label."""
    item = Property("xmp", key, json.dumps(value))
    result = tc260.read(item, (item,))

    assert tc260.recognises(item)
    assert result is not None
    assert "Doubao (ByteDance)" == result.generator
    assert ("ProduceID", "e357") in result.settings


def test_other_producers() -> None:
    """A name or an unknown code is given as it stands; no producer is nobody."""
    for producer in ("Example AI", "001191110102MACQD9K64X10000"):
        result = tc260.read(Property("xmp", "AIGC", json.dumps({**LABEL, "ContentProducer": producer})), ())

        assert result is not None
        assert producer == result.generator
    assert tc260.read(Property("xmp", "AIGC", json.dumps({**LABEL, "ContentProducer": " "})), ()) is None


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("AIGC", json.dumps({**LABEL, "Label": "2"})),
        ("AIGC", json.dumps({**LABEL, "Label": "3"})),
        ("AIGC", json.dumps(LABEL) + " " * tc260.MAX_LABEL),
        ("AIGC", '{"AIGC": ' + "[" * 10_000),
        ("dc:description", json.dumps(LABEL)),
    ],
)
def test_what_is_no_record(key: str, text: str) -> None:
    """`Possible` and `suspected` are opinions; other places and broken labels are none."""
    assert not tc260.recognises(Property("xmp", key, text))
