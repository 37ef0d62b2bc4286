"""mitmproxy runs inside our own loop, listens where it is told, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import logging
import socket
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web

from creditline.model.errors import SettingsError

with warnings.catch_warnings():
    # mitmproxy imports ldap3, which uses names that pyasn1 has deprecated.
    warnings.filterwarnings("ignore", "(tag|type)Map is deprecated", DeprecationWarning, r"ldap3\.")
    from creditline.runtime.proxy import Reroute, running_proxy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path


def _proxy(tmp_path: Path, *, port: int = 0, extra: list[Any] | None = None, **settings: Any) -> Any:
    started: AbstractAsyncContextManager[int] = running_proxy(
        host="127.0.0.1", port=port, confdir=tmp_path / "confdir", extra=extra or [], settings=settings
    )
    return started


@pytest.fixture
async def site() -> AsyncIterator[int]:
    """A server that answers with the Host field that it was sent; its port."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=request.host)

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def _get(port: int, url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as client, client.get(url, proxy=f"http://127.0.0.1:{port}") as response:
        return response.status, await response.text()


def _refuses(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex(("127.0.0.1", port)) != 0


@dataclass
class _Noting:
    """An addon that notes which hooks were called."""

    hooks: list[str] = field(default_factory=list)

    def running(self) -> None:
        self.hooks.append("running")

    def request(self, flow: Any) -> None:  # noqa: ARG002 - what mitmproxy calls it with
        self.hooks.append("request")

    def done(self) -> None:
        self.hooks.append("done")


async def test_requests_go_through_it_and_its_addons(tmp_path: Path, site: int) -> None:
    """Port 0 gives a port; addons see the start, the traffic and the end."""
    noting = _Noting()

    async with _proxy(tmp_path, extra=[noting]) as port:
        assert port > 0
        assert (200, f"127.0.0.1:{site}") == await _get(port, f"http://127.0.0.1:{site}/")

    assert ["running", "request", "done"] == noting.hooks


async def test_only_its_hosts_are_led_elsewhere(tmp_path: Path, site: int) -> None:
    """A rerouted host reaches the loopback port under its own name; any other goes where it says."""
    async with _proxy(tmp_path, extra=[Reroute(["shop.test"], site)]) as port:
        assert (200, "shop.test") == await _get(port, "http://shop.test/")
        assert (200, f"127.0.0.1:{site}") == await _get(port, f"http://127.0.0.1:{site}/")
        # No resolver knows `.test` (RFC 6761), and a longer name is another host.
        assert 502 == (await _get(port, "http://www.shop.test/"))[0]


async def test_nothing_is_left(tmp_path: Path, site: int) -> None:
    """After the end there is no task and no open port, and clients that kept their connection lose it."""
    before = asyncio.all_tasks()
    handlers = list(logging.getLogger().handlers)

    async with _proxy(tmp_path) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET http://127.0.0.1:{site}/ HTTP/1.1\r\nHost: 127.0.0.1:{site}\r\n\r\n".encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")

    async with asyncio.timeout(5):
        assert b"" == (await reader.read()).partition(f"127.0.0.1:{site}".encode())[2]
    writer.close()
    await asyncio.sleep(0.05)
    assert _refuses(port)
    assert before == asyncio.all_tasks()
    assert handlers == logging.getLogger().handlers


async def test_it_can_be_started_again(tmp_path: Path, site: int) -> None:
    """The port that a stopped proxy had is free at once for the next."""
    async with _proxy(tmp_path) as port:
        pass
    async with _proxy(tmp_path, port=port) as again:
        assert port == again
        assert 200 == (await _get(again, f"http://127.0.0.1:{site}/"))[0]


async def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    """Where another program has the port, the error names it and the option that chooses another."""
    before = asyncio.all_tasks()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(SettingsError, match=f"127.0.0.1:{port}") as caught:
            async with _proxy(tmp_path, port=port):
                pass

    assert caught.value.next_step is not None
    assert "--proxy-port" in caught.value.next_step
    assert before == asyncio.all_tasks()


async def test_mitmproxys_options_are_passed_on(tmp_path: Path, site: int) -> None:
    """`settings` are mitmproxy's own options."""
    async with _proxy(tmp_path, block_list=["/~all/418"]) as port:
        assert 418 == (await _get(port, f"http://127.0.0.1:{site}/"))[0]


async def test_an_error_in_the_block_stops_it_too(tmp_path: Path) -> None:
    """Whatever ends the block, the proxy ends with it."""
    with pytest.raises(RuntimeError, match="mine"):
        async with _proxy(tmp_path) as port:
            raise RuntimeError("mine")

    assert _refuses(port)
