"""F3: the body is the picture."""

from __future__ import annotations

from creditline.pipeline import magic
from creditline.pipeline.bodies.piece import Cut, Piece

CODE = "F3"


def recognises(content_type: str | None, head: bytes) -> bool:
    """A body that begins as a picture, or that its label calls one; the bytes decide later what it is."""
    return magic.kind(head) is not None or (content_type or "").strip().lower().startswith("image/")


def cut(body: bytes, content_type: str | None) -> Cut:
    """The whole body as one piece, the same object, not a copy."""
    return Cut((Piece(body, content_type=content_type),))
