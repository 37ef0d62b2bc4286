"""Picked, dropped, pasted and handed files reach the program as they are, before the page's script; in both browsers."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from aiohttp import web
from tests.extension.rig import (
    BROWSERS,
    SITE,
    browsing_in,
    jpeg,
    needs_chromium,
    needs_firefox,
    own_address,
    own_page,
    program,
    serving,
    tab_of,
    xmp,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.extension.rig import Page, Site

    from creditline.browser.chromium import Chromium

pytestmark = pytest.mark.asyncio(loop_scope="module")
in_chromium = pytest.mark.parametrize("rig", BROWSERS[:1], indirect=True)
"""For what only Chromium's protocol does: its file chooser, and files that a person drops."""

TOKEN = "cl_" + "c" * 43
# A page that works against every listener: it stops events where it can and clears the input at once.
GRABBY = """<!doctype html><meta charset=utf-8><title>t</title><body style="height:400px"><input type=file id=file>
<div id=shadow></div><script>
for (const type of ['input', 'change', 'drop', 'paste', 'click'])
  addEventListener(type, (event) => event.stopImmediatePropagation(), true);
document.getElementById('file').addEventListener('change', (event) => { event.target.value = ''; });
document.getElementById('shadow').attachShadow({mode: 'closed'}).innerHTML = '<input type=file style="width:200px;height:40px">';
const made = async (name) => new File([await (await fetch('/picture.jpg')).blob()], name, {type: 'image/jpeg'});
const carried = async (name) => { const t = new DataTransfer(); t.items.add(await made(name)); return t; };
</script>"""


class Taken:
    """What the stand-in for the program was handed, in order."""

    def __init__(self) -> None:
        self.files: list[dict[str, Any]] = []
        self.status = 201

    async def originals(self, request: web.Request) -> web.Response:
        """As `POST /api/v1/originals`."""
        data = await request.read()
        names = ("Authorization", "Origin", "Content-Type")
        headers = {name: request.headers.get(name) for name in names}
        own = {key[13:]: value for key, value in request.headers.items() if key.startswith("X-Creditline-")}
        self.files.append({"sha256": hashlib.sha256(data).hexdigest(), **headers, **own})
        return web.json_response({"observation": "1"}, status=self.status)

    async def next(self, count: int) -> dict[str, Any]:
        """The file number `count`, waited for; no further one comes."""
        async with asyncio.timeout(15):
            while len(self.files) < count:
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.3)
        assert count == len(self.files)
        return self.files[count - 1]


type Rig = tuple[Site, Page, Taken, Path]
PICTURE = jpeg(xmp(creator="Ann Example"), size=(800, 600))
SHA = hashlib.sha256(PICTURE).hexdigest()


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=BROWSERS)
async def rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    """A grabby page, a browser whose extension captures there, and what it hands over."""
    folder, taken = tmp_path_factory.mktemp("capture"), Taken()
    path = folder / "naïve 1.jpg"
    path.write_bytes(PICTURE)
    async with serving() as site, program([web.post("/api/v1/originals", taken.originals)]) as url:
        site.picture("/picture.jpg", PICTURE)
        site.page("/", GRABBY)
        secure = f"--unsafely-treat-insecure-origin-as-secure={site.url('')}"
        async with browsing_in(
            request.param, folder, program=(url, TOKEN), capture=[SITE], flags=(secure,)
        ) as browser:
            yield site, browser, taken, path


async def _fresh(rig: Rig) -> tuple[Page, Taken]:
    site, browser, taken, _ = rig
    taken.files.clear()
    taken.status = 201
    await browser.goto(site.url("/"))
    return browser, taken


async def _choose(browser: Chromium, path: Path, expression: str) -> None:
    """Click through to a file chooser and pick the file in it."""
    await browser.call("Page.setInterceptFileChooserDialog", {"enabled": True})
    with browser.gathered("Page.fileChooserOpened") as opened:
        await browser.evaluate(expression)
        async with asyncio.timeout(10):
            while not opened:
                await asyncio.sleep(0.05)
    files = {"files": [str(path)], "backendNodeId": opened[0]["backendNodeId"]}
    await browser.call("DOM.setFileInputFiles", files)


async def test_a_picked_file_goes_as_it_is(rig: Rig) -> None:
    """The bytes are the file's, with page, name, gesture and trust, although the page stops and clears everything."""
    site, _, _, path = rig
    browser, taken = await _fresh(rig)
    await browser.set_file("#file", path)
    got = await taken.next(1)

    assert got["sha256"] == SHA
    assert (got["Page"], got["Gesture"], got["Trusted"]) == (site.url("/"), "input", "1")
    assert got["Filename"] == "UTF-8''na%C3%AFve%201.jpg"
    assert got["Authorization"] == f"Bearer {TOKEN}"
    assert got["Origin"] + "/" == own_address(browser, "")
    assert got["Content-Type"] == "application/octet-stream"


@in_chromium
async def test_an_input_that_is_in_no_document(rig: Rig) -> None:
    """A detached input, opened by its `click()`."""
    browser, taken = await _fresh(rig)
    await _choose(
        browser,
        rig[3],
        "const i = document.createElement('input'); i.type = 'file'; window.kept = i; i.click(); 0",
    )
    got = await taken.next(1)

    assert (got["sha256"], got["Gesture"], got["Trusted"]) == (SHA, "input", "1")


