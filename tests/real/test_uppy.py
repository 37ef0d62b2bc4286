"""Uploads by Uppy in a real Chromium to a real tus server, through the proxy."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest
from tests import wire
from tests.e2e import rig
from tests.real import node
from tests.real.pages import THROUGH_THE_PROXY, pages

from creditline.browser.chromium import Chromium, find_chromium
from creditline.ledger import queries

if TYPE_CHECKING:
    from pathlib import Path

FOUND = find_chromium()
UPPY = node.FOLDER / "node_modules" / "uppy" / "dist" / "uppy.min.js"


@node.NEEDED
@pytest.mark.browser
@pytest.mark.skipif(FOUND is None, reason="no Chromium on this machine: `make browsers` installs it")
async def test_an_upload_by_a_page(tmp_path: Path) -> None:
    """What the page sends in pieces is one picture in the ledger, the one that was picked and that the server holds."""
    picture = wire.picture(71, 200_000)
    (tmp_path / "picture.jpg").write_bytes(picture)
    store = tmp_path / "store"
    store.mkdir()

    async with (
        node.recording(tmp_path) as (context, running),
        pages(front=node.FOLDER / "uppy.html", js=UPPY) as at,
    ):
        with node.server("tus-server.mjs", store) as address:
            launched = Chromium.launch(
                FOUND, profile=tmp_path / "profile", proxy=running.proxy, flags=THROUGH_THE_PROXY
            )
            async with launched as page:
                await page.goto(f"{at}?endpoint={address}")
                await page.set_file("input", tmp_path / "picture.jpg")
                done = json.loads(await page.wait_for("document.body.dataset.done", 60))
        await asyncio.sleep(0.1)
        assert await asyncio.to_thread(running.recorder.drain, rig.DRAIN_SECONDS)
        seen = await asyncio.to_thread(queries.observations, context.ledger, limit=None)

    assert [] == done["errors"]
    (url,) = done["urls"]
    assert picture == (store / url.rpartition("/")[2]).read_bytes()
    expected = [(wire.sha(picture), "F11", "uploaded", "present")]
    assert expected == [(one.sha256, one.form, one.stage, one.state) for one in seen]
