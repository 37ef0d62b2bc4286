"""JSON and text shared by the generator readers."""

import pytest

from creditline.metadata.generators.record import MAX_TEXT, parse_json, scalar, text_of
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
