"""One site and one running Creditline on loopback, for all tests of a module."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import os
import random
import signal
import socket
import ssl
import subprocess
import sys
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web
from PIL import Image

from creditline.demo.authority import make_authority
from creditline.ledger import queries
from creditline.model.settings import MIB
from creditline.services.context import Context

with warnings.catch_warnings():
    # mitmproxy imports ldap3, which uses names that pyasn1 has deprecated.
    warnings.filterwarnings("ignore", "(tag|type)Map is deprecated", DeprecationWarning, r"ldap3\.")
    from creditline.runtime.proxy import Reroute
    from creditline.runtime.serve import Running, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from creditline.ledger.store import Ledger
    from creditline.model.observation import Observation

OPENED = "site.creditline.test"
CLOSED = "elsewhere.creditline.test"
BIN = Path(sys.executable).parent
START_SECONDS = 60
DRAIN_SECONDS = 120

PROFILE = r"""id = "rig"
name = "the tests' own site"
last_verified = 2026-01-01
confidence = "high"
evidence = ["tests/e2e/rig.py"]
hosts = ['^site\.creditline\.test$', '^localhost$']
rewrite = "single"

[[upload]]
match = { method = "POST", path = '^/form/.+$' }
form = "F1"

[[upload]]
match = { method = "POST", path = '^/raw/.+$' }
form = "F3"

[[upload]]
match = { method = "PUT", path = '^/raw/.+$' }
form = "F3"

[[serve]]
hosts = ['^site\.creditline\.test$', '^localhost$']
path = '^/media/.+$'

[[bind]]
fn = "url_equal"
"""


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it reached the site; `whole` is False when its body broke off."""

    method: str
    path: str
    headers: Mapping[str, str]
    sha256: str
    length: int
    whole: bool


