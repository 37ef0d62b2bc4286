"""F5: a picture as base64, or as a data URL, in a string of a JSON body."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from creditline.pipeline.bodies import base64_text
from creditline.pipeline.bodies.piece import Cut, Piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from creditline.pipeline.bodies.view import View

CODE = "F5"
MAX_VALUES = 200_000
"""Values looked at in one body."""
MAX_DEPTH = 64
_TYPES = frozenset({"", "text/plain", "application/x-www-form-urlencoded", "application/octet-stream"})


def labelled(media_type: str) -> bool:
    """Whether a type says JSON."""
    return media_type.endswith(("/json", "+json")) or media_type == "application/x-json"


def recognises(view: View) -> bool:
    """A body that is JSON, by its label or, under one that says nothing, by its first character."""
    if view.body is None:
        return False
    begins = view.body[:64].lstrip()[:1] in {b"{", b"[", b'"'}
    return begins and (labelled(view.media_type) or view.media_type in _TYPES)


def cut(view: View) -> Cut:
    """Every string that is a picture, named by its JSON pointer (RFC 6901), in the body's order."""
    try:
        document = json.loads(view.body or b"")
    except (ValueError, RecursionError):
        return Cut(()) if view.whole else _broken(view.body or b"")
    found: list[Piece] = []
    for number, (pointer, text) in enumerate(_strings(document)):
        if number == MAX_VALUES:
            return Cut(tuple(found), "values")
        if (piece := base64_text.piece(text, pointer)) is not None:
            found.append(piece)
    return Cut(tuple(found))


def _broken(body: bytes) -> Cut:
    """Of a body that broke off only this is said: a picture had begun."""
    starts = [*base64_text.STARTS, base64_text.DATA_URL]
    starts += [start.replace("/", "\\/") for start in starts]
    begun = any(f'"{start}'.encode() in body for start in starts)
    return Cut((Piece(None, content_type="image/*", closed=False),) if begun else ())


def _strings(document: Any) -> Iterator[tuple[str, str]]:
    left = [("", document, 0)]
    while left:
        pointer, value, depth = left.pop()
        if isinstance(value, str):
            yield pointer, value
        elif depth < MAX_DEPTH and isinstance(value, dict):
            # `~` and `/` in a name are escaped.
            names = ((name.replace("~", "~0").replace("/", "~1"), item) for name, item in value.items())
            left += reversed([(f"{pointer}/{name}", item, depth + 1) for name, item in names])
        elif depth < MAX_DEPTH and isinstance(value, list):
            left += reversed([(f"{pointer}/{n}", item, depth + 1) for n, item in enumerate(value)])
