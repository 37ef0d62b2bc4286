"""What the extension costs a page of 300 labelled pictures that is scrolled or read by the screen, and what it leaves.

Two Chromiums, one with the extension and one without, load and scroll the same page by turns. Main-thread time is
Chromium's own count of the page's process (`TaskDuration`); a frame's time is the one between two animation frames.
"""

from __future__ import annotations

import asyncio
import io
import json
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web
from PIL import Image

from _ratio import Amount, Skipped, asked, main, ratio
from creditline.browser.chromium import Chromium, find_chromium
from creditline.browser.extension import CHROMIUM_ID, copy_extension

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _ratio import Line

PICTURES = 300
ROUNDS = 5
READ_ROUNDS = 3
LONG = 10
"""Scrolls from end to end over which memory is watched."""
SITE = "site.creditline.test"
TASKS = f"main thread, page of {PICTURES} pictures scrolled"
FRAMES = f"p95 of a frame, page of {PICTURES} pictures scrolled"
READ = "main thread, the same page read by the screen"
MEMORY = f"heap after {LONG} scrolls by heap after 2"
AGAINST = "the page without the extension"
PACKET = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
    b"<Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    b"</Iptc4xmpExt:DigitalSourceType></rdf:Description></rdf:RDF></x:xmpmeta>"
)
PAGE = "<!doctype html><title>t</title><style>img{width:240px;height:180px;margin:8px}</style>" + "".join(
    f"<img src=/{number}.jpg>" for number in range(PICTURES)
)
SCREENS = 4
# A screen down in ten frames, then a second's rest, as one looks at pictures.
READING = f"""(async () => {{
  for (let screen = 0; screen < {SCREENS}; screen++) {{
    for (let step = 0; step < 10; step++) {{
      scrollBy(0, innerHeight / 10);
      await new Promise(requestAnimationFrame);
    }}
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }}
}})()"""
# Down and up again, 200 px a frame; gives the milliseconds of each frame.
SCROLL = """(async () => {
  const times = [], end = document.documentElement.scrollHeight - innerHeight;
  let last = await new Promise(requestAnimationFrame);
  for (const step of [200, -200]) {
    for (let at = step > 0 ? 0 : end; step > 0 ? at < end : at > 0; at += step) {
      scrollTo(0, at);
      const now = await new Promise(requestAnimationFrame);
      times.push(now - last);
      last = now;
    }
  }
  return times;
})()"""


async def answer(request: web.Request) -> web.Response:
    """The page, or a picture that is labelled as generated."""
    if request.path == "/":
        return web.Response(text=PAGE, content_type="text/html")
    out = io.BytesIO()
    colour = hash(request.path) & 0xFFFFFF
    Image.new("RGB", (240, 180), f"#{colour:06x}").save(out, "JPEG", xmp=PACKET)
    return web.Response(body=out.getvalue(), content_type="image/jpeg")


async def measured() -> list[Line]:
    """All that was asked for."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        application = web.Application()
        application.router.add_get("/{path:.*}", answer)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://{SITE}:{runner.addresses[0][1]}/"
        copy = copy_extension(folder / "extension", granted=True)
        resolver = f"--host-resolver-rules=MAP {SITE} 127.0.0.1"
        loaded = (
            f"--disable-extensions-except={copy}",
            f"--load-extension={copy}",
            "--disable-features=DisableLoadExtensionCommandLineSwitch",
        )
        start = Chromium.launch
        ours = await stack.enter_async_context(
            start(find_chromium(), profile=folder / "ours", flags=(resolver, *loaded))
        )
        theirs = await stack.enter_async_context(
            start(find_chromium(), profile=folder / "theirs", flags=(resolver,))
        )
        async with ours.page(f"chrome-extension://{CHROMIUM_ID}/ui/options.html") as options:
            await options.wait_for(
                "chrome.scripting.getRegisteredContentScripts().then((all) => all.length >= 1)", 20
            )
        found: list[Line] = []
        if asked(TASKS) or asked(FRAMES):
            found += await scrolled(ours, theirs, url)
        if asked(READ):
            found.append(await was_read(ours, theirs, url))
        if asked(MEMORY):
            found.append(await memory(ours, url))
        return found


async def scrolled(ours: Chromium, theirs: Chromium, url: str) -> list[Line]:
    """Main thread and frames while the page is scrolled from end to end and back."""
    tasks: tuple[list[float], list[float]] = ([], [])
    frames: tuple[list[float], list[float]] = ([], [])
    for number in range(-1, ROUNDS):
        for which in (0, 1) if number % 2 else (1, 0):
            spent, times = await visit((ours, theirs)[which], url, SCROLL)
            if which == 0:
                await labelled(ours)
            if number >= 0:
                tasks[which].append(spent)
                frames[which].extend(times)
    return [
        ratio(TASKS, *tasks, against=AGAINST, goal=1.10),
        ratio(FRAMES, *frames, against=AGAINST, goal=1.10, of=0.95),
    ]


async def was_read(ours: Chromium, theirs: Chromium, url: str) -> Line:
    """Main thread while every picture that comes gets its badge."""
    tasks: tuple[list[float], list[float]] = ([], [])
    for number in range(READ_ROUNDS):
        for which in (0, 1) if number % 2 else (1, 0):
            spent, _ = await visit((ours, theirs)[which], url, READING)
            tasks[which].append(spent)
            if which == 0:
                await labelled(ours)
    return ratio(READ, *tasks, against=AGAINST)


async def visit(page: Chromium, url: str, script: str) -> tuple[float, list[float]]:
    """One load and script: milliseconds of the main thread, and what the script gives."""
    await page.call("Performance.enable")
    await page.goto(url)
    before = (await metrics(page))["TaskDuration"]
    times = await page.evaluate(script, timeout=120)
    spent = (await metrics(page))["TaskDuration"] - before
    return spent * 1000, times


async def labelled(page: Chromium) -> None:
    """Waits until pictures have badges where the page has come to rest.

    Raises:
        RuntimeError: none has after five seconds, so that what was measured is not the extension.
    """
    for _ in range(50):
        document = await page.call("DOM.getDocument", {"depth": -1, "pierce": True})
        if "badge anchored" in json.dumps(document):
            return
        await asyncio.sleep(0.1)
    raise RuntimeError("no picture has a badge")


async def memory(page: Chromium, url: str) -> Amount:
    """The heap of the page and of the extension in it, over a long scroll."""
    sizes = []
    await page.call("Performance.enable")
    await page.goto(url)
    for number in range(LONG):
        await page.evaluate(SCROLL, timeout=120)
        if number in {1, LONG - 1}:
            await page.call("HeapProfiler.collectGarbage")
            sizes.append((await metrics(page))["JSHeapUsedSize"])
    return Amount(MEMORY, sizes[1] / sizes[0], "×", goal=1.10, note=f"{sizes[1] / 1e6:.1f} MB")


async def metrics(page: Chromium) -> dict[str, float]:
    """Chromium's counts of the page."""
    said = await page.call("Performance.getMetrics")
    return {one["name"]: one["value"] for one in said["metrics"]}


def lines() -> Iterator[Line]:
    """All lines; they need a Chromium."""
    if not any(asked(name) for name in (TASKS, FRAMES, READ, MEMORY)):
        return
    if find_chromium() is None:
        yield Skipped(TASKS, "no Chromium on this machine: `make browsers` installs it")
        return
    yield from asyncio.run(measured())


if __name__ == "__main__":
    sys.exit(main(lines))
