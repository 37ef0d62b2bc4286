"""F4: a picture as base64, or as a data URL, in a field of a form, urlencoded or multipart."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from creditline.pipeline.bodies import base64_text, multipart
from creditline.pipeline.bodies.piece import Cut, Piece
from creditline.pipeline.bodies.view import URLENCODED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from creditline.pipeline.bodies.view import View

CODE = "F4"
MAX_FIELDS = 1000


def recognises(view: View) -> bool:
    """A form, not itself a picture, with a field that begins like one in base64."""
    return bool(_found(view))


def cut(view: View) -> Cut:
    """Every such field, decoded, and of a multipart form its files as well."""
    found = _found(view)
    if multipart.recognises(view):
        names = {piece.part for piece in found}
        whole = multipart.cut(view)
        files = tuple(piece for piece in whole.pieces if piece.part not in names)
        return Cut((*found, *files), whole.limit)
    return Cut(found)


def _found(view: View) -> tuple[Piece, ...]:
    return base64_text.pieces(_texts(view), form_field=True, cut=not view.whole)


def _texts(view: View) -> Iterator[tuple[str, str]]:
    if multipart.recognises(view):
        for part in view.form.parts:
            if part.filename is None and part.name and len(part.raw) >= base64_text.LEAST and part.raw.isascii():
                yield part.name, part.raw.decode("ascii")
    elif view.media_type == URLENCODED and view.body is not None and view.body[: base64_text.LEAST].isascii():
        for number, field in enumerate(view.body.split(b"&")):
            name, equals, value = field.partition(b"=")
            if number == MAX_FIELDS:
                return
            if equals and len(value) >= base64_text.LEAST:
                yield unquote_plus(name.decode("ascii", "replace")), unquote_plus(value.decode("ascii", "replace"))
