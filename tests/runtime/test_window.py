"""The ready-made browser, in real Chromium and real Firefox: what it opens on, what goes through, what is left."""

from __future__ import annotations

import asyncio
import base64
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web
from tests.analysis.pictures import encoded, painting
from tests.browser.test_chromium import _running
from tests.loopback import served

from creditline.browser.cdp import connect, spoken_to
from creditline.browser.chromium import find_chromium
from creditline.browser.extension import CHROMIUM_ID, extension_folder
from creditline.browser.firefox import find_firefox
from creditline.capture.start_page import URL
from creditline.ledger import queries
from creditline.model.settings import load
from creditline.runtime.window import opened
from creditline.services.context import Context
from creditline.vocab import sites

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

GECKO_ID = json.loads((extension_folder() / "manifest.json").read_text())["browser_specific_settings"]["gecko"][
    "id"
]
TITLE = "Creditline sees what you upload here"
FIND = {"chromium": find_chromium, "firefox": find_firefox}
HEADLESS = {"chromium": ["--headless=new"], "firefox": ["--headless"]}


@asynccontextmanager
async def _page(browser: str, profile: Path) -> AsyncIterator[Callable[[str], Awaitable[object]]]:
    """A way to evaluate in the window's page, through the port that the browser writes into its profile."""
    name = {"chromium": "DevToolsActivePort", "firefox": "WebDriverBiDiServer.json"}[browser]
    async with asyncio.timeout(60):
        while not (profile / name).is_file() or not (profile / name).read_text():
            await asyncio.sleep(0.05)
    text = (profile / name).read_text()
    if browser == "chromium":
        port = int(text.split()[0])
        async with connect(port, target=await _target(port)) as tools:

            async def value(expression: str) -> object:
                answer = await tools.call(
                    "Runtime.evaluate", {"expression": expression, "returnByValue": True, "awaitPromise": True}
                )
                return answer["result"].get("value")

            yield value
        return
    address = f"ws://127.0.0.1:{json.loads(text)['ws_port']}/session"
    async with aiohttp.ClientSession() as session, spoken_to(session, address) as tools:
        await tools.call("session.new", {"capabilities": {}})
        tree = await tools.call("browsingContext.getTree", {})

        async def value(expression: str) -> object:
            target = {"context": tree["contexts"][0]["context"]}
            answer = await tools.call(
                "script.evaluate", {"expression": expression, "target": target, "awaitPromise": True}
            )
            return answer["result"].get("value")

        yield value


async def _target(port: int) -> str:
    """The page that has come to the start page; while the browser starts there is another one."""
    async with asyncio.timeout(60), aiohttp.ClientSession() as session:
        while True:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                for target in await answer.json(content_type=None):
                    if target["type"] == "page" and target["url"] == URL and target["title"] == TITLE:
                        return str(target["id"])
            await asyncio.sleep(0.1)


async def _stored(
    profile: Path, address: str = "chrome.storage?.local.get('backend').then(({ backend }) => backend?.url)"
) -> object:
    """What the extension in Chromium knows, read on its own page; the server that it is paired with."""
    port = int((profile / "DevToolsActivePort").read_text().split()[0])
    async with connect(port) as tools:
        options = {"url": f"chrome-extension://{CHROMIUM_ID}/ui/options.html"}
        made = await tools.call("Target.createTarget", options)
    async with connect(port, target=made["targetId"]) as tools:
        for _ in range(300):
            question = {"expression": address, "returnByValue": True, "awaitPromise": True}
            answer = await tools.call("Runtime.evaluate", question)
            if found := answer["result"].get("value"):
                return found
            await asyncio.sleep(0.1)
    return None


async def _installed(profile: Path) -> object:
    """Whether Firefox took the extension from the profile and runs it."""
    for _ in range(300):
        if (profile / "extensions.json").is_file():
            addons = json.loads((profile / "extensions.json").read_text())["addons"]
            if found := [addon["active"] for addon in addons if addon["id"] == GECKO_ID]:
                return found[0]
        await asyncio.sleep(0.1)
    return None


async def _until(value: Callable[[str], Awaitable[object]], expression: str, wanted: object) -> object:
    found = None
    for _ in range(300):
        found = await value(expression)
        if found == wanted:
            break
        await asyncio.sleep(0.1)
    return found


def _reached(host: str, port: int) -> list[str]:
    """Switches of a Chromium that finds `host` at a port of this machine."""
    rules = f"--host-resolver-rules=MAP {host} 127.0.0.1:{port}"
    return [*HEADLESS["chromium"], "--remote-debugging-port=0", rules]


@pytest.mark.browser
@pytest.mark.parametrize("browser", ["chromium", "firefox"])
async def test_it_opens_on_the_proof_and_leaves_nothing(browser: str, tmp_path: Path) -> None:
    """The first page comes through the proxy, the extension is paired, and afterwards neither profile nor token is."""
    executable = FIND[browser]()
    if executable is None:
        pytest.skip(f"no {browser} on this machine: `make browsers` installs it")
    profile, home = tmp_path / "profile", tmp_path / "home"
    flags = [*HEADLESS[browser], "--remote-debugging-port=0"]
    context = Context.open(home, options={"port": 0, "proxy_port": 0})

    async with opened(context, browser, executable, profile, url="https://site.test/", flags=flags) as (
        running,
        _,
    ):
        tokens = json.loads((home / "tokens.json").read_text())
        async with _page(browser, profile) as value:
            here = await _until(value, "location.href", URL)
            title = await value("document.title")
            link = await value("document.querySelector('a.go').href")
            given = await (_stored(profile) if browser == "chromium" else _installed(profile))
    context.close()

    assert URL == here
    assert TITLE == title
    assert (running.server if browser == "chromium" else True) == given
    assert str(link).startswith(f"{running.server}/sign-in#")
    assert 1 == len(tokens["tokens"])
    assert not json.loads((home / "tokens.json").read_text())["tokens"]
    assert not profile.exists()
    assert not _running(str(profile))


