"""Live updates: server-sent events that say that something new is in the ledger, and nothing of what it is.

A page that hears one fetches itself again and takes over the part marked as live; without scripts nothing is missed
that a reload does not show. The ledger is asked by last id, once a second for all who listen.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from aiohttp import web

from creditline.model.errors import CreditlineError
from creditline.server.problems import RefusedError

if TYPE_CHECKING:
    from creditline.server.lookups import Lookups

MAX_LISTENERS = 32
"""Open tabs of one person; each holds a connection."""
POLL_SECONDS = 1.0
BEAT_SECONDS = 15.0
"""A comment so often, so that a closed tab is noticed."""


class Events:
    """The handler of `/events`."""

    def __init__(self, lookups: Lookups, *, poll: float = POLL_SECONDS) -> None:
        self._lookups = lookups
        self._poll = poll
        self._listeners = 0

    def routes(self) -> list[web.RouteDef]:
        """The one route."""
        return [web.get("/events", self.events)]

    async def events(self, request: web.Request) -> web.StreamResponse:
        """`event: change` with the newest id, each time that there is a new one, until the reader goes."""
        if self._listeners >= MAX_LISTENERS:
            raise RefusedError(503, "too_many_listeners", "Too many pages listen already.")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        self._listeners += 1
        try:
            with contextlib.suppress(ConnectionError):  # the reader went away, which is how each of these ends
                await self._tell(response)
        finally:
            self._listeners -= 1
        return response

    async def _tell(self, response: web.StreamResponse) -> None:
        last = await self._newest()
        await response.write(b": listening\n\n")
        quiet = 0.0
        while True:
            await asyncio.sleep(self._poll)
            quiet += self._poll
            newest = await self._newest()
            if newest != last:
                last, quiet = newest, 0.0
                await response.write(f"event: change\ndata: {newest}\n\n".encode())
            elif quiet >= BEAT_SECONDS:
                quiet = 0.0
                await response.write(b": still here\n\n")

    async def _newest(self) -> str:
        try:
            return await asyncio.to_thread(self._lookups.newest)
        except CreditlineError:
            return ""
