"""A real browser with the extension loaded, and sites on loopback that have names of their own."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from PIL import Image, PngImagePlugin
from tests.extension.fox import Fox, address, browsing_fox, needs_firefox
from tests.loopback import served

from creditline.browser.cdp import BrowserError
from creditline.browser.chromium import Chromium, find_chromium
from creditline.browser.extension import CHROMIUM_ID as ID
from creditline.browser.extension import copy_extension, pair

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from creditline.browser.firefox import Firefox

    type Page = Chromium | Fox

FOUND = find_chromium()
needs_chromium = pytest.mark.skipif(
    FOUND is None, reason="no Chromium on this machine: `make browsers` installs it"
)
BROWSERS = (pytest.param("chromium", marks=needs_chromium), pytest.param("firefox", marks=needs_firefox))
"""Parameters of a fixture that brings one or the other."""
SITE = "site.creditline.test"
CDN = "cdn.creditline.test"
XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/">{inner}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""
GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def xmp(*, creator: str = "", rights: str = "", source_type: str = "", mining: str = "") -> str:
    """A packet with these statements; values are put in as they are, so that a test can be hostile."""
    parts = []
    if creator:
        parts.append(f"<dc:creator><rdf:Seq><rdf:li>{creator}</rdf:li></rdf:Seq></dc:creator>")
    if rights:
        parts.append(f'<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">{rights}</rdf:li></rdf:Alt></dc:rights>')
    if source_type:
        parts.append(f"<Iptc4xmpExt:DigitalSourceType>{source_type}</Iptc4xmpExt:DigitalSourceType>")
    if mining:
        parts.append(f"<plus:DataMining>{mining}</plus:DataMining>")
    return XMP.format(inner="".join(parts))


def jpeg(packet: str = "", *, size: tuple[int, int] = (240, 180), colour: str = "steelblue") -> bytes:
    """A small JPEG with this XMP packet."""
    out = io.BytesIO()
    image = Image.new("RGB", size, colour)
    image.save(out, "JPEG", xmp=packet.encode()) if packet else image.save(out, "JPEG")
    return out.getvalue()


def png(texts: Mapping[str, str], *, size: tuple[int, int] = (240, 180)) -> bytes:
    """A small PNG with these text chunks."""
    info = PngImagePlugin.PngInfo()
    for key, value in texts.items():
        info.add_text(key, value)
    out = io.BytesIO()
    Image.new("RGB", size, "olive").save(out, "PNG", pnginfo=info)
    return out.getvalue()


@dataclass
class Site:
    """Pages and pictures by path, the same under every host; `asked` are (host, path, headers) in order."""

    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    asked: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    port: int = 0

    def page(self, path: str, html: str) -> str:
        """Put a page at a path; its address."""
        self.files[path] = ("text/html", html.encode())
        return self.url(path)

    def picture(self, path: str, data: bytes, kind: str = "image/jpeg") -> str:
        """Put a picture at a path; the path."""
        self.files[path] = (kind, data)
        return path

    def url(self, path: str, host: str = SITE) -> str:
        """The address of a path under one of the hosts."""
        return f"http://{host}:{self.port}{path}"

    async def _answer(self, request: web.Request) -> web.Response:
        self.asked.append((request.host, request.path, dict(request.headers)))
        if request.path in self.redirects:
            return web.Response(status=302, headers={"Location": self.redirects[request.path]})
        found = self.files.get(request.path)
        if found is None:
            return web.Response(status=404)
        kind, data = found
        return web.Response(body=data, content_type=kind, headers=self.headers.get(request.path, {}))


@asynccontextmanager
async def serving() -> AsyncIterator[Site]:
    """A site on a free port of loopback."""
    site = Site()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", site._answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        site.port = runner.addresses[0][1]
        yield site
    finally:
        await runner.cleanup()


def browsing_in(
    browser: str,
    tmp_path: Path,
    *,
    program: tuple[str, str] | None = None,
    capture: Sequence[str] = (),
    flags: tuple[str, ...] = (),
) -> AbstractAsyncContextManager[Page]:
    """As `browsing`, in the browser of that name; `flags` are Chromium's."""
    if browser == "firefox":
        return browsing_fox(tmp_path, program=program, capture=capture)
    return browsing(tmp_path, program=program, capture=capture, flags=flags)


