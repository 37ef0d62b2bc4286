"""Names come out as their sender meant them."""

from __future__ import annotations

import pytest

from creditline.pipeline.bodies.disposition import file_name, parameters, unescaped


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('form-data; name="a"; filename="b.jpg"', {"name": "a", "filename": "b.jpg"}),
        ("form-data;name=a;filename=b.jpg", {"name": "a", "filename": "b.jpg"}),
        ('form-data; name="a;b=c"; x=1', {"name": "a;b=c", "x": "1"}),
        ('form-data; name="say \\"hi\\""', {"name": 'say "hi"'}),
        ('form-data; name="a"; name="b"', {"name": "a"}),
        ('form-data; junk; NAME = "a"', {"name": "a"}),
        ('form-data; name="open', {"name": "open"}),
        ("form-data", {}),
        ("", {}),
    ],
)
def test_parameters(value: str, expected: dict[str, str]) -> None:
    """Quoting is undone, letter case of names ignored, the first of a name wins, junk skipped."""
    assert expected == parameters(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('f; filename="für.jpg"', "für.jpg"),
        ('f; filename="a%22b.jpg"', 'a"b.jpg'),
        ('f; filename="100%41.jpg"', "100%41.jpg"),
        ('f; filename="f%C3%BCr%20alle.jpg"', "für alle.jpg"),
        ('f; filename="%FF.jpg"', "%FF.jpg"),
        ("f; filename=\"fallback.jpg\"; filename*=UTF-8''f%C3%BCr.jpg", "für.jpg"),
        ("f; filename*=iso-8859-1'de'f%FCr.jpg", "für.jpg"),
        ("f; filename=\"ok.jpg\"; filename*=x-unknown''%00", "ok.jpg"),
        ('f; filename="C:\\Users\\ann\\photo.jpg"', "photo.jpg"),
        ('f; filename="\\\\server\\share\\photo.jpg"', "photo.jpg"),
        ('f; filename="a\\b.jpg"', "a\\b.jpg"),
        ('f; filename=""', ""),
        ('f; name="a"', None),
    ],
)
def test_file_name(value: str, expected: str | None) -> None:
    """RFC 8187 first, raw UTF-8, percent forms, backslash quoting; a local path is cut off."""
    assert expected == file_name(parameters(value))


def test_line_ends_in_names() -> None:
    """Browsers write line ends in names as %0D%0A."""
    assert "a\r\nb" == unescaped("a%0D%0Ab")
