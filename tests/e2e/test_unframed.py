"""A body without a length, sent over HTTP/2, reaches a site that only speaks HTTP/1.1; so does a socket's picture."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web
from tests import wire
from tests.e2e import rig, wire_matrix
from tests.wire import Turn

from creditline.demo.authority import make_authority
from creditline.ledger import queries
from creditline.services.context import Context

if TYPE_CHECKING:
    from pathlib import Path

PICTURE = wire.picture(77, 60_000)


async def test_no_length_over_http2(tmp_path: Path) -> None:
    """The proxy puts frames around it where it connects to the site only when the request is there."""
    async with wire_matrix.bench(tmp_path, http2=False, proxy_options={"connection_strategy": "lazy"}) as up:
        client = up.client(http2=True)
        await up.send(client, Turn("POST", "/raw/unframed", (("Content-Type", "image/jpeg"),), PICTURE))
        await client.close()

        seen = [(one.sha256, one.form) for one in await up.observations()]

    assert [(wire.sha(PICTURE), "F3")] == seen


async def test_a_picture_on_a_socket(tmp_path: Path) -> None:
    """A message that begins as a picture is recorded, byte for byte; others are not."""
    (tmp_path / "site").mkdir()
    authority = make_authority([wire.HOST], tmp_path / "site")
    (tmp_path / "site" / "ca.pem").write_bytes(authority.ca_pem)
    context = Context.open(
        tmp_path / "home",
        options={"port": 0, "proxy_port": 0, "capture_private_hosts": True, "passthrough": False},
    )
    got: list[bytes] = []

    async def socket(request: web.Request) -> web.WebSocketResponse:
        answer = web.WebSocketResponse()
        await answer.prepare(request)
        async for message in answer:
            got.append(message.data)
            await answer.send_str("got")
        return answer

    app = web.Application()
    app.router.add_get("/ws", socket)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=authority.context).start()
    serving = rig.serving(
        context,
        extra=[rig.Reroute([wire.HOST], runner.addresses[0][1])],
        proxy_options={"ssl_verify_upstream_trusted_ca": str(tmp_path / "site" / "ca.pem")},
        waited_for=True,
    )
    async with serving as up, aiohttp.ClientSession() as client:
        trust = ssl.create_default_context(cafile=str(up.authority))
        async with client.ws_connect(f"https://{wire.HOST}/ws", proxy=up.proxy, ssl=trust) as ws:
            for data in (b"\x01" + PICTURE, PICTURE):
                await ws.send_bytes(data)
                await ws.receive(timeout=20)
        assert up.recorder.drain(60)
        seen = [(one.sha256, one.form) for one in queries.observations(context.ledger)]
    await runner.cleanup()
    context.close()

    assert [b"\x01" + PICTURE, PICTURE] == got
    assert [(wire.sha(PICTURE), "F17")] == seen