@asynccontextmanager
async def browsing(
    tmp_path: Path,
    *,
    granted: bool = True,
    program: tuple[str, str] | None = None,
    capture: Sequence[str] = (),
    proxy: str | None = None,
    spki: str | None = None,
    flags: tuple[str, ...] = (),
    photographed: bool = False,
) -> AsyncIterator[Chromium]:
    """A page in a Chromium whose extension has started; every `*.creditline.test` is this machine.

    `program` is the address and token of a program to be paired with, `capture` the hosts where files are taken;
    with `photographed` the extension may take pictures of any tab.
    """
    extension = copy_extension(tmp_path / "extension", granted=granted)
    if photographed:
        # In place of `activeTab`, which only a click on the browser's own button gives.
        manifest = extension / "manifest.json"
        content = json.loads(manifest.read_text(encoding="utf-8"))
        content["host_permissions"].append("<all_urls>")
        manifest.write_text(json.dumps(content), encoding="utf-8")
    if program is not None:
        pair(extension, url=program[0], token=program[1], capture=capture)
    resolved = () if proxy else ("--host-resolver-rules=MAP *.creditline.test 127.0.0.1",)
    async with Chromium.launch(
        FOUND,
        profile=tmp_path / "profile",
        proxy=proxy,
        spki=spki,
        flags=(
            f"--disable-extensions-except={extension}",
            f"--load-extension={extension}",
            "--disable-features=DisableLoadExtensionCommandLineSwitch",
            *resolved,
            *flags,
        ),
    ) as page:
        await _registered(page, granted=granted, capturing=bool(capture))
        yield page


async def _registered(page: Chromium, *, granted: bool, capturing: bool) -> None:
    async with page.page(f"chrome-extension://{ID}/ui/options.html") as options:
        await options.wait_for("document.documentElement?.dataset.ready === ''", 20)
        if granted:
            least = 3 if capturing else 1
            await options.wait_for(
                f"chrome.scripting.getRegisteredContentScripts().then((all) => all.length >= {least})", 20
            )


def own_address(page: Page, path: str) -> str:
    """The address of a file of the extension."""
    return address(path) if isinstance(page, Fox) else f"chrome-extension://{ID}/{path}"


@asynccontextmanager
async def own_page(page: Page, path: str = "ui/options.html") -> AsyncIterator[Chromium | Firefox]:
    """A page of the extension, ready."""
    async with page.page(own_address(page, path)) as opened:
        await opened.wait_for("document.documentElement?.dataset.ready === ''", 20)
        yield opened


async def in_content(page: Page, expression: str) -> Any:
    """The value of an expression in the extension's isolated world of the page's main frame."""
    if isinstance(page, Fox):
        return await page.in_content(expression)
    for context in await _contexts(page):
        return await _in_context(page, context, expression)
    raise BrowserError("the extension runs in no frame of the page")


async def in_frames(page: Page, expression: str) -> list[Any]:
    """The values of an expression in the extension's worlds of all frames.

    Frames of other sites have a process of their own in Chromium: their worlds are asked through their targets.
    """
    if isinstance(page, Fox):
        return await page.in_frames(expression)
    values = []
    for context in await _contexts(page):
        with contextlib.suppress(BrowserError):
            values.append(await _in_context(page, context, expression))
    targets = await page.call("Target.getTargets")
    for target in targets["targetInfos"]:
        if target["type"] == "iframe":
            with contextlib.suppress(BrowserError):
                async with page.attached(target["targetId"]) as frame:
                    values += [await _in_context(frame, one, expression) for one in await _contexts(frame)]
    return values


async def _in_context(page: Chromium, context: int, expression: str) -> Any:
    answer = await page.call(
        "Runtime.evaluate",
        {"expression": expression, "contextId": context, "returnByValue": True, "awaitPromise": True},
    )
    if "exceptionDetails" in answer:
        raise BrowserError(str(answer["exceptionDetails"].get("exception", {}).get("description")))
    return answer["result"].get("value")


