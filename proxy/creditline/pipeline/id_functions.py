"""The closed list of functions that prove which address belongs to an upload.

Each one is two halves that give the same key: one from what is known of the upload, one from a served address. A half
gives no key for a value that is not of its kind, and never raises.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_TOKENS = 50
"""Words of one address that may be an id."""
_DIGITS = re.compile(r"\d{1,20}", re.ASCII)
_WORD = re.compile(r"[A-Za-z0-9_-]{5,128}")
_PARTS = re.compile(r"[A-Za-z0-9]{5,128}")
_HTTP = re.compile(r"https?://", re.IGNORECASE)
_MD5 = re.compile(r"(?:^|[,\s])md5=([A-Za-z0-9+/]{22}==)")
_ETAG = re.compile(r'(?:W/)?"?([0-9a-f]{32})"?')


@dataclass(frozen=True, slots=True)
class IdFunction:
    """`uploaded(value, chars)` and `served(value, chars)`; a served value may hold several keys."""

    uploaded: Callable[[str, int | None], str | None]
    served: Callable[[str, int | None], tuple[str, ...]]


def cid(sha256: str) -> str:
    """The AT Protocol's name for raw bytes with that hex SHA-256: CID version 1, codec raw, base32 lower case."""
    digest = bytes.fromhex(sha256)
    return "b" + base64.b32encode(b"\x01\x55\x12\x20" + digest).decode().lower().rstrip("=")


def _same(value: str, _: int | None) -> str | None:
    return value or None


def _same_served(value: str, _: int | None) -> tuple[str, ...]:
    return (value,) if value else ()


def _prefix(value: str, chars: int | None) -> str | None:
    return value[:chars] if chars is not None and len(value) >= chars else None


def _prefix_served(value: str, chars: int | None) -> tuple[str, ...]:
    key = _prefix(value, chars)
    return () if key is None else (key,)


def _contained(value: str, _: int | None) -> tuple[str, ...]:
    """Words of an address, and the addresses inside it."""
    plain = unquote(value)
    inside = [plain[at.start() :] for at in _HTTP.finditer(plain)][1:4]
    words = [*_WORD.findall(plain), *_PARTS.findall(plain)][:MAX_TOKENS]
    return tuple(dict.fromkeys([*inside, *words]))


def _u64(value: str, chars: int | None) -> str | None:
    if not _DIGITS.fullmatch(value) or int(value) >= 1 << 64:
        return None
    return base64.urlsafe_b64encode(int(value).to_bytes(8, "big")).decode()[: min(chars or 10, 10)]


def _u64_served(value: str, chars: int | None) -> tuple[str, ...]:
    return _prefix_served(value, min(chars or 10, 10))


def _decimal(value: str, _: int | None) -> str | None:
    return str(int(value)) if _DIGITS.fullmatch(value) else None


def _b64_decimal_served(value: str, _: int | None) -> tuple[str, ...]:
    head = unquote(value).partition(".")[0]
    try:
        text = base64.b64decode(head + "=" * (-len(head) % 4), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return ()
    key = _decimal(text, None)
    return () if key is None else (key,)


def _cid(value: str, _: int | None) -> str | None:
    return cid(value) if re.fullmatch(r"[0-9a-f]{64}", value) else None


def _base36_served(value: str, _: int | None) -> tuple[str, ...]:
    return (str(int(value, 36)),) if re.fullmatch(r"[0-9a-z]{1,13}", value) else ()


def _triples_served(value: str, _: int | None) -> tuple[str, ...]:
    digits = value.replace("/", "")
    return (str(int(digits)),) if re.fullmatch(r"\d{3,30}", digits, re.ASCII) else ()


def _hex(value: str, _: int | None) -> str | None:
    return value.lower() if re.fullmatch(r"[0-9a-fA-F]{8,128}", value) else None


def _split2_served(value: str, _: int | None) -> tuple[str, ...]:
    *pieces, whole = value.lower().split("/")
    return (whole,) if "".join(pieces) == whole[: 2 * len(pieces)] else ()


def _tail(value: str, _: int | None) -> str | None:
    """The path of an address, so that it is the same on every host of a site and with every signature."""
    try:
        path = urlsplit(value).path
    except ValueError:
        return None
    return unquote(path) if len(path) > 1 else None


def _tail_served(value: str, _: int | None) -> tuple[str, ...]:
    key = _tail(value, None)
    return () if key is None else (key,)


def _md5_served(value: str, _: int | None) -> tuple[str, ...]:
    """Of a `x-goog-hash` or an `ETag`."""
    if (etag := _ETAG.fullmatch(value.strip())) is not None:
        return (etag[1],)
    found = _MD5.search(value)
    return () if found is None else (base64.b64decode(found[1]).hex(),)


FUNCTIONS: dict[str, IdFunction] = {
    "equals": IdFunction(_same, _same_served),
    "prefix": IdFunction(_prefix, _prefix_served),
    "contains": IdFunction(_same, _contained),
    "b64url_u64be": IdFunction(_u64, _u64_served),
    "b64_decimal": IdFunction(_decimal, _b64_decimal_served),
    "cid_raw_sha256": IdFunction(_cid, _same_served),
    "base36": IdFunction(_decimal, _base36_served),
    "triples": IdFunction(_decimal, _triples_served),
    "split2_hex": IdFunction(_hex, _split2_served),
    "url_equal": IdFunction(_same, _same_served),
    "url_tail": IdFunction(_tail, _tail_served),
    "header_md5": IdFunction(_hex, _md5_served),
}
"""By the names that a profile's `bind` may use."""