@in_chromium
async def test_an_input_behind_a_closed_shadow_root(rig: Rig) -> None:
    """A person's click on it, through the chooser."""
    browser, taken = await _fresh(rig)
    await browser.call("Page.setInterceptFileChooserDialog", {"enabled": True})
    box = await browser.evaluate(
        "(() => { const b = document.getElementById('shadow').getBoundingClientRect();"
        " return {x: b.x + 20, y: b.y + 20}; })()"
    )
    with browser.gathered("Page.fileChooserOpened") as opened:
        for kind in ("mousePressed", "mouseReleased"):
            await browser.call(
                "Input.dispatchMouseEvent", {"type": kind, **box, "button": "left", "clickCount": 1}
            )
        async with asyncio.timeout(10):
            while not opened:
                await asyncio.sleep(0.05)
    await browser.call(
        "DOM.setFileInputFiles", {"files": [str(rig[3])], "backendNodeId": opened[0]["backendNodeId"]}
    )
    got = await taken.next(1)

    assert (got["sha256"], got["Trusted"]) == (SHA, "1")


@pytest.mark.parametrize(
    ("rig", "gesture"),
    [
        pytest.param("chromium", "drop", marks=needs_chromium),
        pytest.param("chromium", "paste", marks=needs_chromium),
        # A paste that a script makes in Firefox carries no file.
        pytest.param("firefox", "drop", marks=needs_firefox),
    ],
    indirect=["rig"],
)
async def test_what_a_page_makes_up_is_not_trusted(rig: Rig, gesture: str) -> None:
    """A drop or paste that a script dispatched is taken with `trusted` 0: never proof."""
    browser, taken = await _fresh(rig)
    made = {
        "drop": "new DragEvent('drop', {bubbles: true, dataTransfer: t})",
        "paste": "new ClipboardEvent('paste', {bubbles: true, clipboardData: t})",
    }[gesture]
    await browser.evaluate(f"carried('a.jpg').then((t) => {{ document.body.dispatchEvent({made}); }})")
    got = await taken.next(1)

    assert (got["sha256"], got["Gesture"], got["Trusted"], got["Filename"]) == (SHA, gesture, "0", "UTF-8''a.jpg")


@in_chromium
async def test_a_drop_by_a_person_is_trusted(rig: Rig) -> None:
    """A file that the browser itself drops onto the page."""
    browser, taken = await _fresh(rig)
    data = {"items": [], "files": [str(rig[3])], "dragOperationsMask": 1}
    await browser.evaluate("addEventListener('dragover', (event) => event.preventDefault()); 0")
    for kind in ("dragEnter", "dragOver", "drop"):
        await browser.call("Input.dispatchDragEvent", {"type": kind, "x": 100, "y": 300, "data": data})
    got = await taken.next(1)

    assert (got["sha256"], got["Gesture"], got["Trusted"]) == (SHA, "drop", "1")


async def test_a_file_from_a_handle(rig: Rig) -> None:
    """`FileSystemFileHandle.getFile()` gives the page its file, and the program too."""
    browser, taken = await _fresh(rig)
    size = await browser.evaluate(
        """(async () => {
          const handle = await (await navigator.storage.getDirectory()).getFileHandle('h.jpg', {create: true});
          const out = await handle.createWritable();
          await out.write(await made('x.jpg'));
          await out.close();
          return (await handle.getFile()).size;
        })()"""
    )
    got = await taken.next(1)

    assert size == len(PICTURE)
    assert (got["sha256"], got["Gesture"], got["Trusted"]) == (SHA, "handle", "0")


@pytest.mark.parametrize(
    "make",
    [
        "f.srcdoc = html",
        "f.sandbox = 'allow-scripts'; f.srcdoc = html",
        "f.src = URL.createObjectURL(new Blob([html], {type: 'text/html'}))",
    ],
    ids=["srcdoc", "sandboxed", "blob"],
)
async def test_inputs_in_frames(rig: Rig, make: str) -> None:
    """Frames without an address of their own are captured as the page that made them."""
    site, _, _, _ = rig
    browser, taken = await _fresh(rig)
    script = "<script>onmessage = (e) => { const i = document.createElement(`input`); i.type = `file`;"
    script += " const t = new DataTransfer(); t.items.add(e.data); i.files = t.files; document.body.append(i);"
    script += " i.dispatchEvent(new Event(`change`, {bubbles: true})); }</scr' + 'ipt>"
    await browser.evaluate(
        f"(async () => {{ const html = '<body>{script}'; const f = document.createElement('iframe'); {make};"
        " document.body.append(f); await new Promise((done) => f.onload = done);"
        " f.contentWindow.postMessage(await made('framed.jpg'), '*'); })()"
    )
    got = await taken.next(1)

    assert (got["sha256"], got["Page"], got["Trusted"]) == (SHA, site.url("/"), "0")


async def test_other_files_and_other_sites_are_left(rig: Rig) -> None:
    """A file that is no picture is not taken, nor is anything on a site where capture is off."""
    site, _, _, path = rig
    browser, taken = await _fresh(rig)
    text = path.with_name("notes.txt")
    text.write_text("private")
    await browser.set_file("#file", text)
    await browser.goto(site.url("/", "other.creditline.test"))
    await browser.set_file("#file", path)
    await asyncio.sleep(0.8)

    assert [] == taken.files


async def test_the_popup_says_what_was_kept_and_what_was_not(rig: Rig) -> None:
    """Each file with its outcome; a program that fails does not keep the page from its upload."""
    site, _, _, path = rig
    browser, taken = await _fresh(rig)
    taken.status = 500
    await browser.set_file("#file", path)
    await taken.next(1)
    async with own_page(browser, f"ui/popup.html?tab={await tab_of(browser, site.url('/'))}") as popup:
        lines = await popup.evaluate("[...document.querySelectorAll('#captured li')].map((l) => l.textContent)")

    assert lines[0].startswith("naïve 1.jpg: not kept. The Creditline program answered with an error.")
    assert "naïve 1.jpg: kept as an original." in lines[1:]
