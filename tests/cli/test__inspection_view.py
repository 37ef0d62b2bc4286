"""An inspection in lines for people."""

from __future__ import annotations

from tests.cli.sample import credited

from creditline.analysis.read import read
from creditline.cli._inspection_view import DIM, LONGEST, lines, text_of


def test_a_line_says_field_value_and_carriers() -> None:
    """Each field is one line, whatever its value holds."""
    shown = list(lines(read(credited(), path="a.jpg"), styled=False))

    assert shown[0].startswith("a.jpg: JPEG, ")
    creator = next(line for line in shown if "Creator " in line)
    assert "Ann Example" in creator
    assert creator.endswith("]")
    assert all("\n" not in line and "\x1b" not in line for line in shown)


def test_style_only_where_asked() -> None:
    """Carriers are dim on a terminal; text for a file has no codes in it."""
    picture = read(credited(), path="a.jpg")

    assert any(DIM in line for line in lines(picture, styled=True))
    assert not any(DIM in line for line in lines(picture, styled=False))


def test_a_long_value_is_cut_and_its_length_said() -> None:
    """A megabyte of caption does not scroll everything else away."""
    shown = "\n".join(lines(read(credited(notice="x" * 1000)), styled=False))

    assert "(1000 characters)" in shown
    assert "x" * (LONGEST + 1) not in shown


def test_a_foreign_file_is_named_as_one() -> None:
    """What is no picture says so in its one line."""
    assert ["a.txt: not a picture that Creditline knows"] == list(
        lines(read(b"hello", path="a.txt"), styled=False)
    )


def test_values_of_every_shape_are_one_text() -> None:
    """Lists and languages are joined, each in its own way."""
    assert "a; b" == text_of(["a", "b"])
    assert "[x-default] a | [de] b" == text_of({"x-default": "a", "de": "b"})
