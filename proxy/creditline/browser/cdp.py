"""A Chrome DevTools Protocol client: calls answered in any order, events awaited by name, nothing waits for ever.

The protocol is JSON over one websocket per target: a call carries an `id` and gets `result` or `error` under the
same `id`; a message with a `method` and no `id` is an event.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

import aiohttp

from creditline.model.errors import CreditlineError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

CALL_TIMEOUT = 30.0
"""Seconds for one call; a page on loopback answers in milliseconds, a busy machine in seconds."""

_MAX_MESSAGE = 64 * 1024 * 1024  # a screenshot comes back as one base64 string
_POLL = 0.05


class BrowserError(CreditlineError):
    """The browser refused, failed, went away or did not answer in time."""

    code = "browser"


class Devtools:
    """One page's DevTools connection; open it with `connect`."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self._calls: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._events: list[tuple[str, asyncio.Future[dict[str, Any]]]] = []
        self._gathering: list[tuple[str, list[dict[str, Any]]]] = []
        self._gone: str | None = None

    async def call(
        self, method: str, params: dict[str, Any] | None = None, *, timeout: float = CALL_TIMEOUT
    ) -> dict[str, Any]:
        """The call's `result`.

        Raises:
            BrowserError: the browser answers with an error, closes, or stays silent past `timeout` seconds.
        """
        if self._gone is not None:
            raise BrowserError(f"{method}: {self._gone}")
        number = next(self._ids)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._calls[number] = answer
        try:
            async with asyncio.timeout(timeout):
                await self._socket.send_json({"id": number, "method": method, "params": params or {}})
                return await answer
        except TimeoutError as error:
            raise BrowserError(f"{method}: no answer within {timeout:g} s") from error
        except (aiohttp.ClientError, ConnectionError) as error:
            raise BrowserError(f"{method}: the connection to the browser broke: {error}") from error
        finally:
            self._calls.pop(number, None)

    @contextmanager
    def expect(self, event: str) -> Iterator[asyncio.Future[dict[str, Any]]]:
        """A future for the next `event`'s params; enter before the call that causes it, await it inside."""
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        entry = (event, future)
        self._events.append(entry)
        try:
            yield future
        finally:
            self._events.remove(entry)
            future.cancel()

    @contextmanager
    def gathered(self, event: str) -> Iterator[list[dict[str, Any]]]:
        """Every `event` while the block runs, its params in order."""
        found: list[dict[str, Any]] = []
        entry = (event, found)
        self._gathering.append(entry)
        try:
            yield found
        finally:
            self._gathering.remove(entry)

    async def listen(self) -> None:
        """Hand every message to whoever waits for it, until the connection ends; `connect` runs this."""
        try:
            async for message in self._socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._deliver(json.loads(message.data))
            self._end("the browser closed the connection")
        except (aiohttp.ClientError, ConnectionError, ValueError) as error:
            self._end(f"the connection to the browser broke: {error}")

    def _deliver(self, message: dict[str, Any]) -> None:
        answer = self._calls.get(message.get("id", 0))
        if answer is not None and not answer.done():
            if "error" in message:
                # An object with a message in DevTools; in WebDriver BiDi a code, with the message beside it.
                problem = message["error"]
                said = problem.get("message") if isinstance(problem, dict) else message.get("message", problem)
                answer.set_exception(BrowserError(f"the browser refused: {said}"))
            else:
                answer.set_result(message.get("result", {}))
        for event, future in self._events:
            if event == message.get("method") and not future.done():
                future.set_result(message.get("params", {}))
        for event, gathered in self._gathering:
            if event == message.get("method"):
                gathered.append(message.get("params", {}))

    def _end(self, why: str) -> None:
        self._gone = why
        for future in (*self._calls.values(), *(future for _, future in self._events)):
            if not future.done():
                future.set_exception(BrowserError(why))
                # Whoever awaits it still gets the error; nobody awaiting is no warning.
                future.exception()


@asynccontextmanager
async def connect(
    port: int, *, target: str | None = None, timeout: float = CALL_TIMEOUT
) -> AsyncIterator[Devtools]:
    """The first page of the browser whose DevTools listen on 127.0.0.1:`port`, or the target of this id.

    Raises:
        BrowserError: no page shows up within `timeout` seconds.
    """
    async with aiohttp.ClientSession(trust_env=False) as session:
        if target is None:
            address = await _page_address(session, port, timeout)
        else:
            address = f"ws://127.0.0.1:{port}/devtools/page/{target}"
        async with spoken_to(session, address) as tools:
            yield tools


@asynccontextmanager
async def spoken_to(session: aiohttp.ClientSession, address: str) -> AsyncIterator[Devtools]:
    """A connection to a browser's websocket, listened to until the block ends.

    Raises:
        BrowserError: nothing answers there.
    """
    try:
        # The call's own time-outs rule; a websocket close waits a moment only, for the browser may be dead.
        socket = await session.ws_connect(
            address, max_msg_size=_MAX_MESSAGE, timeout=aiohttp.ClientWSTimeout(ws_close=2.0)
        )
    except (aiohttp.ClientError, TimeoutError) as error:
        raise BrowserError(f"the browser does not answer: {error}") from error
    tools = Devtools(socket)
    listener = asyncio.create_task(tools.listen())
    try:
        yield tools
    finally:
        listener.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listener
        await socket.close()


async def _page_address(session: aiohttp.ClientSession, port: int, timeout: float) -> str:
    loop = asyncio.get_running_loop()
    until = loop.time() + timeout
    while loop.time() < until:
        with contextlib.suppress(aiohttp.ClientError, TimeoutError, ValueError):
            async with session.get(f"http://127.0.0.1:{port}/json/list", timeout=_ASK) as answer:
                for target in await answer.json(content_type=None):
                    if target.get("type") == "page" and "webSocketDebuggerUrl" in target:
                        return str(target["webSocketDebuggerUrl"])
        await asyncio.sleep(_POLL)
    raise BrowserError(f"the browser opened no page within {timeout:g} s")


_ASK = aiohttp.ClientTimeout(total=5.0)
