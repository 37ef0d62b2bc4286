"""What an importer hands on: exchanges, files of an account export, and what could not be used."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ulid import ULID

from creditline.model.exchange import Body, Exchange, Message

if TYPE_CHECKING:
    from creditline.model.exchange import Headers

VIA = "import"


@dataclass(frozen=True, slots=True)
class Exported:
    """A picture in an account export; `keys` are (rule, key) pairs that may lead to its upload. `at` is ISO 8601."""

    site: str
    name: str
    at: str
    data: bytes
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Unusable:
    """Something in a file that was not used: what it is, and why in words that are the same for all of its kind."""

    what: str
    why: str


type Item = Exchange | Exported | Unusable


def exchange(
    method: str,
    url: str,
    at: datetime,
    request: tuple[Headers, Body],
    status: int | None,
    response: tuple[Headers, Body] | None,
    version: str = "HTTP/1.1",
) -> Exchange | None:
    """An exchange of an archive, None for an address that is not of the web.

    Its id follows from what it holds, so that the same archive read again leaves nothing twice.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    told = (method, url, at.isoformat(), _digest(request[1]), _digest(response[1]) if response else "")
    return Exchange(
        id=identity(at, *told),
        at=at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        method=method.upper(),
        scheme=parts.scheme,
        host=host,
        port=port or {"http": 80, "https": 443}[parts.scheme],
        path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        http_version=version,
        request=Message(*request),
        status=status,
        response=Message(*response) if response is not None else None,
        via=VIA,
    )


def identity(at: datetime, *told: str) -> str:
    """An id that is the same for the same things."""
    milliseconds = min(max(0, int(at.timestamp() * 1000)), (1 << 48) - 1)
    digest = hashlib.sha256("\0".join(told).encode("utf-8", "replace")).digest()
    return str(ULID.from_bytes(milliseconds.to_bytes(6, "big") + digest[:10]))


def moment(text: str | None) -> datetime:
    """A time as archives write it; 1970 for what is none, so that the same file gives the same ids."""
    try:
        found = datetime.fromisoformat((text or "").strip())
    except ValueError:
        found = datetime(1970, 1, 1, tzinfo=UTC)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def body_of(data: bytes | None, cap: int) -> Body:
    """A body in memory, or why it was not kept."""
    if data is None:
        return Body(missed="not_kept")
    return Body(data, length=len(data)) if len(data) <= cap else Body(length=len(data), missed="too_large")


def _digest(body: Body) -> str:
    return hashlib.sha256(body.data).hexdigest() if body.data is not None else body.missed or ""
