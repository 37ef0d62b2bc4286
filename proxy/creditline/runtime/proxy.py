"""mitmproxy's master inside our own program, with our addon in it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from mitmproxy import addons, options
from mitmproxy.master import Master

from creditline.model.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

START_SECONDS = 30
STOP_SECONDS = 10

# Without a handler, Python prints mitmproxy's connection chatter on standard error.
logging.getLogger("mitmproxy").addHandler(logging.NullHandler())


class _Started:
    """Tells when mitmproxy has set its servers up, whether or not that worked."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    def running(self) -> None:
        self.event.set()


class Reroute:
    """Sends connections for some hosts to a loopback port; names, SNI and Host header stay as they are."""

    def __init__(self, hosts: Sequence[str], port: int) -> None:
        self._hosts = frozenset(hosts)
        self._port = port

    def server_connect(self, data: Any) -> None:
        if data.server.address and data.server.address[0] in self._hosts:
            data.server.address = ("127.0.0.1", self._port)


@asynccontextmanager
async def running_proxy(
    *, host: str, port: int, confdir: Path, extra: Sequence[Any], settings: Mapping[str, Any]
) -> AsyncIterator[int]:
    """A proxy on `host`:`port` (0: any free one) until the block ends; yields the port.

    Args:
        host: the address to listen on.
        port: the port to listen on.
        confdir: the folder with the proxy's certificate authority.
        extra: addons after mitmproxy's own.
        settings: mitmproxy options, those of the addons among them.

    Raises:
        SettingsError: the port cannot be had.
    """
    opts = options.Options(listen_host=host, listen_port=port, confdir=str(confdir))
    master = Master(opts)
    started = _Started()
    master.addons.add(*addons.default_addons(), *extra, started)
    opts.update(**settings)
    task = asyncio.create_task(master.run())
    waiter = asyncio.create_task(started.event.wait())
    server: Any = master.addons.get("proxyserver")
    try:
        await asyncio.wait({task, waiter}, timeout=START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        listening = server.listen_addrs() if started.event.is_set() else []
        if not listening:
            raise SettingsError(
                f"the proxy cannot listen on {host}:{port}: another program may have that port",
                next_step="choose another one with --proxy-port, or 0 for any free one.",
            )
        yield int(listening[0][1])
    finally:
        waiter.cancel()
        await _hang_up(server)
        master.shutdown()
        await asyncio.wait({task}, timeout=STOP_SECONDS)
        if task.done() and not task.cancelled():
            task.exception()  # what went wrong while stopping was logged by mitmproxy


async def _hang_up(server: Any) -> None:
    """Close all sockets: mitmproxy leaves them to the end of the process, and ours may go on."""
    with contextlib.suppress(OSError, TimeoutError):
        await server.servers.update([])
        for connection in list(server.connections.values()):
            await connection.on_timeout()
        async with asyncio.timeout(STOP_SECONDS):
            while server.connections:
                await asyncio.sleep(0.01)
