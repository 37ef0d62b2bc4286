"""F3: the body is the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.pipeline import magic
from creditline.pipeline.bodies.disposition import file_name, parameters
from creditline.pipeline.bodies.piece import Cut, Piece

if TYPE_CHECKING:
    from creditline.pipeline.bodies.view import View

CODE = "F3"


def recognises(view: View) -> bool:
    """A body that begins as a picture, or that its label calls one; the bytes decide later what it is."""
    return begins(view) or (view.content_type or "").strip().lower().startswith("image/")


def begins(view: View) -> bool:
    """Whether the body begins as a picture, whatever it is called."""
    return view.body is not None and magic.kind(view.body[: magic.HEAD]) is not None


def cut(view: View) -> Cut:
    """The whole body as one piece, the same object, not a copy; named as a Content-Disposition names it."""
    name = file_name(parameters(view.header("content-disposition") or ""))
    return Cut((Piece(view.body, content_type=view.content_type, filename=name, closed=view.whole),))
