"""The same folder in a real Firefox: the badge lies on the picture and stays on it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from tests.extension.rig import GENERATED, jpeg, serving, xmp

from creditline.browser.cdp import BrowserError
from creditline.browser.extension import copy_extension
from creditline.browser.firefox import Firefox, find_firefox

if TYPE_CHECKING:
    from pathlib import Path

FOUND = find_firefox()
pytestmark = pytest.mark.skipif(FOUND is None, reason="no Firefox on this machine: `make browsers` installs it")

# A page sees only that an element of the extension lies there; its shadow root is closed.
OURS = """(() => {{
  const box = document.querySelector('img').getBoundingClientRect();
  const found = document.elementFromPoint(box.left + {x}, box.top + {y});
  return Boolean(found && found.localName.startsWith('x-') && found.shadowRoot === null);
}})()"""


async def _shown(page: Firefox, url: str) -> object:
    """Whether the badge comes; pages that were opened before the extension had registered its scripts have none."""
    for _ in range(10):
        await page.goto(url)
        with contextlib.suppress(BrowserError):
            return await page.wait_for(OURS.format(x=20, y=18), 4)
    return False


async def test_the_badge_is_glued_to_its_picture(tmp_path: Path) -> None:
    """The badge is in the corner before and after scrolling, and the page is as it was."""
    async with serving() as site, Firefox.launch(FOUND, profile=tmp_path / "profile") as page:
        await page.install(copy_extension(tmp_path / "extension", granted=True))
        site.picture("/a.jpg", jpeg(xmp(creator="Ann Example", source_type=GENERATED)))
        site.page("/", "<!doctype html><title>t</title><body style='height:3000px'><p>text</p><img src=/a.jpg>")
        shown = await _shown(page, f"http://localhost:{site.port}/")
        beside = await page.evaluate(OURS.format(x=200, y=150))
        await page.evaluate("scrollTo(0, 20)")
        scrolled = await page.wait_for(OURS.format(x=20, y=18), 10)
        children = await page.evaluate("document.body.children.length")

    assert (shown, beside, scrolled, children) == (True, False, True, 2)
