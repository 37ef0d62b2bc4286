"""F17: what is known to be encrypted before it is sent: seen, said to be unreadable, never guessed at."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

from creditline.pipeline.bodies.piece import Cut, Piece

if TYPE_CHECKING:
    from creditline.pipeline.bodies.view import View

CODE = "F17"
ENCRYPTED = "encrypted"
"""`missed` of a picture that only its receiver can read."""

_WHATSAPP = re.compile(r"/(?:wa-msgr/)?mms/(?:image|sticker-pack|md-[\w-]+)/(?P<token>[\w-]{20,100}=*)")
"""Image paths only: what else goes there is no picture, encrypted or not."""
_X_DIRECT = re.compile(r"/i/ton/data/.+")
_X_HOST = re.compile(r"ton\.(?:x|twitter)\.com")


def may_be(method: str, host: str, path: str) -> bool:
    """Whether an address is one of those, `path` without its query; cheap."""
    if method not in {"POST", "PUT"}:
        return False
    return _WHATSAPP.fullmatch(path) is not None or (
        _X_HOST.fullmatch(host) is not None and _X_DIRECT.fullmatch(path) is not None
    )


def recognises(view: View) -> bool:
    """An address that only takes encrypted pictures."""
    return may_be(view.method, view.host, view.path)


def cut(view: View) -> Cut:
    """One piece without data. WhatsApp's address holds the ciphertext's SHA-256: it proves that all of it was seen."""
    match = _WHATSAPP.fullmatch(view.path)
    declared: tuple[tuple[str, str], ...] = ()
    if match is not None and view.body is not None:
        token = base64.urlsafe_b64encode(hashlib.sha256(view.body).digest()).rstrip(b"=").decode()
        declared = (("ciphertext_sha256", "matches" if token == match["token"].rstrip("=") else "differs"),)
    return Cut((Piece(None, content_type="image/*", missed=ENCRYPTED, declared=declared),))
