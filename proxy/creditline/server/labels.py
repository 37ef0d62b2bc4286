"""What the extension asks for: which pictures of a page are known, and what their originals say."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from creditline.server.problems import RefusedError
from creditline.server.uploads import whole
from creditline.services.labels import labels

if TYPE_CHECKING:
    from creditline.ledger.store import Ledger
    from creditline.services.refs import Refs

MAX_PICTURES = 500
"""Pictures of one question; a page with more asks again."""
MAX_URL = 8192
MAX_REF = 128
MAX_QUESTION = 1024 * 1024


class Labels:
    """The handler of `POST /api/v1/labels`."""

    def __init__(self, ledger: Ledger, refs: Refs) -> None:
        self._ledger = ledger
        self._refs = refs

    def routes(self) -> list[web.RouteDef]:
        """The one route."""
        return [web.post("/api/v1/labels", self.labels)]

    async def labels(self, request: web.Request) -> web.Response:
        """A label for each picture asked about, in the order of the question."""
        if request.content_type != "application/json":
            raise RefusedError(415, "unsupported_media_type", "application/json is expected here.")
        try:
            asked = _asked(json.loads(await whole(request, MAX_QUESTION)))
        except (ValueError, TypeError, RecursionError) as error:
            raise RefusedError(400, "bad_json", "The body is no question for labels.") from error
        return web.json_response({"labels": await asyncio.to_thread(labels, self._ledger, asked, self._refs)})


def _asked(body: Any) -> list[tuple[str, str | None]]:
    """The pictures of a question. Raises ValueError or TypeError for anything else."""
    if not isinstance(body, dict) or not isinstance(body.get("page", ""), str):
        raise TypeError("no question")
    pictures = body.get("pictures")
    if not isinstance(pictures, list) or len(pictures) > MAX_PICTURES:
        raise ValueError("no pictures, or too many")
    return [_picture(item) for item in pictures]


def _picture(item: Any) -> tuple[str, str | None]:
    url, ref = (item.get("url"), item.get("ref")) if isinstance(item, dict) else (None, None)
    if not isinstance(url, str) or len(url) > MAX_URL:
        raise ValueError("no address")
    if ref is not None and (not isinstance(ref, str) or len(ref) > MAX_REF):
        raise ValueError("no ref")
    return url, ref
