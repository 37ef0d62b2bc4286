"""Where a value goes that its own place cannot take."""

from __future__ import annotations

from dataclasses import replace

import pytest

from creditline.analysis.read import read
from creditline.model.reading import C2paReading, Consent, Field, Property
from creditline.reattach import targets

EVERYTHING = frozenset({"exif", "xmp", "iptc"})
PLAIN = read(b"")


def field(field_id: str, value: str, carrier: str, key: str) -> Field:
    """A field as the crosswalk gives it."""
    return Field(field_id, value, carrier, key, None, ())


def test_to_its_own_place_and_to_xmp() -> None:
    """XMP's extension counts as XMP."""
    places = [place for _, place in targets.of([field("creator", "Ann", "iptc", "2:080")], EVERYTHING)]
    extended = [place for _, place in targets.of([field("title", "Sea", "xmp_extended", "dc:title")], EVERYTHING)]

    assert [("iptc", "2:080"), ("xmp", "dc:creator")] == places
    assert [("xmp", "dc:title")] == extended


def test_a_date_that_is_none_does_not_go_to_xmp() -> None:
    """XMP holds ISO 8601 only; a camera's own way of writing stays in Exif."""
    place = ("exif", "ExifIFD:DateTimeOriginal")

    for text, count in (("2026-03", 2), ("around noon", 1)):
        assert count == len(targets.of([field("date_created", text, *place)], EVERYTHING)), text


def test_a_record_goes_to_user_comment_only_where_there_is_one() -> None:
    """No Exif, no place."""
    item = Property("png_text", "parameters", "a cat")

    assert targets.USER_COMMENT == targets.for_record(item, EVERYTHING)
    assert targets.for_record(item, frozenset({"xmp"})) is None


@pytest.mark.parametrize(
    ("texts", "room", "text", "told"),
    [
        ({"prompt": '{"1": 2}'}, 99, '{"prompt": {"1": 2}}', ["prompt"]),
        (
            {"workflow": "[]", "prompt": '{"1": 2}'},
            99,
            '{"prompt": {"1": 2}, "workflow": []}',
            ["prompt", "workflow"],
        ),
        ({"workflow": "[]", "prompt": '{"1": 2}'}, 25, '{"prompt": {"1": 2}}', ["prompt"]),
        ({"workflow": "[1]", "prompt": '{"1": "' + "x" * 40 + '"}'}, 25, '{"workflow": [1]}', ["workflow"]),
        ({"parameters": "a cat"}, 99, "a cat", ["parameters"]),
        ({"parameters": "a cat", "prompt": "{}"}, 99, "a cat", ["parameters"]),
        ({"prompt": "{}", "parameters": "a cat"}, 99, '{"prompt": {}}', ["prompt"]),
        ({"prompt": "no json"}, 99, "no json", ["prompt"]),
        ({"prompt": '{"1": "\\ud800"}'}, 99, '{"prompt": {"1": "\\ud800"}}', ["prompt"]),
        ({"parameters": "é" * 8}, 15, "", []),
        ({"prompt": "[" * 200_000}, 99, "", []),
    ],
)
def test_records_share_one_place(texts: dict[str, str], room: int, text: str, told: list[str]) -> None:
    """Graphs under their names, what ran first; anything else alone and word for word; nothing past the room."""
    items = [Property("png_text", key, value) for key, value in texts.items()]

    found, those = targets.records(items, room)

    assert (text, told) == (found, [item.key for item in those])


def test_what_only_the_manifest_says() -> None:
    """Credit, source type and training, as XMP would say them; of a manifest that does not hold, nothing."""
    c2pa = C2paReading(
        state="valid",
        training=(("ai_training", "notAllowed"),),
        properties=(Property("c2pa", "dc:creator", ["Ann"]),),
    )
    reading = replace(
        PLAIN,
        c2pa=c2pa,
        ai=replace(PLAIN.ai, digital_source_type="trainedAlgorithmicMedia"),
        consent=Consent("prohibited"),
    )

    found = {item.id: item.value for item in targets.from_manifest(reading)}

    assert {"creator", "digital_source_type", "data_mining"} == set(found)
    assert str(found["digital_source_type"]).endswith("/trainedAlgorithmicMedia")
    assert str(found["data_mining"]).endswith("/DMI-PROHIBITED-AIMLTRAINING")
    assert [] == targets.from_manifest(replace(reading, c2pa=replace(c2pa, state="invalid")))
