"""Each place where a page can show a picture is labelled, or not, exactly as listed; in both browsers."""

from __future__ import annotations

import asyncio
import io
import itertools
import re
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from tests.extension.placements import PLACEMENTS, page
from tests.extension.rig import (
    BROWSERS,
    CDN,
    GENERATED,
    SITE,
    browsing_in,
    in_frames,
    jpeg,
    png,
    serving,
    sized,
    xmp,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.extension.placements import Placement
    from tests.extension.rig import Page, Site


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


OWN = {"blob": r"^blob:", "data": r"^data:", "redirected": r"/to/redirected\.jpg"}
"""Placements whose picture has another address than `/p/NAME`."""
TOGETHER = 6
"""Placements in sight at once, in a window of `HEIGHT` CSS pixels."""
HEIGHT = 2_400


async def _shown(browser: Page) -> set[str]:
    """The placements whose picture has a label on it that can be seen."""
    urls = [url for found in await in_frames(browser, SHOWN) for url in found or []]
    return {
        placement.name
        for placement in PLACEMENTS
        if any(re.search(OWN.get(placement.name, rf"/p/{placement.name}\.\w+"), url) for url in urls)
    }


async def _judge(browser: Page, some: tuple[Placement, ...]) -> set[str]:
    """Which of these placements are labelled, once those that must be are, or have had their time."""
    middle = some[len(some) // 2].name
    await browser.evaluate(f"document.getElementById('{middle}').scrollIntoView({{block: 'center'}})")
    labelled = {placement.name for placement in some if placement.labelled}
    loop = asyncio.get_running_loop()
    begun = loop.time()
    shown: set[str] = set()
    while loop.time() < begun + PATIENCE:
        await asyncio.sleep(0.1)
        shown = await _shown(browser)
        if labelled <= shown and loop.time() > begun + SETTLED:
            break
    return shown & {placement.name for placement in some}


@pytest.mark.parametrize("name", BROWSERS)
async def test_every_placement_is_labelled_or_not_as_listed(name: str, tmp_path: Path) -> None:
    """More than sixty places: elements, backgrounds, shadow roots, frames, changes, and what nobody sees."""
    async with serving() as site, browsing_in(name, tmp_path) as browser, sized(browser, 1280, HEIGHT):
        _pictures(site)
        site.page("/", page(site.url("", SITE), site.url("", CDN)))
        await browser.goto(site.url("/"))
        found: set[str] = set()
        for some in itertools.batched(PLACEMENTS, TOGETHER, strict=False):
            found |= await _judge(browser, some)

    assert len(PLACEMENTS) >= 60
    assert {placement.name for placement in PLACEMENTS if placement.labelled} == found
