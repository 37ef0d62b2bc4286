"""A server of a test's own, on this machine and a free port."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

LARGEST_BODY = 64 * 1024 * 1024


@asynccontextmanager
async def served(routes: Iterable[web.RouteDef]) -> AsyncIterator[int]:
    """The routes, until the block ends; gives the port on 127.0.0.1."""
    application = web.Application(client_max_size=LARGEST_BODY)
    application.add_routes(list(routes))
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
