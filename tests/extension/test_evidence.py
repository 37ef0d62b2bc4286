"""A page kept as evidence from the popup, in a real Chromium and a real ledger."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

from PIL import Image
from tests.extension.rig import SITE, browsing, needs_chromium, own_page, serving, tab_of
from tests.server.sample import running

from creditline.ledger import queries
from creditline.ledger.store import Ledger
from creditline.model.settings import Settings
from creditline.services.recorder import Recorder

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_chromium

SETTINGS = Settings(workers=1, read_timeout=30.0)


async def test_a_page_is_kept_as_it_is_seen(tmp_path: Path) -> None:
    """The click makes an observation of the page with its address and its pixels; the popup says so."""
    recorder = await asyncio.to_thread(
        lambda: Recorder(Ledger.open(tmp_path / "home", SETTINGS), SETTINGS, owns_ledger=True, waited_for=True)
    )
    try:
        async with running(tmp_path / "home", max_body=1 << 24, recorder=recorder) as run, serving() as site:
            program = (f"http://{run.host}", run.tokens.issue())
            async with browsing(tmp_path, program=program, photographed=True) as page:
                url = site.page("/post", "<!doctype html><body style='margin:0;background:#2a7f4f'>") + "?x=1"
                await page.goto(url)
                async with own_page(page, f"ui/popup.html?tab={await tab_of(page, url)}") as popup:
                    await popup.wait_for("!document.getElementById('keep').hidden")
                    await popup.evaluate("document.getElementById('keep').click()")
                    said = await popup.wait_for("document.getElementById('kept').textContent")
                await asyncio.to_thread(recorder.drain, 30)
            (kept,) = queries.observations(run.context.ledger)
            with Image.open(io.BytesIO(run.context.ledger.blobs.get(str(kept.sha256)))) as shot:
                middle = shot.convert("RGB").getpixel((shot.width // 2, shot.height // 2))
    finally:
        await asyncio.to_thread(recorder.close)

    assert said.startswith("Kept:")
    assert ("served", "screenshot", "extension", SITE) == (kept.stage, kept.role, kept.via, kept.site)
    assert (url, "png") == (kept.url, kept.format)
    assert (0x2A, 0x7F, 0x4F) == middle
