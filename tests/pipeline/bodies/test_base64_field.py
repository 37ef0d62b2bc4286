"""A picture as base64 in a form's field is decoded exactly."""

from __future__ import annotations

import base64
from urllib.parse import urlencode

import pytest
from tests import wire
from tests.wire import PICTURE, Turn, seen

from creditline.pipeline.bodies import base64_field

CODED = base64.b64encode(PICTURE).decode()
URLENCODED = (("Content-Type", "application/x-www-form-urlencoded"),)


@pytest.mark.parametrize(
    "text",
    [CODED, CODED.rstrip("="), CODED.replace("+", "-").replace("/", "_"), "data:image/jpeg;base64," + CODED],
)
def test_urlencoded(text: str) -> None:
    """Either alphabet, with and without padding, alone and as a data URL."""
    view = seen(Turn("POST", "/a", URLENCODED, urlencode({"type": "base64", "image": text}).encode()))

    (piece,) = base64_field.cut(view).pieces

    assert base64_field.recognises(view)
    assert (PICTURE, "image") == (piece.data, piece.part)


def test_plus_that_became_a_space() -> None:
    """A sender that forgot to escape `+` lost nothing."""
    view = seen(Turn("POST", "/a", URLENCODED, b"image=" + CODED.encode()))

    (piece,) = base64_field.cut(view).pieces

    assert "+" in CODED
    assert PICTURE == piece.data


def test_in_a_multipart_form_beside_a_file() -> None:
    """A text field of a multipart form counts, and so do the form's files."""
    body = wire.multipart(("media_data", None, None, CODED.encode()), ("file", "b.jpg", "image/jpeg", PICTURE))

    cut = base64_field.cut(seen(Turn("POST", "/a", (("Content-Type", wire.FORM),), body)))

    assert [("media_data", PICTURE), ("file", PICTURE)] == [(piece.part, piece.data) for piece in cut.pieces]


def test_words_are_none() -> None:
    """Text that is no picture is not recognised, however it begins."""
    for text in ("hello " * 200, "AAAA" + "x" * 999, "/9j/"):
        assert not base64_field.recognises(seen(Turn("POST", "/a", URLENCODED, urlencode({"a": text}).encode())))
