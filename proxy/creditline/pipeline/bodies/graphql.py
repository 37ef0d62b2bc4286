"""F12: a GraphQL multipart request: `operations`, then `map`, then the files that the map names.

https://github.com/jaydenseric/graphql-multipart-request-spec
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.pipeline.bodies import multipart
from creditline.pipeline.bodies.piece import Cut

if TYPE_CHECKING:
    from creditline.pipeline.bodies.view import View

CODE = "F12"
_OWN = frozenset({"operations", "map"})


def recognises(view: View) -> bool:
    """A form with both fields of the specification, each JSON."""
    if not multipart.recognises(view):
        return False
    own = {part.name: part.raw.lstrip()[:1] for part in view.form.parts if part.name in _OWN}
    return own.keys() == _OWN and own["operations"] in {b"{", b"["} and own["map"] == b"{"


def cut(view: View) -> Cut:
    """The files; one that several places of the operations refer to is there once."""
    whole = multipart.cut(view)
    return Cut(tuple(piece for piece in whole.pieces if piece.part not in _OWN), whole.limit)
