"""Live updates."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.server.sample import fill, running

from creditline.server import events

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


async def test_a_change_is_told_and_nothing_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who listens hears that something is new; only who is signed in may listen."""
    monkeypatch.setattr(events, "POLL_SECONDS", 0.02)
    async with running(tmp_path) as run:
        async with run.client.get("/events") as refused:
            assert 401 == refused.status
        async with run.client.get("/events", headers=run.session) as response:
            assert "text/event-stream" == response.headers["Content-Type"]
            assert b": listening\n" == await response.content.readline()
            fill(run.context.ledger, text="a secret")
            told = b""
            async with asyncio.timeout(10):
                while b"data:" not in told:
                    told += await response.content.readline()

            assert b"event: change\ndata: 3." in told
            assert b"secret" not in told


async def test_listeners_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the cap nobody more is let in; the others go on."""
    monkeypatch.setattr(events, "MAX_LISTENERS", 1)
    async with running(tmp_path) as run, run.client.get("/events", headers=run.session) as first:
        await first.content.readline()
        async with run.client.get("/events", headers=run.session) as second:
            assert 503 == second.status
