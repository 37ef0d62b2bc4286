"""Served copies restored in flight: in a real Chromium, the picture on the page has its credit again."""

from __future__ import annotations

import asyncio
import base64
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from creditline import inspect
from creditline.browser.chromium import Chromium, find_chromium
from creditline.capture.trust import spki_pin
from creditline.demo.pictures import samples
from creditline.demo.run import Picture, _BrowserUploader, _write_profiles
from creditline.demo.sites import SITES, Sites
from creditline.ledger import queries
from creditline.ledger.moments import now
from creditline.runtime.proxy import Reroute
from creditline.runtime.serve import serving
from creditline.services.context import Context
from creditline.services.record import Original

if TYPE_CHECKING:
    from pathlib import Path

FOUND = find_chromium()
PATIENT = 60.0
"""Seconds of deadline: this is about what arrives, not about how fast a loaded machine is."""
STRIPS = next(site for site in SITES if site.name == "strips")


@pytest.mark.browser
@pytest.mark.skipif(FOUND is None, reason="no Chromium on this machine: `make browsers` installs it")
async def test_the_page_shows_the_restored_picture(tmp_path: Path) -> None:
    """What the browser holds has creator, terms and AI label again; the record has what the site sent."""
    home = tmp_path / "home"
    picture = next(sample for sample in samples() if inspect(sample.data).ai.label == "ai-generated")
    before = inspect(picture.data)
    _write_profiles(home)
    async with AsyncExitStack() as stack:
        sites = await stack.enter_async_context(Sites.start(tmp_path / "sites"))
        options = {
            "port": 0,
            "proxy_port": 0,
            "capture_private_hosts": True,
            "reattach": "served",
            "reattach_deadline": PATIENT,
        }
        context = Context.open(home, options=options)
        stack.callback(context.close)
        running = await stack.enter_async_context(
            serving(
                context,
                extra=[Reroute(sites.hosts, sites.port)],
                proxy_options={"ssl_verify_upstream_trusted_ca": str(sites.ca_pem)},
                waited_for=True,
            )
        )
        assert running.authority is not None
        page = f"https://{STRIPS.host}/"
        original = Original(via="cli", at=now(), filename=picture.name, site=STRIPS.name, page=page)
        await asyncio.wrap_future(running.recorder.submit_original(picture.data, original))
        pin = spki_pin(running.authority.read_bytes())
        browser = await stack.enter_async_context(
            Chromium.launch(FOUND, proxy=running.proxy, spki=pin, profile=tmp_path / "profile")
        )
        picked = tmp_path / "picked"
        picked.mkdir()
        await _BrowserUploader(browser, picked).upload(page, Picture(picture.name, picture.data))
        shown = await browser.evaluate(
            "[...document.images].map((image) => [image.currentSrc, image.naturalWidth])"
        )
        tree = await browser.call("Page.getFrameTree")
        frame = tree["frameTree"]["frame"]["id"]
        saved = {}
        for url, _ in shown:
            got = await browser.call("Page.getResourceContent", {"frameId": frame, "url": url})
            saved[url] = inspect(base64.b64decode(got["content"]))
        await asyncio.to_thread(running.recorder.drain, PATIENT)
        served = [
            seen
            for seen in await asyncio.to_thread(queries.observations, context.ledger)
            if seen.stage == "served"
        ]
        kept = [inspect(context.ledger.blobs.get(str(seen.sha256))) for seen in served]

    assert shown
    assert all(width > 0 for _, width in shown)
    for reading in saved.values():
        resolved = dict(reading.resolved)
        assert dict(before.resolved)["creator"] == resolved["creator"]
        assert dict(before.resolved)["copyright_notice"] == resolved["copyright_notice"]
        assert (before.ai.label, before.consent.ai_training) == (reading.ai.label, reading.consent.ai_training)
    assert served
    assert {"restored"} == {dict(seen.declared).get("reattached") for seen in served}
    assert all("creator" not in dict(reading.resolved) for reading in kept)
