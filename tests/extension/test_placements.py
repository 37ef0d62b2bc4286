"""Each place where a page can show a picture is labelled, or not, exactly as listed; in a real Chromium."""

from __future__ import annotations

import asyncio
import io
import re
from typing import TYPE_CHECKING, Any

from PIL import Image
from tests.extension.placements import PLACEMENTS, page
from tests.extension.rig import CDN, GENERATED, SITE, browsing, in_frames, jpeg, needs_chromium, png, serving, xmp

if TYPE_CHECKING:
    from pathlib import Path

    from tests.extension.rig import Site

    from creditline.browser.chromium import Chromium

pytestmark = needs_chromium

PATIENCE = 20.0
SETTLED = 0.7
"""Seconds after which a place that must stay bare has had its chance of a label."""
SHOWN = """(() => {
  const urls = [];
  for (const [record, badge] of creditline.overlay.badges) {
    if (badge.matches(':popover-open') && !badge.classList.contains('covered')) urls.push(record.url.slice(0, 200));
  }
  return urls;
})()"""


def _pictures(site: Site) -> None:
    packet = xmp(creator="Ann Example", source_type=GENERATED)
    site.picture("/small.jpg", jpeg(size=(240, 180), colour="grey"))
    site.picture("/nothing.jpg", jpeg())
    for number, placement in enumerate(PLACEMENTS):
        # Each file differs, so that nothing is known from another place's bytes.
        name, colour = placement.name, f"rgb({number * 3 % 256}, 90, 140)"
        site.picture(f"/p/{name}.jpg", jpeg(packet, colour=colour))
        site.page(f"/frame/{name}.html", f"<!doctype html><img src=/p/{name}.jpg>")
    site.picture(
        "/p/png.png", png({"parameters": "a cat\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1"}), "image/png"
    )
    for kind in ("webp", "avif"):
        out = io.BytesIO()
        Image.new("RGB", (240, 180), "teal").save(out, kind.upper(), xmp=packet.encode())
        site.picture(f"/p/{kind}.{kind}", out.getvalue(), f"image/{kind}")
    site.redirects["/to/redirected.jpg"] = "/p/redirected.jpg"


async def _shown(browser: Chromium, name: str) -> bool:
    urls = [url for found in await in_frames(browser, SHOWN) for url in found or []]
    own = {"blob": r"^blob:", "data": r"^data:", "redirected": r"/to/redirected\.jpg"}
    pattern = own.get(name, rf"/p/{name}\.\w+")
    return any(re.search(pattern, url) for url in urls)


async def _judge(browser: Chromium, name: str, labelled: bool) -> bool:
    await browser.evaluate(f"document.getElementById('{name}').scrollIntoView({{block: 'center'}})")
    loop = asyncio.get_running_loop()
    until = loop.time() + (PATIENCE if labelled else SETTLED)
    while loop.time() < until:
        if await _shown(browser, name):
            if labelled:
                return True
        await asyncio.sleep(0.1)
    return await _shown(browser, name)


async def test_every_placement_is_labelled_or_not_as_listed(tmp_path: Path) -> None:
    """More than sixty places: elements, backgrounds, shadow roots, frames, changes, and what nobody sees."""
    async with serving() as site, browsing(tmp_path) as browser:
        _pictures(site)
        site.page("/", page(site.url("", SITE), site.url("", CDN)))
        await browser.goto(site.url("/"))
        found: dict[str, Any] = {}
        for placement in PLACEMENTS:
            found[placement.name] = await _judge(browser, placement.name, placement.labelled)

    assert len(PLACEMENTS) >= 60
    assert {placement.name: placement.labelled for placement in PLACEMENTS} == found
