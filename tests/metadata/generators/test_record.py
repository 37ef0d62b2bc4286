"""JSON and text shared by the generator readers."""

import pytest

from creditline.metadata.generators.places import text_of
from creditline.metadata.generators.record import (
    MAX_LORAS,
    MAX_TEXT,
    chosen,
    first,
    generation,
    loras,
    member,
    parse_json,
    parse_object,
    scalar,
    siblings,
    unread,
)
from creditline.model.reading import Property


@pytest.mark.parametrize("text", ["", "{", "[" * 200_000, "1" * 5_000, '"' + "x" * MAX_TEXT + '"'])
def test_what_is_no_json_is_none(text: str) -> None:
    """Depth, digits and length cannot blow up."""
    assert parse_json(text) is None


def test_json_with_padding_and_nan() -> None:
    """Writers pad with NULs and write NaN."""
    value = parse_json('{"a": NaN, "b": 1}\0\0')

    assert isinstance(value, dict)
    assert 1 == value["b"]


def test_scalars_are_text() -> None:
    """Numbers keep their digits; flags, lists and null are no values."""
    assert ["7", "1.5", "a", None, None, None] == [scalar(value) for value in (7, 1.5, "a", True, None, [1])]


def test_text_of_a_property() -> None:
    """The first language counts; lists are no record."""
    assert "a" == text_of(Property("xmp", "exif:UserComment", {"x-default": "a", "de": "b"}))
    assert "" == text_of(Property("png_text", "parameters", ["a"]))


def test_objects_are_parsed_only_where_a_name_stands() -> None:
    """A text without the names costs no parsing; one that only mentions them holds none."""
    assert {"a": 1} == parse_object('\0{"a": 1}\0', "a", "b")
    assert {} == parse_object('{"c": "\\"a\\""}', "a")
    assert {} == parse_object('["a"]', "a")
    assert {} == parse_object('{"a": ' + "[" * 100_000, "a")


def test_members_and_settings() -> None:
    """Blank and structured members are no settings; a missing object is an empty one."""
    record = {"steps": 20, "vae": "", "model": {"name": "x"}, "flag": True}

    assert (("steps", "20"),) == chosen(record, "steps", "vae", "model", "flag", "gone")
    assert "20" == first(record, "vae", "steps")
    assert {"name": "x"} == member(record, "model")
    assert {} == member(record, "steps")


def test_loras_of_every_shape() -> None:
    """Texts, lists and objects; what has no name is left out, and so is what comes after the cap."""
    mixed = ["a", ["b", 0.5], {"name": "c"}, [], {}, 7, None]

    assert ["a", "b", "c"] == [name for _, name in loras(mixed, "name")]
    assert () == loras("a")
    assert MAX_LORAS == len(loras(["a"] * 10_000))


def test_the_first_of_a_carriers_keys() -> None:
    """Other carriers' texts don't count."""
    item = Property("exif", "a", "1")

    assert {"a": "1", "b": "2"} == siblings(
        item, [item, Property("exif", "b", "2"), Property("exif", "b", "3"), Property("xmp", "c", "4")]
    )


def test_readings() -> None:
    """Blank texts are none, models are named once; a text past the cap is cut and that is said."""
    item = Property("exif", "a", "raw")
    result = generation("X", item, models=("m", None, "m", "None", ""), prompt=" ", negative=" n ")
    long = unread("X", Property("exif", "a", "x" * (MAX_TEXT + 1)))

    assert (("m",), None, "n", "raw") == (result.models, result.prompt, result.negative_prompt, result.raw)
    assert ("exif", "a") == (result.carrier, result.key)
    assert MAX_TEXT == len(long.raw)
    assert str(MAX_TEXT) in (long.unresolved or "")
