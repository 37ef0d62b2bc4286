"""Small previews of kept pictures: encoded anew, so that nothing of a stranger's file reaches the page."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aiohttp import web

from creditline.model.errors import CreditlineError

if TYPE_CHECKING:
    from creditline.server.lookups import Lookups

log = logging.getLogger("creditline.server")

# Long edge in pixels: a column of the widest page, at a pixel ratio of about 1.5.
EDGE = 800
# Decoding a large picture takes some 200 MB; a grid asks for dozens at once.
AT_ONCE = 2
STATIC = Path(__file__).parent / "static"
_FILES: Final = {
    "creditline.css": "text/css",
    "sign-in.js": "text/javascript",
    "live.js": "text/javascript",
    "drop.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}


class Pictures:
    """The handlers for previews and for the few static files."""

    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._files = {name: (STATIC / name).read_bytes() for name in _FILES}
        self._no_picture = (STATIC / "no-picture.svg").read_bytes()

    def routes(self) -> list[web.RouteDef]:
        """Previews and static files; names outside the fixed list do not exist."""
        return [
            web.get("/pictures/{sha256:[0-9a-f]{64}}/thumbnail", self.thumbnail),
            web.get("/pictures/{sha256:[0-9a-f]{64}}/difference/{other:[0-9a-f]{64}}", self.difference),
            web.get("/static/{name}", self.static),
        ]

    async def thumbnail(self, request: web.Request) -> web.Response:
        """A WebP preview; a drawing of our own where the bytes are not kept or cannot be shown."""
        async with self._slots:
            data = await asyncio.to_thread(self._preview, request.match_info["sha256"])
        if data is None:
            return web.Response(body=self._no_picture, content_type="image/svg+xml")
        return web.Response(body=data, content_type="image/webp")

    async def difference(self, request: web.Request) -> web.Response:
        """Where two pictures differ, dark where they are alike; a drawing of our own where that cannot be shown."""
        async with self._slots:
            data = await asyncio.to_thread(
                self._differing, request.match_info["sha256"], request.match_info["other"]
            )
        if data is None:
            return web.Response(body=self._no_picture, content_type="image/svg+xml")
        return web.Response(body=data, content_type="image/webp")

    def _differing(self, one: str, other: str) -> bytes | None:
        from creditline import pixels

        first, second = self._lookups.picture(one), self._lookups.picture(other)
        if first is None or second is None:
            return None
        try:
            return pixels.difference(first, second, EDGE)
        except CreditlineError as error:
            log.info("no difference of %s and %s: %s", one, other, error.code)
            return None

    def _preview(self, sha256: str) -> bytes | None:
        from creditline import pixels

        data = self._lookups.picture(sha256)
        if data is None:
            return None
        try:
            return pixels.thumbnail(data, EDGE, "webp")
        except CreditlineError as error:
            log.info("no preview of %s: %s", sha256, error.code)
            return None

    async def static(self, request: web.Request) -> web.Response:
        """A file of ours, from memory."""
        name = request.match_info["name"]
        if name not in self._files:
            raise web.HTTPNotFound
        charset = None if name.endswith(".svg") else "utf-8"
        return web.Response(
            body=self._files[name],
            content_type=_FILES[name],
            charset=charset,
            headers={"Cache-Control": "private, max-age=300"},
        )
