"""The DevTools client against a server that plays a browser."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from tests.loopback import served

from creditline.browser.cdp import BrowserError, connect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


async def _answer(socket: web.WebSocketResponse, call: dict[str, Any], held: list[dict[str, Any]]) -> None:
    number, method = call["id"], call["method"]
    if method == "hold":
        held.append(call)
    elif method == "release":
        await socket.send_json({"id": number, "result": {"said": "second"}})
        for waiting in held:
            await socket.send_json({"id": waiting["id"], "result": {"said": "first"}})
    elif method == "refuse":
        await socket.send_json({"id": number, "error": {"code": -32000, "message": "not here"}})
    elif method == "navigate":
        await socket.send_json({"method": "Page.loadEventFired", "params": {"timestamp": 1.5}})
        await socket.send_json({"id": number, "result": {}})
    elif method == "die":
        await socket.close()


@asynccontextmanager
async def _browser(*, pages: bool = True) -> AsyncIterator[int]:
    async def listing(request: web.Request) -> web.Response:
        target = {"type": "page", "webSocketDebuggerUrl": f"ws://{request.host}/page"}
        return web.json_response([{"type": "worker"}, *([target] if pages else [])])

    async def page(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        held: list[dict[str, Any]] = []
        async for message in socket:
            await _answer(socket, message.json(), held)
        return socket

    async with served([web.get("/json/list", listing), web.get("/page", page)]) as port:
        yield port


async def test_answers_find_their_calls_in_any_order() -> None:
    """An answer goes to the call with its id, whatever came between."""
    async with _browser() as port, connect(port) as tools:
        first = asyncio.create_task(tools.call("hold"))
        await asyncio.sleep(0)

        second = await tools.call("release")

        assert second == {"said": "second"}
        assert await first == {"said": "first"}


async def test_a_refusal_carries_the_browsers_words() -> None:
    """An error answer raises with its message, and the connection goes on."""
    async with _browser() as port, connect(port) as tools:
        with pytest.raises(BrowserError, match="not here"):
            await tools.call("refuse")

        assert await tools.call("release") == {"said": "second"}


async def test_an_event_before_the_answer_is_not_missed() -> None:
    """An expectation that is set before the call sees an event that comes before the answer."""
    async with _browser() as port, connect(port) as tools:
        with tools.expect("Page.loadEventFired") as loaded:
            await tools.call("navigate")

            assert await asyncio.wait_for(loaded, 1) == {"timestamp": 1.5}


async def test_silence_ends_in_an_error() -> None:
    """A call that nobody answers raises after its time-out."""
    async with _browser() as port, connect(port) as tools:
        with pytest.raises(BrowserError, match=r"hold: no answer within 0\.05 s"):
            await tools.call("hold", timeout=0.05)


async def test_a_browser_that_goes_away_fails_every_waiting_call() -> None:
    """When the connection ends, calls under way and calls after raise at once."""
    async with _browser() as port, connect(port) as tools:
        with pytest.raises(BrowserError, match="closed the connection"):
            await tools.call("die")

        with pytest.raises(BrowserError, match="closed the connection"):
            await tools.call("release")


async def test_a_browser_without_a_page_is_given_up() -> None:
    """Without a page target the wait ends with the time-out."""
    async with _browser(pages=False) as port:
        with pytest.raises(BrowserError, match="no page"):
            async with connect(port, timeout=0.2):
                pass


async def test_nobody_listening_is_given_up() -> None:
    """Without a server the wait ends with the time-out."""
    async with _browser() as port:
        pass

    with pytest.raises(BrowserError, match="no page"):
        async with connect(port, timeout=0.2):
            pass
