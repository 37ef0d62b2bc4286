"""Server, proxy and recorder come up together and go together, in our process and as `creditline start`."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web
from PIL import Image

from creditline.ledger import queries
from creditline.ledger.moments import now
from creditline.model.errors import SettingsError
from creditline.services.context import Context
from creditline.services.record import Original

with warnings.catch_warnings():
    # mitmproxy imports ldap3, which uses names that pyasn1 has deprecated.
    warnings.filterwarnings("ignore", "(tag|type)Map is deprecated", DeprecationWarning, r"ldap3\.")
    from creditline.runtime.serve import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

CREDITLINE = Path(sys.executable).with_name("creditline")
needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="/proc is there on Linux only")


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """A data folder that records loopback traffic too, at any free ports."""
    opened = Context.open(tmp_path / "data", options=_FREE)
    yield opened
    opened.close()


_FREE = {"port": 0, "proxy_port": 0, "capture_private_hosts": True}


def _picture(path: Path) -> bytes:
    Image.linear_gradient("L").resize((400, 300)).convert("RGB").save(path, "JPEG")
    return path.read_bytes()


def _children() -> set[int]:
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text(encoding="ascii").split()}


def _threads() -> set[str]:
    """Names of the threads but those of the loop's own pool, which stays until the loop ends."""
    return {thread.name for thread in threading.enumerate() if not thread.name.startswith("asyncio_")}


def _sockets() -> set[str]:
    links = [path.readlink() for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
    return {str(link) for link in links if str(link).startswith("socket:")}


async def test_everything_answers(context: Context) -> None:
    """The server, the proxy and the recorder are up, and the addresses say where."""
    async with serving(context) as up, aiohttp.ClientSession() as client:
        async with client.get(f"{up.server}/api/v1/health") as direct:
            assert 200 == direct.status
        async with client.get(f"{up.server}/api/v1/health", proxy=up.proxy) as through:
            assert 200 == through.status
        assert context.recorder is up.recorder
        assert up.authority is not None
        assert up.authority.is_file()

    assert context.recorder is None


async def test_without_a_proxy(context: Context) -> None:
    """`--no-proxy` gives the server alone, and no certificate authority is made."""
    async with serving(context, proxy=False) as up:
        assert (None, None) == (up.proxy, up.authority)

    assert not (context.home / "proxy").exists()


@needs_proc
async def test_nothing_is_left(context: Context, tmp_path: Path) -> None:
    """After the end there is no thread, process, task or socket of it."""
    data = await asyncio.to_thread(_picture, tmp_path / "a.jpg")
    tasks, threads, children, sockets = asyncio.all_tasks(), _threads(), _children(), _sockets()

    async with serving(context) as up, aiohttp.ClientSession() as client:
        handed = up.recorder.submit_original(data, Original(via="cli", at=now()))
        await asyncio.wrap_future(handed)
        async with client.get(f"{up.server}/api/v1/health", proxy=up.proxy) as response:
            await response.read()
        assert _children() > children

    await asyncio.sleep(0.1)
    assert tasks == asyncio.all_tasks()
    assert threads == _threads()
    assert children == _children()
    assert sockets == _sockets()


async def test_what_fails_inside_ends_it_too(context: Context) -> None:
    """An error in the block reaches the caller, and the ports are free again."""
    with pytest.raises(RuntimeError, match="mine"):
        async with serving(context) as up:
            server = up.server
            raise RuntimeError("mine")

    assert context.recorder is None
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(server.rpartition(":")[2]))) != 0


@pytest.mark.parametrize(("key", "option"), [("port", "--port"), ("proxy_port", "--proxy-port")])
async def test_a_port_in_use_names_its_option(tmp_path: Path, key: str, option: str) -> None:
    """Where a port is taken the error says which, and the option for another; nothing stays up."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        context = Context.open(tmp_path / "data", options=_FREE | {key: port})
        threads = _threads()

        with pytest.raises(SettingsError, match=str(port)) as caught:
            async with serving(context):
                pass
        context.close()

    assert f"{option}," in str(caught.value.next_step)
    assert threads == _threads()


def _started(tmp_path: Path, *options: str) -> tuple[subprocess.Popen[str], dict[str, str]]:
    """`creditline start` as a program, and what it printed by the first word of the line."""
    process = subprocess.Popen(
        [CREDITLINE, "--home", tmp_path / "data", "start", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said: dict[str, str] = {}
    assert process.stdout is not None
    for line in process.stdout:
        word, _, rest = line.partition(" ")
        said[word] = rest.strip()
        if line.startswith("Ctrl-C"):
            return process, said
    raise AssertionError(process.communicate())


async def test_start_prints_addresses_and_a_link_that_works_once(tmp_path: Path) -> None:
    """Port 0 prints the ports taken; the sign-in link opens the dashboard for the first who uses it."""
    process, said = await asyncio.to_thread(_started, tmp_path, "--port", "0", "--proxy-port", "0")
    try:
        link = re.fullmatch(r"(http://127\.0\.0\.1:[1-9]\d+)(/sign-in)#(\S+)", said["Dashboard"])
        assert link is not None
        assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d+", said["Proxy"])
        assert str(tmp_path / "data") == said["Data"]
        server, path, token = link.groups()
        first, second = await _sign_in(server, path, token), await _sign_in(server, path, token)
    finally:
        process.send_signal(signal.SIGTERM)
        _, complaints = await asyncio.to_thread(process.communicate, timeout=60)

    assert (200, 403) == (first, second)
    assert (0, "") == (process.returncode, complaints)


async def _sign_in(server: str, path: str, token: str) -> int:
    """The status of the dashboard, or of the refusal, for a browser that opens the link and presses the button."""
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an address
    async with aiohttp.ClientSession(cookie_jar=jar, headers={"Origin": server}) as client:
        async with client.post(f"{server}{path}", data={"token": token}) as response:
            if response.status >= 400:
                return response.status
        async with client.get(f"{server}/") as dashboard:
            return dashboard.status


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_after_what_was_seen_is_written(tmp_path: Path, by: signal.Signals) -> None:
    """An upload seen just before SIGTERM or Ctrl-C is in the ledger when the program has ended with 0."""
    data = await asyncio.to_thread(_picture, tmp_path / "a.jpg")

    async def take(request: web.Request) -> web.Response:
        await request.read()
        return web.json_response({})

    app = web.Application()
    app.router.add_post("/upload", take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    options = ("--port", "0", "--proxy-port", "0", "--capture-private-hosts")
    process, said = await asyncio.to_thread(_started, tmp_path, *options)
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/upload"
    async with aiohttp.ClientSession() as client:
        async with client.post(
            url, data=data, headers={"Content-Type": "image/jpeg"}, proxy=said["Proxy"]
        ) as sent:
            assert 200 == sent.status
        process.send_signal(by)
        _, complaints = await asyncio.to_thread(process.communicate, timeout=60)
    await runner.cleanup()

    assert 0 == process.returncode, complaints
    assert "Traceback" not in complaints
    context = Context.open(tmp_path / "data")
    seen = queries.observations(context.ledger)
    context.close()
    assert [("uploaded", url, len(data))] == [(each.stage, each.url, each.bytes) for each in seen]
    # The recorder's tray is gone, and so is every program that it started.
    assert [] == os.listdir(tmp_path / "data" / "inbox")
