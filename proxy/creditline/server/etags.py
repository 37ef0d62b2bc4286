"""An entity tag on each answer to a program that reads, so that the same is not sent twice (RFC 9110, 8.8.3)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from aiohttp import web

from creditline.server.problems import is_api, is_c2pa

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

TAG_LENGTH = 32
"""Hex digits of the SHA-256 that are shown: 128 bits."""


@web.middleware
async def etags(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Tags what a GET or HEAD is answered with; 304 without content where the asker has it already."""
    response = await handler(request)
    reads = request.method in {"GET", "HEAD"} and (is_api(request.path) or is_c2pa(request.path))
    if not reads or response.status != 200 or not isinstance(response, web.Response):
        return response
    if not isinstance(response.body, bytes):
        return response
    tag = hashlib.sha256(response.body).hexdigest()[:TAG_LENGTH]
    known = request.if_none_match or ()
    if any(given.value in {tag, "*"} for given in known):
        response = web.Response(status=304)
    response.etag = tag
    return response
