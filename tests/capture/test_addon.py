"""Bodies reach the sink byte for byte, whatever the traffic does, and the traffic never notices.

End to end: a real mitmproxy and a real server on loopback, in the test's own loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import io
import ipaddress
import os
import socket
import ssl
import struct
import warnings
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from mitmproxy import http
from mitmproxy.certs import CertStore
from mitmproxy.connection import Server
from mitmproxy.options import Options

from creditline.capture.addon import MAX_ANSWER, CreditlineAddon
from creditline.capture.trust import ensure_authority
from creditline.model.settings import MIB, Settings
from creditline.pipeline.recognise import served, uploads
from creditline.vocab import sites

with warnings.catch_warnings():
    # mitmproxy imports ldap3, which uses names that pyasn1 has deprecated.
    warnings.filterwarnings("ignore", "(tag|type)Map is deprecated", DeprecationWarning, r"ldap3\.")
    from mitmproxy.test import taddons, tflow
    from mitmproxy.tools.dump import DumpMaster

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from creditline.model.exchange import Exchange

OPEN = replace(Settings(), passthrough=False, capture_private_hosts=True)
JPEG = b"\xff\xd8\xff\xe0"


@dataclass
class Sink:
    """Collects what the addon hands on, from any thread."""

    seen: list[Exchange] = field(default_factory=list)
    missed: list[tuple[str, str]] = field(default_factory=list)
    fail: bool = False

    def __call__(self, exchange: Exchange) -> None:
        if self.fail:
            raise RuntimeError("the sink is broken")
        self.seen.append(exchange)

    def note(self, code: str, message: str) -> None:
        self.missed.append((code, message))

    async def wait(self, count: int = 1) -> list[Exchange]:
        async with asyncio.timeout(20):
            while len(self.seen) < count:
                await asyncio.sleep(0.01)
        return self.seen


@dataclass
class Site:
    """A server that keeps what it was sent and answers what a test tells it to."""

    url: str
    got: list[bytes] = field(default_factory=list)
    answer: Callable[[web.Request], web.StreamResponse] | None = None


@contextlib.asynccontextmanager
async def a_site(tls: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    site = Site("")

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.path == "/reset":
            assert request.transport is not None
            raw: socket.socket = request.transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            request.transport.abort()
            return web.Response()
        site.got.append(await request.read())
        return site.answer(request) if site.answer else web.json_response({"url": "/media/1.jpg"})

    app = web.Application(client_max_size=200 * MIB)
    app.router.add_route("*", "/{tail:.*}", handle)
    runner = web.AppRunner(app, auto_decompress=False)
    await runner.setup()
    listener = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await listener.start()
    site.url = f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield site
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def a_proxy(addon: CreditlineAddon, **options: Any) -> AsyncIterator[str]:
    master = DumpMaster(Options(listen_host="127.0.0.1", listen_port=0), with_termlog=False, with_dumper=False)
    master.options.update(**options)
    master.addons.add(addon)
    server = master.addons.get("proxyserver")
    running = asyncio.create_task(master.run())
    try:
        async with asyncio.timeout(20):
            while not server.listen_addrs():
                await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{server.listen_addrs()[0][1]}"
    finally:
        # mitmproxy leaves its listening sockets to the end of the process.
        await server.servers.update([])
        master.shutdown()
        await running


@contextlib.asynccontextmanager
async def through(
    tmp_path: Path, sink: Sink, settings: Settings = OPEN, **options: Any
) -> AsyncIterator[tuple[Site, str, aiohttp.ClientSession]]:
    addon = CreditlineAddon(sink, sites.load(), settings, home=tmp_path, on_missed=sink.note)
    async with a_site() as site, a_proxy(addon, **options) as proxy, aiohttp.ClientSession(proxy=proxy) as client:
        yield site, proxy, client


async def post(
    client: aiohttp.ClientSession, url: str, data: bytes, content_type: str | None = "image/jpeg"
) -> int:
    """Send a raw body with its length announced; returns the status."""
    headers = {"Content-Type": content_type} if content_type else {}
    async with client.post(url, data=io.BytesIO(data), headers=headers) as response:
        await response.read()
        return response.status


async def test_random_bytes_by_aiohttp(tmp_path: Path) -> None:
    """100,000 random bytes in a form reach server and sink byte for byte, with the answer."""
    sink, data = Sink(), JPEG + os.urandom(100_000)
    form = aiohttp.FormData()
    form.add_field("title", "a\r\nb")
    form.add_field("file", data, filename="ä.jpg", content_type="image/jpeg")

    async with through(tmp_path, sink) as (site, _, client):
        async with client.post(f"{site.url}/upload?x=1", data=form) as response:
            assert 200 == response.status
        (seen,) = await sink.wait()

    assert site.got == [seen.request.body.read()]
    (found,) = uploads(seen, None)
    assert (data, "file", "ä.jpg", "F1") == (found.data, found.part, found.filename, found.form)
    assert ("POST", "127.0.0.1", "/upload?x=1", 200, None) == (
        seen.method,
        seen.host,
        seen.path,
        seen.status,
        seen.error,
    )
    assert seen.response is not None
    assert b'{"url": "/media/1.jpg"}' == seen.response.body.read()
    assert seen.at.endswith("Z")
    assert 26 == len(seen.id)
    assert [] == sink.missed


async def test_random_bytes_by_curl(tmp_path: Path) -> None:
    """The same through curl's form writer, which asks for 100-continue above 1 MiB."""
    sink, data = Sink(), JPEG + os.urandom(2 * MIB)
    picture = tmp_path / "a picture.jpg"
    picture.write_bytes(data)

    async with through(tmp_path, sink) as (site, proxy, _):
        curl = await asyncio.create_subprocess_exec(
            "curl", "-sS", "--noproxy", "", "-x", proxy, "-F", f"file=@{picture}", f"{site.url}/upload",
            stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        assert 0 == await curl.wait()
        (seen,) = await sink.wait()

    (found,) = uploads(seen, None)
    assert (data, "a picture.jpg") == (found.data, found.filename)


async def test_large_body_is_streamed_to_the_spool(tmp_path: Path) -> None:
    """A raw body of 20 MB goes through as a stream and is in the spool byte for byte, memory left alone."""
    sink, data = Sink(), JPEG + os.urandom(20_000_000)

    async with through(tmp_path, sink) as (site, _, client):
        assert 200 == await post(client, f"{site.url}/upload", data)
        (seen,) = await sink.wait()

    assert site.got == [data]
    body = seen.request.body
    assert body.data is None
    assert body.path is not None
    assert tmp_path / "spool" == body.path.parent
    assert data == body.path.read_bytes()
    assert (len(data), True, None) == (body.length, body.complete, body.missed)
    assert data == uploads(seen, None)[0].data


async def test_body_of_unknown_length(tmp_path: Path) -> None:
    """A chunked body is streamed too, and kept whole."""
    sink, data = Sink(), JPEG + os.urandom(500_000)

    async def chunks() -> AsyncIterator[bytes]:
        for at in range(0, len(data), 30_000):
            yield data[at : at + 30_000]

    async with through(tmp_path, sink) as (site, _, client):
        async with client.put(f"{site.url}/upload", data=chunks()) as response:
            assert 200 == response.status
        (seen,) = await sink.wait()

    assert site.got == [data]
    assert data == seen.request.body.read()


async def test_gzip_body(tmp_path: Path) -> None:
    """A coded body stays as it was on the wire; the picture in it is found."""
    sink, data = Sink(), JPEG + os.urandom(5000)
    coded = gzip.compress(data)
    headers = {"Content-Encoding": "gzip", "Content-Type": "image/jpeg"}

    async with through(tmp_path, sink) as (site, _, client):
        async with client.post(f"{site.url}/upload", data=coded, headers=headers) as response:
            assert 200 == response.status
        (seen,) = await sink.wait()

    assert [coded] == site.got
    assert coded == seen.request.body.data
    assert data == uploads(seen, None)[0].data


@pytest.mark.parametrize("size", [300_000, 12_000_000])
async def test_client_hangs_up(tmp_path: Path, size: int) -> None:
    """A client that goes away mid-body leaves an exchange with an error and an incomplete request."""
    sink = Sink()
    sent = JPEG + os.urandom(200_000)

    async with through(tmp_path, sink) as (site, proxy, _):
        host, port = proxy.removeprefix("http://").split(":")
        _, writer = await asyncio.open_connection(host, int(port))
        head = f"POST {site.url}/upload HTTP/1.1\r\nHost: x.test\r\nContent-Type: image/jpeg\r\n"
        writer.write(head.encode() + b"Content-Length: %d\r\n\r\n" % size + sent)
        await writer.drain()
        await asyncio.sleep(0.3)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        (seen,) = await sink.wait()

    assert seen.error is not None
    assert seen.response is None
    assert not seen.request.body.complete
    (found,) = uploads(seen, None)
    assert "incomplete" == found.missed
    # What mitmproxy buffers it keeps to itself; what is streamed is there as far as it came.
    assert found.data == (sent if size > OPEN.stream_above else None)


async def test_upstream_resets(tmp_path: Path) -> None:
    """A server that goes away leaves an exchange with an error and the whole request."""
    sink, data = Sink(), JPEG + os.urandom(5000)

    async with through(tmp_path, sink) as (site, _, client):
        assert 502 == await post(client, f"{site.url}/reset", data)
        (seen,) = await sink.wait()

    assert seen.error is not None
    assert (None, data, True) == (seen.status, seen.request.body.data, seen.request.body.complete)


@pytest.mark.parametrize("size", [5000, 12_000_000])
async def test_broken_sink_costs_no_request(tmp_path: Path, size: int, caplog: pytest.LogCaptureFixture) -> None:
    """A sink that raises is logged once and told of each time; uploads work as ever."""
    sink, data = Sink(fail=True), JPEG + os.urandom(size)

    async with through(tmp_path, sink) as (site, _, client):
        for _ in range(3):
            assert 200 == await post(client, f"{site.url}/upload", data, None)

    assert [data] * 3 == site.got
    assert ["capture_failed"] * 3 == [code for code, _ in sink.missed]
    assert 1 == caplog.text.count("sink failed")


async def test_served_pictures(tmp_path: Path) -> None:
    """A served picture is handed on, buffered or streamed; a page and a part of a picture are not."""
    sink, data = Sink(), JPEG + os.urandom(9_000_000)

    def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/page":
            return web.Response(text="<html>", content_type="text/html")
        if request.path == "/part":
            return web.Response(status=206, body=data, content_type="image/jpeg")
        size = 9_000_000 if request.path == "/large" else 50_000
        response = web.Response(body=data[:size], content_type="image/jpeg")
        if request.path == "/chunked":
            response.enable_chunked_encoding()
        return response

    async with through(tmp_path, sink) as (site, _, client):
        site.answer = answer
        for path in ("page", "part", "small", "large", "chunked"):
            async with client.get(f"{site.url}/{path}") as response:
                await response.read()
        seen = await sink.wait(3)

    by_path = {item.path: item for item in seen}
    assert {"/small", "/large", "/chunked"} == set(by_path)
    assert data[:50_000] == served(by_path["/small"], None)[0].data
    assert data[:9_000_000] == served(by_path["/large"], None)[0].data
    assert data[:50_000] == served(by_path["/chunked"], None)[0].data
    large = by_path["/large"].response
    assert large is not None
    assert large.body.path is not None


async def test_other_traffic_is_left_alone(tmp_path: Path) -> None:
    """Requests that hold no picture are not handed on, and streamed ones leave no file."""
    sink = Sink()

    async with through(tmp_path, sink) as (site, _, client):
        for data in (b'{"a": 1}', b"\x00" * 12_000_000, b""):
            assert 200 == await post(client, f"{site.url}/api", data, "application/json")

    assert [] == sink.seen
    assert [] == list((tmp_path / "spool").iterdir())


async def test_too_large(tmp_path: Path) -> None:
    """Past max_body an upload goes through and the exchange says why it has no bytes."""
    sink, data = Sink(), JPEG + os.urandom(3 * MIB)
    small = replace(OPEN, max_body=2 * MIB, stream_above=1 * MIB)

    async with through(tmp_path, sink, small) as (site, _, client):
        assert 200 == await post(client, f"{site.url}/upload", data)
        (seen,) = await sink.wait()

    assert [data] == site.got
    assert "too_large" == seen.request.body.missed
    assert "too_large" == uploads(seen, None)[0].missed


async def test_memory_total_makes_bodies_stream(tmp_path: Path) -> None:
    """While exchanges that nobody has dropped fill the total, further bodies are streamed."""
    sink, data = Sink(), JPEG + os.urandom(MIB)
    tight = replace(OPEN, buffer_total=3 * MIB)

    async with through(tmp_path, sink, tight) as (site, _, client):
        for _ in range(4):
            assert 200 == await post(client, f"{site.url}/upload", data, "image/jpeg")
        seen = await sink.wait(4)

    assert [True, True, False, False] == [item.request.body.data is not None for item in seen]
    assert [data] * 4 == [item.request.body.read() for item in seen]


async def test_private_hosts_are_left_out(tmp_path: Path) -> None:
    """Unless it is asked for, nothing to or from loopback is handed on, streamed or buffered."""
    sink = Sink()

    async with through(tmp_path, sink, replace(OPEN, capture_private_hosts=False)) as (site, _, client):
        for size in (5000, 12_000_000):
            assert 200 == await post(client, f"{site.url}/upload", JPEG + bytes(size), None)

    assert [] == sink.seen
    assert not (tmp_path / "spool").exists()


async def test_with_stream_large_bodies(tmp_path: Path) -> None:
    """Where mitmproxy itself was told to stream, bodies are kept nevertheless."""
    sink, data = Sink(), JPEG + os.urandom(2 * MIB)

    async with through(tmp_path, sink, stream_large_bodies="1m") as (site, _, client):
        assert 200 == await post(client, f"{site.url}/upload", data)
        (seen,) = await sink.wait()

    assert data == seen.request.body.read()


@pytest.mark.parametrize("size", [3 * MIB, 12 * MIB])
async def test_http2_over_tls(tmp_path: Path, size: int) -> None:
    """Through TLS and HTTP/2, buffered or streamed, a body reaches server and sink byte for byte."""
    sink, data = Sink(), JPEG + os.urandom(size)
    picture = tmp_path / "a.jpg"
    picture.write_bytes(data)
    trusted = ensure_authority(tmp_path / "ca")
    store = CertStore.from_store(tmp_path / "ca", "mitmproxy", 2048)
    entry = store.get_cert("127.0.0.1", [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    (tmp_path / "site.pem").write_bytes(entry.cert.to_pem() + _key_pem(entry.privatekey))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(tmp_path / "site.pem")

    addon = CreditlineAddon(sink, sites.load(), OPEN, home=tmp_path, on_missed=sink.note)
    # Eager, mitmproxy offers the client only what the server speaks, and this one speaks HTTP/1.1.
    options = {"ssl_insecure": True, "confdir": str(tmp_path / "ca"), "connection_strategy": "lazy"}
    async with a_site(tls) as site, a_proxy(addon, **options) as proxy:
        curl = await asyncio.create_subprocess_exec(
            "curl", "-sS", "--noproxy", "", "-x", proxy, "--cacert", trusted, "--http2",
            "-H", "Content-Type: image/jpeg", "--data-binary", f"@{picture}", "-w", "%{http_version}",
            "-o", "/dev/null", f"{site.url}/upload", stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, _ = await curl.communicate()
        (seen,) = await sink.wait()

    assert b"2" == out
    assert [data] == site.got
    assert data == seen.request.body.read()
    assert ("https", "HTTP/2.0") == (seen.scheme, seen.http_version)


def _key_pem(key: Any) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[no-any-return]


# Hooks on flows made by hand: what needs no wire.


def a_flow(
    body: bytes = JPEG + b"x" * 100,
    host: str = "example.org",
    content_type: str = "image/jpeg",
    answer: bytes = b"{}",
    **changes: Any,
) -> http.HTTPFlow:
    request = tflow.treq(
        host=host, authority=b"", path=b"/upload", method=b"POST", content=body, scheme=b"https", port=443
    )
    request.headers = http.Headers(((b"Host", host.encode()), (b"Content-Type", content_type.encode())))
    flow = tflow.tflow(req=request, resp=tflow.tresp(content=answer))
    flow.server_conn = Server(address=None)
    flow.comment = ""
    for name, value in changes.items():
        setattr(flow, name, value)
    return flow


async def cycled(flow: http.HTTPFlow, settings: Settings | None = None, home: Path | None = None) -> Sink:
    """What the addon makes of a whole flow, as `mitmdump -nr` plays it."""
    sink = Sink()
    addon = CreditlineAddon(sink, sites.load(), settings, home=home, on_missed=sink.note)
    with taddons.context(addon) as context:
        addon.running()
        await context.cycle(addon, flow)
        addon.done()
    return sink


async def test_replayed_flow(tmp_path: Path) -> None:
    """A flow from a file is handed on by reference, its host decided by name; only its comment is set."""
    flow = a_flow()
    before = flow.get_state()

    sink = await cycled(flow)

    (seen,) = sink.seen
    assert seen.request.body.data is flow.request.raw_content
    assert ("example.org", "https", 443, 200) == (seen.host, seen.scheme, seen.port, seen.status)
    assert "creditline: 1 upload" == flow.comment
    assert before | {"comment": flow.comment} == flow.get_state()


@pytest.mark.parametrize(
    ("method", "host", "path", "seen"),
    [
        (b"POST", "www.reddit.com", b"/api/media/asset.json", 1),
        (b"GET", "mastodon.social", b"/api/v1/media/22348641", 1),
        (b"GET", "mastodon.social", b"/api/v1/timelines/home", 0),
        (b"POST", "www.reddit.com", b"/api/vote", 0),
        (b"POST", "example.org", b"/api/media/asset.json", 0),
    ],
)
async def test_steps_without_a_picture_are_seen(method: bytes, host: str, path: bytes, seen: int) -> None:
    """What hands out an address or an id for an upload is handed on, and no other request without a picture."""
    flow = a_flow(b"" if method == b"GET" else b"a=1", host, "application/x-www-form-urlencoded")
    flow.request.method, flow.request.path = method.decode(), path.decode()

    sink = await cycled(flow)

    assert seen == len(sink.seen)
    assert ("creditline: a step of an upload" if seen else "") == flow.comment


async def test_comments_of_others_stay() -> None:
    """A comment that somebody wrote is not overwritten."""
    flow = a_flow(comment="mine")

    await cycled(flow)

    assert "mine" == flow.comment


async def test_replayed_private_host_is_left_out() -> None:
    """Without a connection the host's name alone decides; with one, its address does, too."""
    by_name = await cycled(a_flow(host="printer.local"))
    by_address = await cycled(a_flow(server_conn=Server(address=("example.org", 443), peername=("10.0.0.1", 443))))

    assert [] == by_name.seen
    assert [] == by_address.seen


async def test_upstream_proxy_on_loopback_hides_no_site() -> None:
    """Behind an upstream proxy the connection's address is that proxy's and says nothing of the site."""
    server = Server(address=("127.0.0.1", 3128), via=("http", ("127.0.0.1", 3128)))
    server.peername = ("127.0.0.1", 3128)

    assert 1 == len((await cycled(a_flow(server_conn=server))).seen)


async def test_websocket_is_ignored() -> None:
    """A WebSocket's handshake is no exchange of pictures."""
    flow = a_flow(websocket=tflow.twebsocketflow().websocket)

    assert [] == (await cycled(flow)).seen


async def test_large_answers_are_not_held() -> None:
    """An answer to an upload that is far larger than one that names addresses is not kept."""
    (seen,) = (await cycled(a_flow(answer=b"x" * (MAX_ANSWER + 1)))).seen

    assert seen.response is not None
    assert "too_large" == seen.response.body.missed


async def test_hooks_fail_open(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """An error inside a hook is logged once per kind, noted each time, and the flow stays as it was."""

    def fail(*args: object) -> None:
        raise RuntimeError("broken inside")

    monkeypatch.setattr("creditline.capture.flows.exchange", fail)
    flow = a_flow()
    before = flow.get_state()

    sink = await cycled(flow)

    assert ["capture_failed"] == [code for code, _ in sink.missed]
    assert 1 == caplog.text.count("hook response failed")
    assert before == flow.get_state()


@pytest.mark.parametrize(
    ("passthrough", "sni", "address", "ignored"),
    [
        (True, "i.redd.it", "i.redd.it", False),
        (True, "bank.example", "bank.example", True),
        (True, None, "i.redd.it", False),
        (True, None, "93.184.216.34", True),
        (True, "cloudflare-ech.com", "i.redd.it", True),
        (False, "bank.example", "bank.example", False),
    ],
)
async def test_what_is_decrypted(passthrough: bool, sni: str | None, address: str, ignored: bool) -> None:
    """With passthrough only opened hosts are decrypted, by what the client asks for; without it we keep out."""
    addon = CreditlineAddon(Sink(), sites.load(), replace(OPEN, passthrough=passthrough))
    data = _client_hello(sni, address)

    addon.tls_clienthello(data)

    assert ignored == data.ignore_connection


async def test_an_error_leaves_the_connection_encrypted() -> None:
    """When the question whether a host is opened cannot be answered, it stays closed."""
    sink = Sink()
    addon = CreditlineAddon(sink, None, OPEN, on_missed=sink.note)
    addon.settings = replace(OPEN, passthrough=True)
    addon.sites = object()  # type: ignore[assignment]
    data = _client_hello("i.redd.it", "i.redd.it")

    addon.tls_clienthello(data)

    assert data.ignore_connection
    assert 1 == len(sink.missed)


async def test_passthrough_records_no_closed_host() -> None:
    """With passthrough a decrypted host that is not opened (another addon's doing) is not recorded."""
    settings = replace(OPEN, passthrough=True)

    assert [] == (await cycled(a_flow(), settings)).seen
    assert 1 == len((await cycled(a_flow(host="api.imgur.com"), settings)).seen)


async def test_options_are_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An option beats the environment, that beats the file; passthrough is off in a stock mitmproxy."""
    (tmp_path / "config.toml").write_text("max_body = 1\nstream_above = 2\nbuffer_total = 3\npassthrough = true\n")
    monkeypatch.setenv("CREDITLINE_STREAM_ABOVE", "20")
    monkeypatch.setenv("CREDITLINE_BUFFER_TOTAL", "30")
    addon = CreditlineAddon(Sink())

    with taddons.context(addon) as context:
        context.configure(addon, creditline_home=str(tmp_path), creditline_buffer_total=300)

    found = addon.settings
    assert (1, 20, 300, False) == (found.max_body, found.stream_above, found.buffer_total, found.passthrough)


async def test_unusable_settings_stop_the_start(tmp_path: Path) -> None:
    """A broken settings file is mitmproxy's OptionsError, as for its own options."""
    from mitmproxy.exceptions import OptionsError

    (tmp_path / "config.toml").write_text("max_bdy = 1\n")
    addon = CreditlineAddon(Sink())

    with taddons.context(addon) as context, pytest.raises(OptionsError, match="max_body"):
        context.configure(addon, creditline_home=str(tmp_path))


@pytest.mark.parametrize(
    ("version", "headers", "method", "expected"),
    [
        ("HTTP/1.1", {"Content-Length": "5"}, "POST", 5),
        ("HTTP/1.1", {"Transfer-Encoding": "chunked"}, "POST", None),
        ("HTTP/1.1", {}, "POST", 0),
        ("HTTP/1.1", {"Content-Length": "x"}, "POST", 0),
        ("HTTP/2.0", {}, "POST", None),
        ("HTTP/2.0", {}, "GET", 0),
    ],
)
def test_request_length(version: str, headers: dict[str, str], method: str, expected: int | None) -> None:
    """The length is what was announced, nothing, or unknown: HTTP/2 needs no header for a body."""
    from creditline.capture.flows import request_length

    request = http.Request.make(method, "http://example.org/")
    request.http_version = version
    request.headers = http.Headers([(name.encode(), value.encode()) for name, value in headers.items()])

    assert expected == request_length(request)


def _client_hello(sni: str | None, address: str) -> Any:
    """Stands for mitmproxy's ClientHelloData, of which the hook reads two names and sets one flag."""

    class Hello:
        class client_hello:  # noqa: N801
            pass

        class context:  # noqa: N801
            server = Server(address=(address, 443))

        ignore_connection = False

    Hello.client_hello.sni = sni  # type: ignore[attr-defined]
    return Hello()
