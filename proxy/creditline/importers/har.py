"""HAR 1.2: what a browser's developer tools save.

Its bodies are text. Answers may be base64 and are exact then; a request's body has no such way, so bytes of a picture
are damaged as soon as they were no text: where that shows, the body is left out as `not_byte_exact`, for a comparison
with damaged bytes would accuse a site falsely.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any

from creditline.importers.found import Unusable, body_of, exchange, moment
from creditline.model.errors import PictureError
from creditline.model.exchange import Body
from creditline.model.settings import MIB

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from creditline.importers.found import Item
    from creditline.model.exchange import Headers

NAME = "HAR"
MAX_FILE = 512 * MIB
"""The whole file is one JSON document and has to be read as one."""
NOT_BYTE_EXACT = "not_byte_exact"
DAMAGED = "the request's body is damaged: a HAR holds text, and a picture's bytes are none (not byte-exact)"
_UNENCODED = frozenset({"content-encoding", "transfer-encoding", "content-length"})
"""Headers of the wire that a HAR's decoded bodies no longer follow."""


def recognises(path: Path, head: bytes) -> bool:
    """A JSON document that begins with a `log`, or is named so."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" and (path.suffix.lower() == ".har" or b'"log"' in head)


def read(path: Path, cap: int) -> Iterator[Item]:
    """Every entry as an exchange, in the file's order.

    Raises:
        PictureError: the file is no HAR or too large.
    """
    if path.stat().st_size > MAX_FILE:
        raise PictureError(f"{path} is over {MAX_FILE // MIB} MiB, too large to be read as one document")
    try:
        entries = json.loads(path.read_bytes())["log"]["entries"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise PictureError(f"{path} is no HAR file: {error or type(error).__name__}") from error
    for entry in entries if isinstance(entries, list) else ():
        try:
            yield from _entry(entry, cap)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            yield Unusable("an entry", f"an entry is not as HAR 1.2 says ({type(error).__name__})")


def _entry(entry: dict[str, Any], cap: int) -> Iterator[Item]:
    asked, answered = entry["request"], entry["response"]
    sent = _sent(asked, cap)
    if sent.missed == NOT_BYTE_EXACT:
        yield Unusable(str(asked["url"])[:200], DAMAGED)
    status = int(answered["status"])
    seen = exchange(
        str(asked["method"]),
        str(asked["url"]),
        moment(entry.get("startedDateTime")),
        (_headers(asked, body=sent), sent),
        status or None,
        (_headers(answered), _got(answered["content"], cap)) if status else None,
        str(asked.get("httpVersion", "")),
    )
    if seen is not None:
        yield seen


def _headers(message: dict[str, Any], body: Body | None = None) -> Headers:
    keep = _UNENCODED if body is None or body.data is not None else frozenset[str]()
    return tuple(
        (str(item["name"]), str(item["value"]))
        for item in message.get("headers", ())
        if str(item["name"]).lower() not in keep and not str(item["name"]).startswith(":")
    )


def _sent(asked: dict[str, Any], cap: int) -> Body:
    posted = asked.get("postData")
    if not isinstance(posted, dict) or not posted.get("text"):
        size = asked.get("bodySize", 0)
        return Body(missed=NOT_BYTE_EXACT) if isinstance(size, int) and size > 0 and posted else Body(b"")
    text = str(posted["text"])
    if posted.get("encoding") == "base64":  # not in HAR 1.2; some writers do it
        return body_of(_base64(text), cap)
    data = text.encode("utf-8", "surrogatepass")
    lengths = [str(h["value"]) for h in asked.get("headers", ()) if str(h["name"]).lower() == "content-length"]
    announced = int(lengths[0]) if lengths and lengths[0].isdecimal() else None
    # ASCII stands for itself; any other text stands for its bytes only where their number says so.
    exact = announced == len(data) if announced is not None else text.isascii()
    if "\ufffd" in text or not exact:
        return Body(length=len(text), missed=NOT_BYTE_EXACT)
    return body_of(data, cap)


def _got(content: dict[str, Any], cap: int) -> Body:
    text = content.get("text")
    if text is None:
        return Body(missed="not_kept") if content.get("size") else Body(b"")
    if content.get("encoding") == "base64":
        return body_of(_base64(str(text)), cap)
    return body_of(str(text).encode("utf-8", "surrogatepass"), cap)


def _base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
