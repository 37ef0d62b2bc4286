"""A few files on a loopback address, for a browser that uploads from a page."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from aiohttp import web
from tests.loopback import served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

THROUGH_THE_PROXY = ["--proxy-bypass-list=<-loopback>"]
"""For Chromium: what is on this machine goes through the proxy, too."""


@contextlib.asynccontextmanager
async def pages(**files: Path) -> AsyncIterator[str]:
    """The file `front` at `/`, all of them at their names, until the block ends; gives the address."""

    def answer(path: Path) -> web.Response:
        kind = "text/javascript" if path.suffix == ".js" else "text/html"
        return web.Response(body=path.read_bytes(), content_type=kind)

    async def named(request: web.Request) -> web.Response:
        wanted = [path for path in files.values() if f"/{path.name}" == request.path]
        return answer(wanted[0]) if wanted else web.Response(status=404)

    async def front(_: web.Request) -> web.Response:
        return answer(files["front"])

    async with served([web.get("/", front), web.get("/{name}", named)]) as port:
        yield f"http://127.0.0.1:{port}/"
