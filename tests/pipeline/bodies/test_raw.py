"""A raw body is one piece, untouched."""

from __future__ import annotations

from tests import wire
from tests.wire import PICTURE, Turn, seen

from creditline.pipeline.bodies import SESSIONS, SHAPES, raw


def _typed(kind: str, body: bytes) -> Turn:
    return Turn("POST", "/", (("Content-Type", kind),), body)


def test_magic_or_label_recognise() -> None:
    """A picture's first bytes do, whatever the label; so does a picture's label; nothing else does."""
    assert raw.recognises(seen(_typed("application/x-www-form-urlencoded", PICTURE)))
    assert raw.recognises(seen(Turn("POST", "/", (), PICTURE)))
    assert raw.recognises(seen(_typed("image/png", b"no picture")))
    assert not raw.recognises(seen(_typed("application/json", b"{}")))


def test_no_copy_and_its_name() -> None:
    """The piece is the very object that came in, under the name that a header gives it."""
    said = (("Content-Disposition", 'attachment; filename="a.jpg"'),)

    (piece,) = raw.cut(seen(Turn("POST", "/", said, PICTURE))).pieces

    assert piece.data is PICTURE
    assert "a.jpg" == piece.filename


def test_registry_covers_every_form() -> None:
    """Every wire form of the reference has its module, and each of those has a conversation to be tested with."""
    codes = {form.CODE for form in (*SHAPES, *SESSIONS)}

    assert {f"F{number}" for number in range(1, 18)} == codes
    assert codes == {form.code for form in wire.FORMS}
