"""One HTTP exchange as seen on the wire, free of any proxy's types."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

RECORDED_ROLES = frozenset({"image"})
"""Roles whose pictures become observations; avatars, covers, thumbnails and noise stay out of the audits."""

WEBSOCKET = "WEBSOCKET"
"""The method of what is no request: a message that a client sends on a WebSocket, its body the message."""

type Headers = tuple[tuple[str, str], ...]
"""Header fields in wire order, names as sent."""


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of one message as they crossed the wire, content coding still on.

    Exactly one of three: `data` in memory, `path` to a spool file, or neither with `missed` saying why.
    `length` is in bytes; `complete` is False when the peer went away before the end.
    """

    data: bytes | None = None
    path: Path | None = None
    length: int = 0
    complete: bool = True
    missed: str | None = None

    def read(self) -> bytes | None:
        """The bytes, or None when they were not kept."""
        if self.data is not None:
            return self.data
        return self.path.read_bytes() if self.path is not None else None


@dataclass(frozen=True, slots=True)
class Message:
    """A request's or a response's headers and body."""

    headers: Headers
    body: Body

    def header(self, name: str) -> str | None:
        """The first field of that name, in any letter case."""
        lower = name.lower()
        return next((value for key, value in self.headers if key.lower() == lower), None)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer; `at` is ISO 8601 in UTC, `id` a ULID.

    `reattached` says what became of a restoration in flight, of which the bodies here hold nothing; `credited` what
    became of crediting an upload, of which the request here is what left, or, with its own word, what the browser sent.
    `response` is None when none came; `error` then says what happened. `path` includes the query. `via` says who
    saw it: the proxy, or an import of an archive.
    """

    id: str
    at: str
    method: str
    scheme: str
    host: str
    port: int
    path: str
    http_version: str
    request: Message
    status: int | None = None
    response: Message | None = None
    error: str | None = None
    via: str = "proxy"
    reattached: str | None = None
    credited: str | None = None

    @property
    def url(self) -> str:
        """The request's address, its port left out where the scheme implies it."""
        default = {"https": 443, "http": 80}.get(self.scheme)
        port = "" if self.port == default else f":{self.port}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{port}{self.path}"


@dataclass(frozen=True, slots=True)
class Found:
    """One picture found in an exchange, its bytes cut out untouched.

    `stage` is `uploaded` or `served`; `form` a wire-form code (F1, F3, …) or None for a served picture;
    `missed` says why there are no bytes; of what was called a picture and is none, `sha256` and `length` remain.
    `declared` is what the sender said of the file.
    """

    stage: Literal["uploaded", "served"]
    data: bytes | None
    form: str | None = None
    role: str = "image"
    part: str | None = None
    filename: str | None = None
    declared: tuple[tuple[str, str], ...] = ()
    missed: str | None = None
    sha256: str | None = None
    length: int | None = None
