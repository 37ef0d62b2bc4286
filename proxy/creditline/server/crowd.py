"""How many large bodies are taken in at a time: each lies in memory until its picture is read.

Pictures are read two at a time, and whoever waits holds up to `max_body` bytes: without an end to the queue, a hundred
uploads would take all memory. The one past the end is told to come back (429, `Retry-After`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from creditline.server.problems import RefusedError

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

LARGE = 1024 * 1024
"""Bytes from which a body counts; what is sent compressed, or without its length, may become any size."""
AT_ONCE = 8
RETRY_AFTER = 2
"""Seconds; most pictures are read in less."""
NEVER_REFUSED = frozenset({"/api/v1/originals", "/api/v1/screenshots"})
"""These come once, and are lost when they are refused; they go to disk, not into the queue."""


def crowd(at_once: int = AT_ONCE) -> Middleware:
    """The middleware that lets so many large bodies in at a time."""
    under_way = 0

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        nonlocal under_way
        if not _counts(request):
            return await handler(request)
        if under_way >= at_once:
            raise RefusedError(
                429,
                "too_many_requests",
                "Too many large pictures are being read right now.",
                next_step="send it again in a moment",
                retry_after=RETRY_AFTER,
            )
        under_way += 1
        try:
            return await handler(request)
        finally:
            under_way -= 1

    return middleware


def _counts(request: web.Request) -> bool:
    if not request.body_exists or request.path in NEVER_REFUSED:
        return False
    length = request.content_length
    return length is None or length > LARGE or "Content-Encoding" in request.headers
