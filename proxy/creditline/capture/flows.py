"""mitmproxy flows as exchanges: references to bytes, no copies, nothing written back."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ulid import ULID

from creditline.capture.private_hosts import is_private as is_private_host
from creditline.model.exchange import WEBSOCKET, Body, Exchange, Message
from creditline.vocab.sites import normal

if TYPE_CHECKING:
    from mitmproxy.http import Headers, HTTPFlow, Request

REATTACHED = "creditline.reattached"
"""In a flow's metadata: what became of a restoration in flight, for the record."""
CREDITED = "creditline.credited"
"""In a flow's metadata: what became of crediting an upload, for the record."""
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


def exchange(flow: HTTPFlow, request: Body, response: Body | None) -> Exchange:
    """A flow's exchange with the given bodies; headers as on the wire, each byte one character (ISO 8859-1)."""
    started = flow.request.timestamp_start or time.time()
    at = datetime.fromtimestamp(started, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    answer = flow.response
    return Exchange(
        id=str(ULID.from_timestamp(started)),
        at=at,
        method=flow.request.method.upper(),
        scheme=flow.request.scheme,
        host=host_of(flow),
        port=port_of(flow),
        path=flow.request.path,
        http_version=flow.request.http_version,
        request=Message(_fields(flow.request.headers), request),
        status=answer.status_code if answer is not None else None,
        response=Message(_fields(answer.headers), response)
        if answer is not None and response is not None
        else None,
        error=flow.error.msg if flow.error is not None else None,
        reattached=flow.metadata.get(REATTACHED),
        credited=flow.metadata.get(CREDITED),
    )


def message(flow: HTTPFlow, body: Body) -> Exchange:
    """A message that the client sent on a WebSocket, as an exchange of its own without an answer."""
    said = flow.websocket.messages[-1].timestamp if flow.websocket is not None else time.time()
    at = datetime.fromtimestamp(said, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Exchange(
        id=str(ULID.from_timestamp(said)),
        at=at,
        method=WEBSOCKET,
        scheme=flow.request.scheme,
        host=host_of(flow),
        port=port_of(flow),
        path=flow.request.path,
        http_version=flow.request.http_version,
        request=Message((), body),
    )


def host_of(flow: HTTPFlow) -> str:
    """The host that the client meant, also where the proxy only knows an address (transparent mode)."""
    return normal(flow.request.pretty_host)


def port_of(flow: HTTPFlow) -> int:
    """The port that the client meant: that of its Host field, also where the connection was led elsewhere."""
    named = flow.request.host_header
    try:
        meant = urlsplit(f"//{named}").port if named else flow.request.port
    except ValueError:
        return flow.request.port
    return meant or {"https": 443, "http": 80}.get(flow.request.scheme, flow.request.port)


def is_private(flow: HTTPFlow) -> bool:
    """Whether a flow's peer is private, by its names and by the address that the proxy connected to, if it did."""
    if any(is_private_host(name) for name in {flow.request.host, flow.request.pretty_host}):
        return True
    server = flow.server_conn
    # Through an upstream proxy the address is that proxy's.
    return server.via is None and server.peername is not None and is_private_host(server.peername[0])


def announced(headers: Headers) -> int | None:
    """The Content-Length in bytes, or None when there is none that can be read."""
    value = headers.get("content-length", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 20 else None


def request_length(request: Request) -> int | None:
    """How long a request's body will be: 0 without one, None when only its end will tell."""
    length = announced(request.headers)
    if length is not None:
        return length
    # RFC 9112 section 6.3: without either field an HTTP/1 request has no body. HTTP/2 needs neither.
    if request.http_version.startswith("HTTP/1") and "transfer-encoding" not in request.headers:
        return 0
    return None if request.method.upper() in WITH_BODY else 0


def header(headers: Headers, name: str) -> str | None:
    """A field's value, or None."""
    value = headers.get(name)
    return str(value) if value is not None else None


def _fields(headers: Headers) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.fields)
