"""Labels in a real Chromium: what is found, what is said, and that nothing of the page is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.extension.rig import (
    GENERATED,
    browsing,
    in_content,
    jpeg,
    needs_chromium,
    serving,
    wait_in_content,
    xmp,
)

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_chromium


async def test_a_label_lies_on_its_picture_and_the_page_stays_as_it_was(tmp_path: Path) -> None:
    """The badge says what the file declares, 8 px inside its corner; no element or style of the page differs."""
    async with serving() as site, browsing(tmp_path) as page:
        site.picture("/a.jpg", jpeg(xmp(creator="Ann Example", source_type=GENERATED)))
        await page.goto(site.page("/", "<!doctype html><body><h1>Title</h1><img src=/a.jpg>"))
        badge = await wait_in_content(
            page,
            """(() => {
              const [found] = creditline.overlay.badges;
              if (!found) return null;
              const [record, badge] = found;
              const [a, b] = [record.element.getBoundingClientRect(), badge.getBoundingClientRect()];
              return {text: badge.textContent, name: badge.getAttribute('aria-label'),
                      top: b.top - a.top, left: b.left - a.left, height: b.height};
            })()""",
        )
        markup = await page.evaluate("document.body.outerHTML")
        hidden = await page.evaluate("document.documentElement.lastElementChild.shadowRoot === null")
        styles = await page.evaluate("document.querySelector('img').getAttributeNames().join()")

        assert badge == {
            "text": "AI-generated",
            "name": "AI-generated. Show details.",
            "top": 8,
            "left": 8,
            "height": 24,
        }
        assert markup == '<body><h1>Title</h1><img src="/a.jpg"></body>'
        assert hidden is True
        assert styles == "src"
        assert await in_content(page, "creditline.finder.records.size") == 1
