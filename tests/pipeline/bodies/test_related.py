"""multipart/related: metadata, then the media."""

from __future__ import annotations

from tests import wire
from tests.wire import PICTURE, Turn, seen

from creditline.pipeline.bodies import related


def test_the_media_only() -> None:
    """The metadata in front is no piece; parts have numbers for names."""
    (turn,) = wire.by_name("multipart/related").talk(PICTURE, "a")

    (piece,) = related.cut(seen(turn)).pieces

    assert related.recognises(seen(turn))
    assert ("1", PICTURE, "image/jpeg") == (piece.part, piece.data, piece.content_type)


def test_a_form_is_not_related() -> None:
    """multipart/form-data is another form."""
    assert not related.recognises(seen(Turn("POST", "/a", (("Content-Type", wire.FORM),), PICTURE)))
