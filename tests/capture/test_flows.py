"""Flows as exchanges: what the client meant, and nothing copied."""

from __future__ import annotations

import pytest
from mitmproxy.test import tflow, tutils

from creditline.capture import flows
from creditline.model.exchange import Body


def _flow(**request: object) -> object:
    return tflow.tflow(req=tutils.treq(**request), resp=True)


@pytest.mark.parametrize(
    ("host_field", "port"),
    [
        (b"example.com", 443),
        (b"example.com:8443", 8443),
        (b"[2001:db8::1]:444", 444),
        (b"example.com:no", 22),
    ],
)
def test_port_is_that_of_the_host_field(host_field: bytes, port: int) -> None:
    """The address that is recorded is the client's, also where a connection was led to another port."""
    flow = _flow(scheme=b"https", port=22, headers=((b"Host", host_field),))

    assert port == flows.port_of(flow)


def test_port_without_a_host_field_is_the_connections() -> None:
    """A request that names no host is recorded with the port it went to."""
    flow = _flow(scheme=b"http", port=8080, headers=())

    assert 8080 == flows.port_of(flow)


def test_exchange_holds_references() -> None:
    """The body handed over is the very object that the flow holds."""
    flow = _flow(method=b"POST", content=b"x" * 100)
    body = Body(data=flow.request.raw_content, length=100)

    seen = flows.exchange(flow, body, None)

    assert seen.request.body is body
    assert "POST" == seen.method


@pytest.mark.parametrize(
    ("length", "method", "version", "headers"),
    [
        (5, b"POST", b"HTTP/1.1", ((b"content-length", b"5"),)),
        (0, b"POST", b"HTTP/1.1", ()),
        (None, b"POST", b"HTTP/1.1", ((b"transfer-encoding", b"chunked"),)),
        (None, b"POST", b"HTTP/2.0", ()),
        (0, b"GET", b"HTTP/2.0", ()),
    ],
)
def test_request_length(
    length: int | None, method: bytes, version: bytes, headers: tuple[tuple[bytes, bytes], ...]
) -> None:
    """A body's length is known, zero, or only told by its end (RFC 9112 section 6.3)."""
    flow = _flow(method=method, http_version=version, headers=headers)

    assert length == flows.request_length(flow.request)


def test_private_by_name_and_by_address() -> None:
    """A peer is private when its name is, or the address that the proxy connected to."""
    named = _flow(host=b"localhost")
    connected = _flow(host=b"example.com", headers=((b"Host", b"example.com"),))
    connected.server_conn.peername = ("10.0.0.1", 443)
    public = _flow(host=b"example.com", headers=((b"Host", b"example.com"),))
    public.server_conn.peername = ("93.184.216.34", 443)

    assert flows.is_private(named)
    assert flows.is_private(connected)
    assert not flows.is_private(public)