@pytest.mark.browser
@pytest.mark.parametrize("browser", ["chromium", "firefox"])
async def test_the_question_is_answered_in_the_window(browser: str, tmp_path: Path) -> None:
    """A click on the page's own form is taken from a real browser, kept, and counts from then on."""
    executable = FIND[browser]()
    if executable is None:
        pytest.skip(f"no {browser} on this machine: `make browsers` installs it")
    profile, home = tmp_path / "profile", tmp_path / "home"
    flags = [*HEADLESS[browser], "--remote-debugging-port=0"]
    context = Context.open(home, options={"port": 0, "proxy_port": 0})

    async with (
        opened(context, browser, executable, profile, flags=flags) as (running, _),
        _page(browser, profile) as value,
    ):
        assert running.mender is not None
        await _until(value, "document.querySelectorAll('#restore button').length", 2)
        before = running.mender.active
        await value("document.querySelector('button[value=yes]').click()")
        said = await _until(value, "document.querySelector('#restore b')?.textContent", "on")
        after = running.mender.active
    context.close()

    assert "on" == said
    assert (False, True) == (before, after)
    assert "served" == load(home, environ={}).reattach


@pytest.mark.browser
async def test_only_opened_hosts_go_through(tmp_path: Path) -> None:
    """A page of another host is fetched straight, past the proxy; that of an opened host comes through it."""
    executable = find_chromium()
    if executable is None:
        pytest.skip("no chromium on this machine: `make browsers` installs it")
    home = tmp_path / "home"
    sites.add_host(home, "opened.test")
    through: list[str] = []

    class Notes:
        def http_connect(self, flow: object) -> None:
            through.append(flow.request.host)  # type: ignore[attr-defined]

        def requestheaders(self, flow: object) -> None:
            through.append(flow.request.host)  # type: ignore[attr-defined]

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text="straight", headers={"Access-Control-Allow-Origin": "*"})

    context = Context.open(home, options={"port": 0, "proxy_port": 0})
    fetched = "fetch('http://{}/').then((r) => r.text(), () => 'failed')"
    try:
        async with (
            served([web.get("/", answer)]) as port,
            opened(
                context,
                "chromium",
                executable,
                tmp_path / "p",
                flags=_reached("other.test", port),
                extra=[Notes()],
            ) as _,
            _page("chromium", tmp_path / "p") as value,
        ):
            await _until(value, "location.href", URL)
            await value("location.href = 'http://other.test/'")
            straight = await _until(value, "document.body?.textContent", "straight")
            await value(fetched.format("opened.test"))
    finally:
        context.close()

    assert "straight" == straight
    assert "opened.test" in through
    assert {"start.creditline.test", "opened.test"} >= {host for host in through if not host.startswith("127.")}


SHOP = """
id = "shop"
name = "Shop"
last_verified = 2026-11-24
confidence = "low"
evidence = ["made up"]
hosts = ['^up[.]shop[.]test$']
pages = ["www.shop.test"]
"""
PICK = """(() => {
  const bytes = Uint8Array.from(atob('%s'), (one) => one.charCodeAt(0));
  const held = new DataTransfer();
  held.items.add(new File([bytes], 'mine.png', { type: 'image/png' }));
  const input = document.querySelector('input');
  input.files = held.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
  return location.pathname;
})()"""


@pytest.mark.browser
async def test_picked_files_are_kept_on_the_pages_of_a_profile(tmp_path: Path) -> None:
    """Without a click: on a shipped site's pages too; of a page of direct messages nothing is kept."""
    executable = find_chromium()
    if executable is None:
        pytest.skip("no chromium on this machine: `make browsers` installs it")
    home, profile = tmp_path / "home", tmp_path / "p"
    (home / "sites").mkdir(parents=True)
    (home / "sites" / "shop.toml").write_text(SHOP)
    picks = [base64.b64encode(encoded(painting(seed), "PNG")).decode() for seed in (1, 2)]

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><input type=file>", content_type="text/html")

    context = Context.open(home, options={"port": 0, "proxy_port": 0})
    try:
        async with (
            served([web.get("/{path:.*}", answer)]) as port,
            opened(context, "chromium", executable, profile, flags=_reached("www.shop.test", port)) as _,
            _page("chromium", profile) as value,
        ):
            kept_on = await _stored(
                profile,
                "chrome.scripting?.getRegisteredContentScripts({ids: ['capture']})"
                ".then(([one]) => one?.matches.join(' '))",
            )
            await _until(value, "location.href", URL)
            for path, pick in zip(("/direct/inbox", "/post"), picks, strict=True):
                await value(f"location.href = 'http://www.shop.test{path}'")
                await _until(value, f"location.pathname === '{path}' && document.readyState === 'complete'", True)
                assert path == await value(PICK % pick)
            async with asyncio.timeout(60):
                while not (found := queries.observations(context.ledger)):
                    await asyncio.sleep(0.1)
    finally:
        context.close()

    assert "*://www.artstation.com/*" in str(kept_on)
    assert "*://www.shop.test/*" in str(kept_on)
    assert ["http://www.shop.test/post"] == [seen.url for seen in found]
    assert [("original", "extension", "shop")] == [(seen.stage, seen.via, seen.site) for seen in found]
