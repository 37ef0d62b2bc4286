"""Makes docs/images from the real thing: runs the demonstration, signs in, and photographs the pages."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sys
import tempfile
from pathlib import Path

from creditline.browser.chromium import Chromium, require_chromium
from creditline.demo.pictures import samples
from creditline.demo.run import Picture, demonstrate
from creditline.ledger import queries
from creditline.runtime.serve import serving
from creditline.services.context import Context

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
SIZES = {"wide": (1280, 900), "phone": (360, 780)}


async def main() -> None:
    """Photograph every page at every size."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    # Some pages name the data folder: it is one that tells nothing of the machine, and must not be somebody's.
    home = Path(tempfile.gettempdir()) / "creditline-demo"
    home.mkdir(mode=0o700)
    with contextlib.ExitStack() as at_end, tempfile.TemporaryDirectory() as temporary:
        at_end.callback(shutil.rmtree, home)
        pictures = [Picture(sample.name, sample.data) for sample in await asyncio.to_thread(samples)]
        await demonstrate(pictures, home, browser="chromium", tell=lambda line: print(line, file=sys.stderr))
        context = Context.open(home, options={"port": 0})
        found = queries.verdicts(context.ledger, site="page-strips", limit=None)
        audit = next(v for v in found if v.served is not None)
        paths = {
            "home": "/",
            "works": "/works",
            "work": f"/works/{audit.work}",
            "audit": f"/audits/{audit.id}",
            "sites": "/sites",
            "site": "/sites/strips",
            "audits": "/audits",
            "scoreboard": "/scoreboard",
            "reports": "/reports",
            "inspect": "/inspect",
            "settings": "/settings",
            "doctor": "/doctor",
        }
        async with (
            serving(context, proxy=False) as running,
            Chromium.launch(require_chromium(), profile=Path(temporary) / "profile") as page,
        ):
            await page.goto(running.sign_in_link())
            await page.click("button")
            await page.wait_for("location.pathname === '/' || null", timeout=10)
            for name, path in paths.items():
                for size, (width, height) in SIZES.items():
                    await page.goto(running.server + path)
                    # Pictures below the fold load when they come into view, which a photograph does not wait for.
                    await page.evaluate("for (const i of document.images) i.loading = 'eager'")
                    await page.wait_for("[...document.images].every(i => i.complete && i.naturalWidth) || null")
                    await page.screenshot(IMAGES / f"{name}-{size}.png", width, height)
        context.close()


if __name__ == "__main__":
    asyncio.run(main())