@dataclass
class Site:
    """A TLS server that notes what it is sent; it serves `pages` and answers everything else with `answers`."""

    port: int = 0
    ca: Path = Path()
    received: list[Received] = field(default_factory=list)
    pages: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def at(self, path: str) -> Received:
        """The one request that came for a path."""
        (only,) = [seen for seen in self.received if seen.path == path]
        return only

    async def whole(self, path: str) -> Received:
        """The same, waited for: a body that breaks off ends when the server notices."""
        async with asyncio.timeout(20):
            while not any(seen.path == path for seen in self.received):
                await asyncio.sleep(0.01)
        return self.at(path)

    async def handle(self, request: web.Request) -> web.Response:
        digest, length, whole = hashlib.sha256(), 0, True
        try:
            async for chunk in request.content.iter_any():
                digest.update(chunk)
                length += len(chunk)
        except (aiohttp.ClientError, ConnectionError):
            whole = False
        path = request.path
        self.received.append(
            Received(request.method, path, dict(request.headers), digest.hexdigest(), length, whole)
        )
        if path in self.pages:
            kind, body = self.pages[path]
            return web.Response(body=body, content_type=kind)
        return web.json_response(self.answers.get(path, {"length": length}))

    @classmethod
    @contextlib.asynccontextmanager
    async def start(cls, folder: Path, *, tls: bool = True) -> AsyncIterator[Site]:
        """The site on a free port, until the block ends; its authority's certificate lies in `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        site = cls()
        authority = make_authority([OPENED, CLOSED, "localhost"], folder)
        site.ca = folder / "ca.pem"
        site.ca.write_bytes(authority.ca_pem)
        app = web.Application(client_max_size=1024 * MIB)
        app.router.add_route("*", "/{tail:.*}", site.handle)
        runner = web.AppRunner(app, access_log=None, auto_decompress=False, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=authority.context if tls else None).start()
            site.port = runner.addresses[0][1]
            yield site
        finally:
            await runner.cleanup()


@dataclass
class Rig:
    """A site, a running Creditline, and a client that goes through its proxy."""

    site: Site
    context: Context
    running: Running
    client: aiohttp.ClientSession
    trust: ssl.SSLContext

    @property
    def proxy(self) -> str:
        assert self.running.proxy is not None
        return self.running.proxy

    async def send(
        self, path: str, data: Any, content_type: str | None = "image/jpeg", *, method: str = "POST"
    ) -> int:
        """Send a body to the opened host; returns the status."""
        headers = {"Content-Type": content_type} if content_type else {}
        body = io.BytesIO(data) if isinstance(data, bytes) else data
        async with self.client.request(
            method, f"https://{OPENED}{path}", data=body, headers=headers, proxy=self.proxy, ssl=self.trust
        ) as response:
            await response.read()
            return response.status

    async def get(self, path: str) -> bytes:
        """Fetch from the opened host."""
        async with self.client.get(f"https://{OPENED}{path}", proxy=self.proxy, ssl=self.trust) as response:
            return await response.read()

    async def tunnel(
        self, host: str, *, trust: ssl.SSLContext
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A TLS connection to a host through the proxy, to send on it whatever a test likes."""
        name, _, port = self.proxy.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(name, int(port))
        writer.write(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 200 " in head.split(b"\r\n")[0], head
        await writer.start_tls(trust, server_hostname=host)
        return reader, writer

    async def observed(self, path: str) -> list[Observation]:
        """What was recorded of the requests for a path, when everything taken in is in the ledger."""
        await self.drain()
        every = await asyncio.to_thread(queries.observations, self.context.ledger, limit=None)
        return [seen for seen in every if seen.url == f"https://{OPENED}{path}"]

    async def misses(self, exchange: str | None) -> set[str]:
        """The codes of what was noted as missed in an exchange."""
        every = await asyncio.to_thread(queries.misses, self.context.ledger)
        return {miss.code for miss in every if miss.exchange == exchange}

    async def drain(self) -> None:
        """Wait until everything taken in is in the ledger."""
        await asyncio.sleep(0.05)  # the answer may be here before the proxy's hook is
        assert await asyncio.to_thread(self.running.recorder.drain, DRAIN_SECONDS)


def write_profile(home: Path) -> None:
    """Make the site known in a data folder, as a real one is."""
    (home / "sites").mkdir(parents=True)
    (home / "sites" / "rig.toml").write_text(PROFILE, encoding="utf-8")


@contextlib.asynccontextmanager
async def running(folder: Path, **options: Any) -> AsyncIterator[Rig]:
    """Site, proxy, server and recorder, until the block ends; `options` are further settings."""
    home = folder / "home"
    write_profile(home)
    context = Context.open(home, options={"port": 0, "proxy_port": 0, "capture_private_hosts": True} | options)
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(context.close)
        site = await stack.enter_async_context(Site.start(folder / "site"))
        up = await stack.enter_async_context(
            serving(
                context,
                extra=[Reroute([OPENED, CLOSED], site.port)],
                proxy_options={"ssl_verify_upstream_trusted_ca": str(site.ca)},
                waited_for=True,
            )
        )
        client = await stack.enter_async_context(aiohttp.ClientSession())
        trust = ssl.create_default_context(cafile=str(up.authority))
        yield Rig(site, context, up, client, trust)


@contextlib.contextmanager
def program(*command: str | Path, environ: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """A program of ours or mitmproxy's with its output in pipes; whatever happens, it ends with the block."""
    process = subprocess.Popen(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | dict(environ or {}),
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str], by: signal.Signals | None = signal.SIGTERM) -> tuple[int, str, str]:
    """Ask a program to end and wait for it: exit code, output, complaints."""
    if by is not None:
        process.send_signal(by)
    out, err = process.communicate(timeout=DRAIN_SECONDS)
    return process.returncode, out, err


def free_port() -> int:
    """A port that nothing listens on right now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


async def listening(port: int) -> None:
    """Wait until something accepts connections there."""
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            await writer.wait_closed()
            return


def facts(ledger: Ledger) -> list[tuple[str | None, str, str | None, str]]:
    """SHA-256, stage, form and role of every observation, in no order."""
    every = queries.observations(ledger, limit=None)
    return sorted(((o.sha256, o.stage, o.form, o.role) for o in every), key=str)


def jpeg(width: int = 320, height: int = 240, seed: int = 0, quality: int = 90) -> bytes:
    """A picture with enough in it to be told from others."""
    small = Image.frombytes("RGB", (16, 12), random.Random(seed).randbytes(16 * 12 * 3))
    target = io.BytesIO()
    small.resize((width, height), Image.Resampling.BICUBIC).save(target, "JPEG", quality=quality)
    return target.getvalue()


def commented(picture: bytes, data: bytes) -> bytes:
    """The JPEG with these bytes in comment segments, and once more behind its end."""
    segments = b""
    for at in range(0, len(data), 65_000):
        piece = data[at : at + 65_000]
        segments += b"\xff\xfe" + (len(piece) + 2).to_bytes(2) + piece
    return picture[:2] + segments + picture[2:] + data


def form(data: bytes, *, boundary: str, filename: str = "a.jpg", content_type: str = "image/jpeg") -> bytes:
    """A multipart body with one file, written by hand."""
    head = f'Content-Disposition: form-data; name="file"; filename="{filename}"\r\nContent-Type: {content_type}'
    return b"".join((f"--{boundary}\r\n{head}\r\n\r\n".encode(), data, f"\r\n--{boundary}--\r\n".encode()))


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
