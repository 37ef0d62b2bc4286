"""The guarded client: what a person named is fetched, what lies inside somebody's network is not."""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from creditline.fetch import MAX_REDIRECTS, fetch, is_public
from creditline.model.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from creditline.fetch import Address

PICTURE = b"\xff\xd8\xff picture"


def anywhere(_: Address) -> bool:
    """Every address will do."""
    return True


def loopback(address: Address) -> bool:
    """Only 127.0.0.1 will do."""
    return str(address) == "127.0.0.1"


class Site:
    """A server on loopback that counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        app = web.Application(middlewares=[self._note])
        app.router.add_get("/picture", self._picture)
        app.router.add_get("/empty", self._empty)
        app.router.add_get("/slow", self._slow)
        app.router.add_get("/drip", self._drip)
        app.router.add_get("/bomb", self._bomb)
        app.router.add_get("/garbled", self._garbled)
        app.router.add_get("/to", self._redirect)
        app.router.add_get("/loop/{n}", self._loop)
        self.server = TestServer(app, host="127.0.0.1")

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server.port}{path}"

    @web.middleware
    async def _note(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.asked.append(request.path)
        response: web.StreamResponse = await handler(request)
        return response

    async def _picture(self, _: web.Request) -> web.Response:
        return web.Response(body=PICTURE, content_type="image/jpeg")

    async def _empty(self, _: web.Request) -> web.Response:
        return web.Response(body=b"")

    async def _slow(self, _: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response(body=PICTURE)

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(b"x")
            await asyncio.sleep(0.1)
        return response

    async def _bomb(self, _: web.Request) -> web.Response:
        return web.Response(body=gzip.compress(bytes(4_000_000)), headers={"Content-Encoding": "gzip"})

    async def _garbled(self, _: web.Request) -> web.Response:
        return web.Response(body=b"no gzip at all", headers={"Content-Encoding": "gzip"})

    async def _redirect(self, request: web.Request) -> web.Response:
        status = int(request.query.get("status", "302"))
        return web.Response(status=status, headers={"Location": request.query["where"]})

    async def _loop(self, request: web.Request) -> web.Response:
        await asyncio.sleep(float(request.query.get("wait", "0")))
        n = int(request.match_info["n"])
        where = "/picture" if n == 0 else f"/loop/{n - 1}?{request.query_string}"
        return web.Response(status=302, headers={"Location": where})


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """The server, up."""
    site = Site()
    async with site.server:
        yield site


async def refused(url: str, **options: Any) -> FetchError:
    """The error of a fetch that must fail."""
    with pytest.raises(FetchError) as caught:
        await fetch(url, **options)
    return caught.value


PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - refused, not bound
    "255.255.255.255",
    "192.0.0.8",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd12::1",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "::a00:1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "2002:a00:1::1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "2001:db8::1",
    "2001::1",
    "100::1",
]
PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "2002:808:808::", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_inside(address: str) -> None:
    """Loopback, private, link-local, shared, multicast and reserved ones, also as IPv4 inside IPv6."""
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_outside(address: str) -> None:
    """The open internet, also as IPv4 inside IPv6."""
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
async def test_an_inner_address_is_not_connected_to(address: str) -> None:
    """Refused before a connection is made, whatever port, with a code of its own."""
    host = f"[{address}]" if ":" in address else address

    assert "private_address" == (await refused(f"http://{host}:9/", seconds=2)).code


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "0X7F000001",
        "017700000001",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f.1",
        "127.1",
        "127.0.1",
        "127.0.0.1.",
        "0",
        "①②⑦.⓪.⓪.①",
        "１２７.0.0.1",
        "localhost",
        "localhost.",
    ],
)
async def test_other_ways_to_write_loopback(host: str, site: Site) -> None:
    """Decimal, hexadecimal, octal, short and fullwidth forms reach nobody."""
    error = await refused(site.url("/picture", host), seconds=5)

    assert error.code in {"private_address", "bad_address", "fetch_failed"}
    assert [] == site.asked


async def test_a_picture(site: Site) -> None:
    """The body, byte for byte; the same behind a name and behind redirects of every kind."""
    assert PICTURE == await fetch(site.url("/picture"), allowed=loopback)
    assert PICTURE == await fetch(site.url("/picture#x", "localhost"), allowed=anywhere)
    for status in (301, 302, 303, 307, 308):
        assert PICTURE == await fetch(site.url(f"/to?where=/picture&status={status}"), allowed=loopback)


async def test_redirects_end(site: Site) -> None:
    """So many are followed and not one more; one that leads nowhere is an answer like any other."""
    assert PICTURE == await fetch(site.url(f"/loop/{MAX_REDIRECTS - 1}"), allowed=loopback)
    assert "fetch_redirects" == (await refused(site.url(f"/loop/{MAX_REDIRECTS}"), allowed=loopback)).code


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("http://10.0.0.1/", "private_address"),
        ("//169.254.169.254/latest/meta-data", "private_address"),
        ("http://[::ffff:10.0.0.1]/", "private_address"),
        ("http://2130706433/", "bad_address"),
        ("file:///etc/passwd", "bad_address"),
        ("ftp://127.0.0.1/", "bad_address"),
        ("data:image/png,x", "bad_address"),
        ("http://[broken/", "bad_address"),
    ],
)
async def test_a_redirect_inside_is_not_followed(where: str, code: str, site: Site) -> None:
    """Each redirect is judged anew, its scheme and its address."""
    error = await refused(site.server.make_url("/to").with_query(where=where).human_repr(), allowed=loopback)

    assert code == error.code
    assert ["/to"] == site.asked


async def test_a_name_that_stands_for_an_inner_address(monkeypatch: pytest.MonkeyPatch, site: Site) -> None:
    """All addresses of a name must be outside: one inner one among them is enough to refuse."""
    answers = {"one.example": ["10.0.0.1"], "two.example": ["8.8.8.8", "127.0.0.1"], "six.example": ["fe80::1%2"]}

    async def lookup(host: str, port: int, **_: Any) -> list[Any]:
        return [
            (socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port))
            for a in answers[host]
        ]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lookup)
    for host in answers:
        error = await refused(site.url("/picture", host), seconds=5)

        assert "private_address" == error.code
        assert host in str(error)
    assert [] == site.asked


async def test_the_address_that_was_checked_is_the_one(monkeypatch: pytest.MonkeyPatch, site: Site) -> None:
    """A name is looked up once: a second answer, as of a rebinding server, is never asked for."""
    asked: list[str] = []

    async def lookup(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lookup)

    assert PICTURE == await fetch(site.url("/picture", "rebinding.example"), allowed=loopback)
    assert ["rebinding.example"] == asked


async def test_caps_on_size(site: Site) -> None:
    """One byte too many is refused, and so is what only grows when it is unpacked."""
    assert PICTURE == await fetch(site.url("/picture"), allowed=loopback, max_bytes=len(PICTURE))
    assert "too_large" == (await refused(site.url("/picture"), allowed=loopback, max_bytes=len(PICTURE) - 1)).code
    assert "too_large" == (await refused(site.url("/bomb"), allowed=loopback, max_bytes=1_000_000)).code


@pytest.mark.parametrize("path", ["/slow", "/drip", "/loop/4?wait=0.3"])
async def test_the_whole_has_a_deadline(path: str, site: Site) -> None:
    """Silence, a trickle and a chain of slow redirects all end when the time is up."""
    start = time.monotonic()

    error = await refused(site.url(path), allowed=loopback, seconds=0.5)

    assert "fetch_timeout" == error.code
    assert 0.4 < time.monotonic() - start < 3


async def test_answers_that_are_no_picture(site: Site) -> None:
    """A status other than 200, an empty body, a body that cannot be unpacked."""
    assert "fetch_status" == (await refused(site.url("/nowhere"), allowed=loopback)).code
    assert "404" in str(await refused(site.url("/nowhere"), allowed=loopback))
    assert "empty_file" == (await refused(site.url("/empty"), allowed=loopback)).code
    assert "fetch_failed" == (await refused(site.url("/garbled"), allowed=loopback)).code


async def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed port and an unknown name are said in a sentence."""

    async def lookup(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert "fetch_failed" == (await refused(f"http://127.0.0.1:{unused_port()}/", allowed=loopback)).code
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lookup)
    assert "fetch_failed" == (await refused("http://nobody.example/", allowed=anywhere)).code


@pytest.mark.parametrize(
    "url",
    [
        "",
        "picture.jpg",
        "/etc/passwd",
        "file:///etc/passwd",
        "gopher://a.example/",
        "http://",
        "http:///x",
        "https://[",
        "http://a.example:99999/",
        "http://a.example:x/",
        "http://\ud800.example/",
        f"http://{'a' * 70}.example/",
    ],
)
async def test_what_is_no_address(url: str) -> None:
    """Anything but http and https with a host is refused, however broken it is."""
    assert (await refused(url, allowed=anywhere, seconds=5)).code in {"bad_address", "fetch_failed"}
