"""F14: multipart/related (RFC 2387): metadata first, then the media, told apart by order and type alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from creditline.pipeline.bodies import multipart
from creditline.pipeline.bodies.piece import Cut

if TYPE_CHECKING:
    from creditline.pipeline.bodies.view import View

CODE = "F14"


def recognises(view: View) -> bool:
    """A type that says multipart/related and names a boundary."""
    return multipart.boundary_of(view.content_type, "multipart/related") is not None


def cut(view: View) -> Cut:
    """Every part but the first where that one is metadata; parts have no names, so their numbers stand for them."""
    found = [replace(multipart.piece(part), part=str(n)) for n, part in enumerate(view.form.parts)]
    if len(found) > 1 and "json" in (found[0].content_type or "").lower():
        found = found[1:]
    return Cut(tuple(found), view.form.limit)
