"""Uploads whose pictures may be replaced on their way up: in which requests, and with what bytes then.

Site-protocols 4.4: only one request that holds whole pictures, as a form (F1), a raw body (F3) or base64 in JSON (F5),
and says no size or hash of them. Everything else goes out as it came: changed bytes would break the upload.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from typing import TYPE_CHECKING

from creditline.pipeline import recognise
from creditline.pipeline.bodies import json_base64, multipart
from creditline.pipeline.bodies.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from creditline.model.exchange import Exchange
    from creditline.vocab.site_profile import Profile

FORMS = frozenset({"F1", "F3", "F5"})
INTEGRITY = frozenset(
    {
        "content-crc32",
        "content-digest",
        "content-md5",
        "content-range",
        "digest",
        "repr-digest",
        "signature",
        "signature-input",
        "upload-checksum",
        "upload-length",
        "upload-offset",
        "want-digest",
        "x-entity-length",
        "x-goog-hash",
        "x-upload-content-length",
    }
)
"""Fields of a request or of a form's part that speak of the bytes, or sign them."""
_UNSIGNED = "UNSIGNED-PAYLOAD"
_NAMED = re.compile(
    r"[\w.-]*(md5|sha-?1|sha-?256|sha-?512|crc-?32|checksum|digest|hash|(file|total|content|image|media)_?-?(size|length|bytes))"
    r"|size|length|bytes|filesize",
    re.IGNORECASE,
)
"""Names of fields that a page declares a size or hash under."""
_LEAST_DIGITS = 4
"""A shorter number is any number: no picture is under 1,000 bytes long and yet worth a credit."""
_MAX_TEXT = 1 << 20
"""Bytes of a form's other parts that are searched for a picture's size and hashes; a longer one is not trusted."""


def why_not(exchange: Exchange, profile: Profile | None, pictures: tuple[bytes, ...]) -> str | None:
    """The reason why this request must go out as it came, as the record says it; None: `pictures` may be replaced."""
    view = View(exchange)
    declared = next(iter(profile.declares), None) if profile is not None else None
    named = next(_named(view), None)
    if exchange.request.header("content-encoding") not in {None, "", "identity"}:
        return "content_encoded"
    if recognise.step(exchange, profile, view) is not None:
        return "in_pieces"
    if declared is not None:
        return f"declares_{declared.what}"
    if profile is not None and profile.rewrite != "single":
        return "site_never"
    if named is not None:
        return f"declares_{named}"
    found = recognise.uploads(exchange, profile, view)
    form = next((item.form for item in found if item.form not in FORMS), None)
    if form is not None or not found:
        return f"form_{form}"
    said = next((word for data in pictures for word in _stated(view, data)), None)
    return f"declares_{said}" if said is not None else None


def replaced(exchange: Exchange, changes: Mapping[bytes, bytes]) -> bytes | None:
    """The request's body with each picture of `changes` as its new bytes; None where that cannot be done exactly.

    Whatever else is in the body stays byte for byte, which is read back to make sure.
    """
    body = exchange.request.body.read()
    if body is None or not changes:
        return None
    view = View(exchange)
    if multipart.recognises(view):
        made = _form(body, view, changes)
    elif json_base64.recognises(view):
        made = _text(body, changes)
    else:
        made = changes.get(body)
    return made


def _form(body: bytes, view: View, changes: Mapping[bytes, bytes]) -> bytes | None:
    before = view.form.parts
    made = body
    for old, new in changes.items():
        if body.count(old) != sum(part.raw == old for part in before):
            return None  # it also lies inside something else, which is not to change
        made = made.replace(old, new)
    after = multipart.parts(made, view.content_type or "").parts
    wanted = [(part.headers, changes.get(part.raw, part.raw)) for part in before]
    return made if wanted == [(part.headers, part.raw) for part in after] else None


def _text(body: bytes, changes: Mapping[bytes, bytes]) -> bytes | None:
    made = body
    for old, new in changes.items():
        coded = base64.b64encode(old)
        # JSON may write a solidus with a backslash, and writers may leave the padding off.
        forms = [text for text in (coded, coded.replace(b"/", rb"\/")) if made.count(text) == 1]
        if not forms:
            return None
        text = base64.b64encode(new)
        made = made.replace(forms[0], text if forms[0] == coded else text.replace(b"/", rb"\/"))
    return made


def _named(view: View) -> Iterator[str]:
    """Names under which the request says something of the bytes."""
    for name, value in view.exchange.request.headers:
        lower = name.lower()
        signed = lower == "x-amz-content-sha256" and value != _UNSIGNED
        if lower in INTEGRITY or signed or lower.startswith(("x-amz-checksum-", "x-goog-upload-", "tus-")):
            yield lower
        if lower == "authorization" and value.startswith("AWS4-HMAC-SHA256"):
            yield "signature"
    for name in view.fields:
        if _NAMED.fullmatch(name):
            yield name[:40].lower()
    for part in view.form.parts:
        for name, _ in part.headers:
            if name.lower() in INTEGRITY or name.lower() == "content-length":
                yield name.lower()
        if (part.transfer_encoding or "binary").lower() not in {"binary", "8bit", "7bit"}:
            yield "transfer_encoding"


def _stated(view: View, data: bytes) -> Iterator[str]:
    """What of the picture's size and hashes stands anywhere in the request but in its Content-Length."""
    digests = {name: hashlib.new(name, data, usedforsecurity=False).digest() for name in ("md5", "sha1", "sha256")}
    digests["crc32"] = zlib.crc32(data).to_bytes(4, "big")
    size = str(len(data)).encode()
    for text in _texts(view, data):
        if text is None:
            yield "unsearched"
            return
        if len(size) >= _LEAST_DIGITS and re.search(rb"(?<!\d)" + size + rb"(?!\d)", text):
            yield "size"
        for name, digest in digests.items():
            if digest.hex().encode() in text.lower() or base64.b64encode(digest).rstrip(b"=") in text:
                yield name


def _texts(view: View, data: bytes) -> Iterator[bytes | None]:
    """Everything in a request that is text beside the picture; None for what is too long to be searched."""
    request = view.exchange.request
    yield view.exchange.path.encode("utf-8", "surrogateescape")
    yield "\n".join(value for name, value in request.headers if name.lower() != "content-length").encode(
        "utf-8", "surrogateescape"
    )
    if multipart.recognises(view):
        for part in view.form.parts:
            if part.raw != data and part.filename is None:
                yield part.raw if len(part.raw) <= _MAX_TEXT else None
    elif json_base64.recognises(view) and view.body is not None:
        coded = base64.b64encode(data)
        rest = view.body.replace(coded, b"").replace(coded.replace(b"/", rb"\/"), b"")
        yield rest if len(rest) <= _MAX_TEXT else None
