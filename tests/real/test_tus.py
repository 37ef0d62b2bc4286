"""Uploads by the tus project's own client to its own server, through the proxy."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests import wire
from tests.e2e import rig
from tests.real import node

from creditline.ledger import queries

if TYPE_CHECKING:
    from pathlib import Path

CHUNK = "40000"


async def send(tmp_path: Path, *options: str) -> tuple[bytes, list[str | None], list[tuple[str, str | None, str]]]:
    """A picture goes up in pieces; what the server then holds, and what was recorded of it."""
    picture = wire.picture(31, 200_000)
    (tmp_path / "picture.jpg").write_bytes(picture)
    store = tmp_path / "store"
    store.mkdir()
    async with node.recording(tmp_path) as (context, running):
        with node.server("tus-server.mjs", store) as address:
            assert running.proxy is not None
            url = await node.run(
                "tus-upload.mjs", running.proxy, address, tmp_path / "picture.jpg", CHUNK, *options
            )
        await asyncio.sleep(0.1)
        assert await asyncio.to_thread(running.recorder.drain, rig.DRAIN_SECONDS)
        every = await asyncio.to_thread(queries.observations, context.ledger, limit=None)
    stored = (store / url.rpartition("/")[2]).read_bytes()
    assert wire.sha(picture) == wire.sha(stored)
    return picture, [seen.sha256 for seen in every], [(seen.state, seen.missed, seen.stage) for seen in every]


@node.NEEDED
async def test_a_chunked_upload(tmp_path: Path) -> None:
    """The pieces become the one picture that the server holds, recorded once."""
    picture, found, states = await send(tmp_path)

    assert [wire.sha(picture)] == found
    assert [("present", None, "uploaded")] == states


@node.NEEDED
async def test_a_resumed_upload(tmp_path: Path) -> None:
    """Broken off by the client and resumed from the offset that the server names: still one picture, once."""
    picture, found, states = await send(tmp_path, "80000")

    assert [wire.sha(picture)] == found
    assert [("present", None, "uploaded")] == states
