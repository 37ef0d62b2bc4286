import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditline.containers.svg_text import opened, size


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"width": "30", "height": "20.4px"}, (30, 20)),
        ({"width": "1in", "height": "2.54cm"}, (96, 96)),
        ({"width": "25.4mm", "height": "72pt"}, (96, 96)),
        ({"width": "6pc", "height": "101.6Q"}, (96, 96)),
        ({"width": "1e2", "height": ".5"}, (100, 1)),
        ({"viewBox": "0 0 40 10"}, (40, 10)),
        ({"viewBox": "0,0, 40,10", "width": "100%", "height": "100%"}, (40, 10)),
        ({"viewBox": "0 0 40 10", "width": "80"}, (80, 20)),
        ({"viewBox": "0 0 40 10", "height": "5"}, (20, 5)),
        ({"width": "30"}, (30, None)),
        ({"width": "-3", "height": "0"}, (None, None)),
        ({"width": "1e99", "height": "9" * 30}, (None, None)),
        ({"viewBox": "0 0 nan 10"}, (None, 10)),
        ({"width": "3em", "height": "auto"}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_size(attributes: dict[str, str], expected: tuple[int | None, int | None]) -> None:
    """Lengths are CSS pixels; what is missing or relative comes from the viewBox, if it can."""
    assert expected == size(attributes)


@given(st.text(max_size=40), st.text(max_size=40))
def test_size_never_raises(length: str, box: str) -> None:
    """Whatever the attributes say, there is an answer."""
    for side in size({"width": length, "height": length, "viewBox": box}):
        assert side is None or side > 0


def test_offsets_lead_back_into_the_file() -> None:
    """A place in the UTF-8 text is found in a file of another encoding."""
    data = "\ufeff<?xml?><svg>ä ö</svg>".encode("utf-16-be")
    text = opened(data)
    assert text is not None
    at = text.utf8.index("ö".encode())

    offset = text.offsets([at, 0, len(text.utf8)])

    assert "ö" == data[offset[at] : offset[at] + 2].decode("utf-16-be")
    assert (2, len(data)) == (offset[0], offset[len(text.utf8)])
    assert data == text.file(text.utf8)


@pytest.mark.parametrize("name", ["utf-7", "idna", "base64", "utf-32", "rot13", "punycode", "x-unknown"])
def test_odd_encodings_are_not_opened(name: str) -> None:
    """Only encodings in which markup is ASCII are decoded."""
    assert opened(f"<?xml version='1.0' encoding='{name}'?><svg/>".encode()) is None
