"""Served copies restored in flight: in a real Chromium, the picture on the page has its credit again."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
from collections import Counter
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import aiohttp
import pytest
from tests.analysis.pictures import RIGHTS, encoded, painting, stamped

from creditline import inspect
from creditline.browser.chromium import Chromium, find_chromium
from creditline.capture.flows import REATTACHED
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

    from mitmproxy.http import HTTPFlow

FOUND = find_chromium()
PATIENT = 60.0
"""Seconds of deadline: this is about what arrives, not about how fast a loaded machine is."""
MANY = 40
"""Pictures of a full page: the sizes that the site makes of its works."""
WORKS = 14
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


@pytest.mark.browser
@pytest.mark.skipif(FOUND is None, reason="no Chromium on this machine: `make browsers` installs it")
async def test_no_picture_of_a_full_page_breaks(tmp_path: Path) -> None:
    """Forty pictures at once under the default deadline: all are shown, each restored or recorded as late.

    What came too late is there when the page is looked at again.
    """
    home = tmp_path / "home"
    watch = _Watch()
    _write_profiles(home)
    async with AsyncExitStack() as stack:
        sites = await stack.enter_async_context(Sites.start(tmp_path / "sites"))
        options = {"port": 0, "proxy_port": 0, "capture_private_hosts": True, "reattach": "served"}
        context = Context.open(home, options=options)
        stack.callback(context.close)
        running = await stack.enter_async_context(
            serving(
                context,
                extra=[Reroute(sites.hosts, sites.port), watch],
                proxy_options={"ssl_verify_upstream_trusted_ca": str(sites.ca_pem)},
                waited_for=True,
            )
        )
        assert running.authority is not None
        page = f"https://{STRIPS.host}/"
        trust = await asyncio.to_thread(ssl.create_default_context, cafile=str(running.authority))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        addresses: list[str] = []
        for number in range(WORKS):
            form = aiohttp.FormData()
            picture = stamped(encoded(painting(number, (480, 360))), xmp=RIGHTS)
            form.add_field("file", picture, filename=f"{number}.jpg")
            async with session.post(f"{page}upload", data=form, proxy=running.proxy, ssl=trust) as response:
                addresses += [page.rstrip("/") + url for url in (await response.json())["urls"].values()]
        addresses = addresses[:MANY]
        await asyncio.to_thread(running.recorder.drain, PATIENT)
        pin = spki_pin(running.authority.read_bytes())
        browser = await stack.enter_async_context(
            Chromium.launch(FOUND, proxy=running.proxy, spki=pin, profile=tmp_path / "profile")
        )
        await browser.goto(page)
        first = await _look(browser, addresses)
        await asyncio.to_thread(running.recorder.drain, PATIENT)
        seen = await asyncio.to_thread(queries.observations, context.ledger, stage="served", limit=None)
        became = Counter(str(dict(one.declared).get("reattached")) for one in seen if one.url in addresses)
        watch.seen.clear()
        later = await _look(browser, [f"{url}?again" for url in addresses])
    print(f"{MANY} pictures, first {dict(became)}, again {dict(watch.seen)}")

    assert [MANY, MANY] == [len(first), len(later)]
    assert all(first)
    assert all(later)
    assert MANY == became["restored"] + became["late"] == became.total()
    assert MANY == watch.seen["restored"] + watch.seen["late"] == watch.seen.total()
    assert watch.seen["restored"] > 0


async def _look(browser: Chromium, addresses: list[str]) -> list[int]:
    """Put pictures on the page, all at once; their widths when they are there, 0 for a broken one."""
    await browser.evaluate(
        f"globalThis.many = {json.dumps(addresses)}.map((url) => "
        "document.body.appendChild(Object.assign(new Image(), {src: url}))); null"
    )
    await browser.wait_for("many.every((image) => image.complete) || null", timeout=PATIENT)
    widths: list[int] = await browser.evaluate("many.map((image) => image.naturalWidth)")
    return widths


class _Watch:
    """Counts what became of the pictures that go by."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def response(self, flow: HTTPFlow) -> None:
        if "/media/" in flow.request.path:
            self.seen[str(flow.metadata.get(REATTACHED))] += 1
