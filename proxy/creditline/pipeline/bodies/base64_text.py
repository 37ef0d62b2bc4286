"""Pictures written as text: base64 in either alphabet, and data URLs (RFC 4648, RFC 2397)."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from creditline.pipeline import magic
from creditline.pipeline.bodies.piece import Piece

if TYPE_CHECKING:
    from collections.abc import Iterator

LEAST = 256
"""Characters; a shorter text holds no picture that anybody would look for."""
STARTS = ("/9j/", "_9j_", "iVBORw0KGgo", "R0lGOD", "UklGR", "AAAA", "SUkqAA", "TU0AK", "/wo", "_wo", "Qk0")
"""How base64 of a JPEG, PNG, GIF, WebP, ISO base media file, TIFF, JPEG XL and BMP begins."""
DATA_URL = "data:image/"
_URL = re.compile(r"data:(image/[\w.+-]+)((?:;[^,;]{0,200}){0,8}),", re.IGNORECASE)
_BLANK = dict.fromkeys(map(ord, "\r\n\t "))
_SAFE = str.maketrans("-_", "+/")


def begins(text: str) -> bool:
    """Whether a text may be a picture; cheap."""
    return len(text) >= LEAST and (text.startswith(STARTS) or text[:11].lower() == DATA_URL)


def piece(text: str, part: str | None, *, form_field: bool = False, cut: bool = False) -> Piece | None:
    """The picture that a text is, or None when it is none.

    In a `form_field` spaces are what a careless sender's `+` became; a text that is `cut` may end anywhere.
    A data URL that cannot be decoded is a piece without data.
    """
    if not begins(text):
        return None
    kind = None
    coded = True
    if match := _URL.match(text):
        kind, coded = match[1].lower(), "base64" in match[2].lower()
        text = text[match.end() :]
    elif text.startswith("data:"):
        return None
    data = _plain(text, form_field=form_field, cut=cut) if coded else unquote_to_bytes(text)
    if data is None:
        # Words may begin like base64, too; a data URL says what it is.
        return Piece(None, part, content_type=kind, missed="base64_broken") if kind else None
    if kind is None and magic.kind(data[: magic.HEAD]) is None:
        return None
    return Piece(data, part, content_type=kind, transfer_encoding="base64" if coded else None)


def _plain(text: str, *, form_field: bool, cut: bool) -> bytes | None:
    text = text.replace("\r", "").replace("\n", "")
    text = text.replace(" ", "+") if form_field and "+" not in text else text.translate(_BLANK)
    text = text.translate(_SAFE).rstrip("=")
    if cut:
        text = text[: len(text) // 4 * 4]
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def pieces(texts: Iterator[tuple[str, str]], *, form_field: bool = False, cut: bool = False) -> tuple[Piece, ...]:
    """The pictures among named texts."""
    found = (piece(text, name, form_field=form_field, cut=cut) for name, text in texts)
    return tuple(item for item in found if item is not None)
