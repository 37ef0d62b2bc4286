"""Secrets and surplus taken out before anything is written.

An address loses its user name and password, its fragment, and the values of query parameters that open
something: session tokens, signatures, keys. Of what a sender declared only names on a list are kept, so that
a cookie or an authorization header cannot slip in under a new name.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from creditline.model.observation import Observation

HIDDEN = "…"
MAX_URL = 8192
"""Characters of an address that are kept: twice what browsers and CDNs let through in practice."""
MAX_TEXT = 1024
"""Characters of any other text from outside; file systems stop at 255 bytes for a name."""
MAX_KEY = 600
"""Characters of a binding key: PostgreSQL indexes 2,704 bytes at most. Longer ones stand as their SHA-256."""
MAX_DECLARED = 64
"""Declared names per observation."""
MAX_NESTING = 4
"""Addresses inside addresses that are looked into; deeper ones are hidden whole."""

# A word of a parameter's name that makes it a secret (access_token, X-Signature, authToken) …
_WORD = re.compile(
    r"tokens? | sig | sign | signature | keys? | auth | oauth | authorization | authenticity | pass | passwd |"
    r"pwd | password | passphrase | session | sess | sid | sessionid | phpsessid | jsessionid | secret | jwt |"
    r"credentials? | csrf | xsrf | nonce | otp | hmac | mac | policy | ticket | assertion | apikey | bearer |"
    r"cookie | verifier",
    re.VERBOSE,
)
# … a run-together name that holds one (wpnonce, accesstoken) …
_INSIDE = re.compile(r"token|secret|passw|signature|session|nonce|csrf|xsrf|credential|oauth|apikey|accesskey|jwt")
# … or the whole name: Meta (fb_dtsg, lsd, oh, oe, __user …), Discord (ex, is, hm), Akamai, OAuth (code, state).
_NAME = re.compile(
    r"fb_dtsg(_ag)? | lsd | jazoest | oh | oe | __user | av | ex | is | hm | hdnea | hdnts | hdntl | code |"
    r"state | st | ut | wsse | user | login | email | username",
    re.VERBOSE,
)
_PREFIXES = ("x-amz-", "x-goog-", "x-ms-", "awsaccesskeyid", "googleaccessid")
# Names that would match above and are no secret: they identify a picture in a CDN.
_HARMLESS = frozenset({"ig_cache_key", "cache_key", "cachekey", "image_key"})

_SPLIT = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])")
_LINK = re.compile(r"https?://(?:[^\s\"'<>\\]|\\u0026){1,16000}", re.IGNORECASE)
_JWT = re.compile(r"eyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*")
_PATH_SECRETS = (
    (re.compile(r"(/bot\d+:)[\w-]+"), r"\1" + HIDDEN),
    (re.compile(r"(/webhooks/\d+/)[\w-]+"), r"\1" + HIDDEN),
    (re.compile(r"(;jsessionid=)[^/;?#]*", re.IGNORECASE), r"\1" + HIDDEN),
)
# What neither UTF-8 nor PostgreSQL can hold: lone surrogates, NUL.
_UNSTORABLE = re.compile("[\ud800-\udfff\x00]")

DECLARED = re.compile(
    r"(content-|media-|mime-)?type | mime | (content-|upload-)?length | size | bytes | width | height |"
    r"orientation | content-(encoding|transfer-encoding|range) | (content-)?md5 | sha1 | sha256 | crc32 |"
    r"checksum | digest | etag | last-modified | part | parts | index | count | category | format | quality |"
    r"(x-creditline-)?(gesture|trusted) | view | variant | largest | reattached | credited",
    re.VERBOSE,
)
"""Names of declarations and headers that are kept, in lower case, `_` written as `-`."""


def is_secret(name: str) -> bool:
    """Whether a query parameter of that name (percent-decoded) opens something or names a person."""
    lower = name.strip().lower()
    if lower in _HARMLESS:
        return False
    if _NAME.fullmatch(lower) or lower.startswith(_PREFIXES) or _INSIDE.search(lower):
        return True
    return any(_WORD.fullmatch(word.lower()) for word in _SPLIT.split(name))


def text(value: str, limit: int = MAX_TEXT) -> str:
    """Text that every database can hold, cut at `limit` characters (the cut shown as an ellipsis)."""
    clean = _UNSTORABLE.sub("\ufffd", value[: limit + 1])
    return clean if len(clean) <= limit else clean[: limit - 1] + HIDDEN


def url(address: str) -> str:
    """An address without user info, fragment and the values of secrets; never fails, whatever it is given.

    `data:` and `blob:` addresses keep their media type or origin alone.
    """
    return _url(address[: MAX_URL * 2], 0)


def _url(address: str, depth: int) -> str:
    address = text(address, MAX_URL).partition("#")[0].strip()
    if address[:5].lower() == "data:":
        return address.partition(",")[0] + "," + HIDDEN
    base, mark, query = address.partition("?")
    scheme, sep, rest = base.partition("//")
    if sep:
        end = next((i for i, char in enumerate(rest) if char in "/\\"), len(rest))
        rest = rest[:end].rpartition("@")[2] + rest[end:]
    base = _JWT.sub(HIDDEN, scheme + sep + rest)
    for pattern, shown in _PATH_SECRETS:
        base = pattern.sub(shown, base)
    if not mark:
        return base
    pieces = re.split(r"([&;])", query)
    return base + mark + "".join(_parameter(piece, depth) for piece in pieces)


def _parameter(piece: str, depth: int) -> str:
    name, equals, value = piece.partition("=")
    if not equals or not value:
        return _JWT.sub(HIDDEN, piece)
    if is_secret(unquote_plus(name)) or _JWT.search(value):
        return f"{name}={HIDDEN}"
    inner = unquote_plus(value)
    if "//" in inner or "?" in inner or "&" in inner:
        nested = inner if "?" in inner or "//" in inner else "?" + inner
        if depth >= MAX_NESTING or _url(nested, depth + 1) != text(nested, MAX_URL).strip():
            return f"{name}={HIDDEN}"
    return piece


def document(value: Any) -> Any:
    """A reading as it may be written: addresses inside its texts lose what opens something, nothing else changes.

    Generators write signed addresses of their own stores into prompts and graphs (Civitai's blobs among them). An
    address without such a secret stays as it is, fragment and all, since it is what the picture says.
    """
    if isinstance(value, str):
        return _LINK.sub(_link, value) if "://" in value else value
    if isinstance(value, list):
        return [document(item) for item in value]
    if isinstance(value, dict):
        return {name: document(item) for name, item in value.items()}
    return value


def _link(match: re.Match[str]) -> str:
    address = match[0]
    plain = address.replace("\\u0026", "&")  # as JSON inside a text may write it
    clean = url(plain)
    return clean if clean.count(HIDDEN) > plain.count(HIDDEN) else address


def declared(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Only what the list allows, one value a name (the last), cut to size; names as they were sent."""
    kept: dict[str, str] = {}
    for name, value in pairs:
        if DECLARED.fullmatch(name.lower().replace("_", "-")) and len(kept) < MAX_DECLARED:
            kept[text(name)] = text(value)
    return tuple(kept.items())


def key(value: str) -> str:
    """A binding key: an address is scrubbed as one, anything else stands. Same in, same out."""
    clean = url(value) if "://" in value else text(value, MAX_URL)
    return clean if len(clean) <= MAX_KEY else f"sha256:{hashlib.sha256(clean.encode()).hexdigest()}"


def observation(seen: Observation) -> Observation:
    """The observation as it may be written."""

    def clean(value: str | None) -> str | None:
        return None if value is None else text(value)

    return replace(
        seen,
        site=clean(seen.site),
        account=clean(seen.account),
        profile=clean(seen.profile),
        role=text(seen.role),
        form=clean(seen.form),
        url=None if seen.url is None else url(seen.url),
        filename=None if seen.filename is None else text(re.split(r"[/\\]", seen.filename)[-1]),
        format=clean(seen.format),
        exchange=clean(seen.exchange),
        declared=declared(seen.declared),
        missed=clean(seen.missed),
    )
