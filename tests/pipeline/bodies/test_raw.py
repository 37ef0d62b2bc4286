"""A raw body is one piece, untouched."""

from __future__ import annotations

from creditline.pipeline.bodies import SHAPES, raw

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 30


def test_magic_or_label_recognise() -> None:
    """A picture's first bytes do, whatever the label; so does a picture's label; nothing else does."""
    assert raw.recognises("application/x-www-form-urlencoded", PNG)
    assert raw.recognises(None, PNG)
    assert raw.recognises("image/png", b"no picture")
    assert not raw.recognises("application/json", b"{}")


def test_no_copy() -> None:
    """The piece is the very object that came in."""
    (piece,) = raw.cut(PNG, None).pieces

    assert PNG is piece.data


def test_registry_has_each_code_once() -> None:
    """Every shape has a wire-form code of its own."""
    codes = [shape.CODE for shape in SHAPES]

    assert ["F1", "F3"] == sorted(set(codes)) == sorted(codes)