async def wait_in_content(page: Page, expression: str, timeout: float = 15.0) -> Any:
    """The first truthy value of an expression in the extension's world."""
    until = asyncio.get_running_loop().time() + timeout
    value = None
    while asyncio.get_running_loop().time() < until:
        try:
            value = await in_content(page, expression)
        except BrowserError as error:
            value = None
            last: object = error
        else:
            last = value
        if value:
            return value
        await asyncio.sleep(0.05)
    raise BrowserError(f"still {last!r} after {timeout:g} s: {expression}")


async def _contexts(page: Chromium) -> list[int]:
    """Isolated worlds of the extension in the page's frames, the main frame's first."""
    # Enabling anew tells of every context that there is.
    await page.call("Runtime.disable")
    with page.gathered("Runtime.executionContextCreated") as created:
        await page.call("Runtime.enable")
    tree = await page.call("Page.getFrameTree")
    main = tree["frameTree"]["frame"]["id"]
    contexts = [entry["context"] for entry in created]
    ours = [c for c in contexts if c["origin"] == f"chrome-extension://{ID}"]
    ours.sort(key=lambda c: c["auxData"].get("frameId") != main)
    return [int(c["id"]) for c in ours]


KEYS = {"Escape": 27, "Enter": 13, "Tab": 9, "Space": 32}


async def press(page: Page, key: str) -> None:
    """One key, as a person presses it."""
    if isinstance(page, Fox):
        await page.pressed(key)
        return
    event: dict[str, Any] = {"key": key, "code": key, "windowsVirtualKeyCode": KEYS[key]}
    if key in {"Enter", "Space"}:
        event |= {"text": "\r"} if key == "Enter" else {"text": " ", "key": " "}
    await page.call("Input.dispatchKeyEvent", {"type": "keyDown", **event})
    await page.call("Input.dispatchKeyEvent", {"type": "keyUp", **event})


async def click_at(page: Page, at: dict[str, float], *, right: bool = False) -> None:
    """The mouse at a point of the window."""
    if isinstance(page, Fox):
        await page.clicked(at, button=2 if right else 0)
        return
    button = "right" if right else "left"
    for kind in ("mousePressed", "mouseReleased"):
        await page.call("Input.dispatchMouseEvent", {"type": kind, **at, "button": button, "clickCount": 1})


@asynccontextmanager
async def sized(page: Page, width: int, height: int, *, scale: float = 1) -> AsyncIterator[None]:
    """The page laid out for a window of that many CSS pixels."""
    if isinstance(page, Fox):
        await page.sized(width, height)
    else:
        size = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
        await page.call("Emulation.setDeviceMetricsOverride", size)
    try:
        yield
    finally:
        if isinstance(page, Fox):
            await page.sized()
        else:
            await page.call("Emulation.clearDeviceMetricsOverride")


async def prefer(browser: Page, page: Chromium | Firefox, scheme: str) -> None:
    """A page of the browser sees `light` or `dark` as the person's wish."""
    if isinstance(browser, Fox):
        await browser.preferring(scheme)
        return
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    await page.call("Emulation.setEmulatedMedia", {"features": features})


async def end_background(page: Page) -> int:
    """End the extension's worker, as an idle one ends; how many there were."""
    if isinstance(page, Fox):
        return await page.end_background()
    targets = await page.call("Target.getTargets")
    workers = [one["targetId"] for one in targets["targetInfos"] if one["type"] == "service_worker"]
    for worker in workers:
        await page.call("Target.closeTarget", {"targetId": worker})
    return len(workers)


async def tab_of(page: Page, url: str) -> int:
    """The id that the extension knows a page's tab by."""
    if isinstance(page, Fox):
        return page.tab
    async with own_page(page) as options:
        tabs = await options.evaluate("chrome.tabs.query({}).then((all) => all.map(({id, url}) => [id, url]))")
    return int(next(number for number, address in tabs if address == url))


@asynccontextmanager
async def program(routes: list[web.RouteDef]) -> AsyncIterator[str]:
    """Something that stands in for the desktop program on a free port; its address."""
    async with served(routes) as port:
        yield f"http://127.0.0.1:{port}"
