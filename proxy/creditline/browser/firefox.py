"""Firefox, found where the platform keeps it, with a throw-away profile, driven through WebDriver BiDi.

The same doors as `Chromium`, so that whoever drives one drives the other. A certificate is trusted in the profile's own
store (NSS), which `certutil` writes.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp

from creditline.browser.cdp import CALL_TIMEOUT, BrowserError, Devtools, spoken_to
from creditline.browser.process import empty_folder, program, remove, started, until_truthy
from creditline.model.errors import MissingPartError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

NAMES = ("firefox-esr", "firefox", "firefox-developer-edition")
"""Commands looked for on `$PATH`, in this order: ESR first, which takes an extension that no shop has signed."""

type Pref = bool | int | str

_LISTENING = re.compile(rb"WebDriver BiDi listening on ws://[^/]*:(\d+)")

# No first-run pages, no traffic of the browser's own through the proxy, no question at the end.
QUIET: dict[str, Pref] = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.newtabpage.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.tabs.warnOnClose": False,
    "browser.warnOnQuit": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.prefetch-next": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "toolkit.telemetry.unified": False,
    "trailhead.firstrun.didSeeAboutWelcome": True,
}


def find_firefox() -> Path | None:
    """The Firefox of this machine: on `$PATH`, else where the platform keeps it; None without."""
    return program(NAMES, _places())


def require_firefox() -> Path:
    """As `find_firefox`, for steps that cannot go on without.

    Raises:
        MissingPartError: there is none; its next step says how to get one.
    """
    found = find_firefox()
    if found is None:
        raise MissingPartError("no Firefox on this machine", next_step="make browsers")
    return found


def _places() -> list[Path]:
    if sys.platform == "darwin":
        return [Path("/Applications/Firefox.app/Contents/MacOS/firefox")]
    if sys.platform == "win32":
        roots = [os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)")]
        return [Path(root) / "Mozilla Firefox/firefox.exe" for root in roots if root]
    return [Path("/usr/lib/firefox-esr/firefox-esr"), Path("/usr/lib/firefox/firefox")]


def write_profile(
    profile: Path, *, prefs: Mapping[str, Pref], authority: Path | None = None, proxy: str | None = None
) -> None:
    """Fill a new profile: preferences, one authority (a PEM file) that it alone trusts, a proxy `http://host:port`.

    Raises:
        MissingPartError: there is no `certutil` to write the certificate store with.
        BrowserError: the certificate cannot be stored.
    """
    empty_folder(profile)
    wanted = QUIET | (_through(proxy) if proxy else {"network.proxy.type": 0}) | dict(prefs)
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in sorted(wanted.items())]
    (profile / "user.js").write_text("".join(lines), encoding="utf-8")
    if authority is not None:
        _trust(profile, authority)


def _through(proxy: str) -> dict[str, Pref]:
    host, _, port = proxy.removeprefix("http://").rstrip("/").rpartition(":")
    where: dict[str, Pref] = {"network.proxy.type": 1}
    for kind in ("http", "ssl"):
        where |= {f"network.proxy.{kind}": host, f"network.proxy.{kind}_port": int(port)}
    return where


def _trust(profile: Path, authority: Path) -> None:
    tool = shutil.which("certutil")
    if tool is None:
        raise MissingPartError(
            "Firefox's certificate store is written with certutil, which is not there", next_step="make browsers"
        )
    store = f"sql:{profile}"
    for line in (["-N", "--empty-password"], ["-A", "-t", "C,,", "-n", "Creditline", "-i", str(authority)]):
        done = subprocess.run(  # noqa: S603 - the system's own tool, on our own files
            [tool, "-d", store, *line], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        if done.returncode:
            raise BrowserError(f"the certificate cannot be stored in the profile: {done.stderr.strip()}")


def command(executable: Path, *, profile: Path, url: str | None = None, headless: bool = False) -> list[str]:
    """The command line of a run that no other Firefox of this user takes over."""
    line = [str(executable), "--no-remote", "--new-instance", "--profile", str(profile)]
    return [*line, *(["--headless"] if headless else []), *([url] if url else [])]


class Firefox:
    """One page of a running Firefox; `launch` is the way in."""

    def __init__(self, tools: Devtools, context: str) -> None:
        self._tools = tools
        self._context = context

    @classmethod
    @asynccontextmanager
    async def launch(
        cls,
        executable: Path | None,
        *,
        profile: Path,
        proxy: str | None = None,
        authority: Path | None = None,
        headless: bool = True,
        prefs: Mapping[str, Pref] | None = None,
        flags: Sequence[str] = (),
    ) -> AsyncIterator[Firefox]:
        """A page in a Firefox of its own, whose `profile` folder must be new or empty and is removed at the end.

        Raises:
            MissingPartError: `executable` is None or not there, or `certutil` is not.
            UsageError: the profile folder holds something already.
            BrowserError: Firefox does not start; the last lines that it wrote are in the message.
        """
        if executable is None or not executable.is_file():
            raise MissingPartError("no Firefox on this machine", next_step="make browsers")
        try:
            await asyncio.to_thread(write_profile, profile, prefs=prefs or {}, authority=authority, proxy=proxy)
            line = [*command(executable, profile=profile, headless=headless), "--remote-debugging-port=0", *flags]
            async with (
                started(line, _LISTENING) as port,
                aiohttp.ClientSession(trust_env=False) as session,
                spoken_to(session, f"ws://127.0.0.1:{port}/session") as tools,
            ):
                await tools.call("session.new", {"capabilities": {}}, timeout=2 * CALL_TIMEOUT)
                tree = await tools.call("browsingContext.getTree", {"maxDepth": 0})
                yield cls(tools, tree["contexts"][0]["context"])
                with contextlib.suppress(BrowserError):
                    await tools.call("browser.close", timeout=3.0)
        finally:
            await asyncio.to_thread(remove, profile)

    @asynccontextmanager
    async def page(self, url: str | None = None) -> AsyncIterator[Firefox]:
        """A further page of the same browser, behind the first, closed with the block; its load is not waited for."""
        made = str((await self.call("browsingContext.create", {"type": "tab", "background": True}))["context"])
        try:
            if url is not None:
                await self.call("browsingContext.navigate", {"context": made, "url": url, "wait": "none"})
            yield Firefox(self._tools, made)
        finally:
            with contextlib.suppress(BrowserError):
                await self.call("browsingContext.close", {"context": made})

    async def call(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """One call of WebDriver BiDi, for what has no method here."""
        return await self._tools.call(method, params)

    @property
    def context(self) -> str:
        """The page's browsing context, as calls of the protocol name it."""
        return self._context

    async def install(self, extension: Path) -> str:
        """Load an unpacked extension until the browser ends; its id.

        Raises:
            BrowserError: Firefox refuses it.
        """
        data = {"type": "path", "path": str(extension.resolve())}
        answer = await self._tools.call("webExtension.install", {"extensionData": data})
        return str(answer["extension"])

    async def goto(self, url: str, *, timeout: float = CALL_TIMEOUT) -> None:
        """Open an address and wait for the page's load event.

        Raises:
            BrowserError: the address cannot be reached, or the page has not loaded after `timeout` seconds.
        """
        where = {"context": self._context, "url": url, "wait": "complete"}
        await self._tools.call("browsingContext.navigate", where, timeout=timeout)

    async def evaluate(self, expression: str, *, timeout: float = CALL_TIMEOUT) -> Any:
        """The value of a JavaScript expression in the page, as JSON gives it; promises are awaited.

        Raises:
            BrowserError: the expression throws.
        """
        text = (await self._evaluate(f"(async () => JSON.stringify(await ({expression})))()", timeout)).get(
            "value"
        )
        return None if text is None else json.loads(text)

    async def wait_for(self, expression: str, timeout: float = 10.0) -> Any:
        """The first truthy value of an expression.

        Raises:
            BrowserError: none within `timeout` seconds.
        """
        return await until_truthy(self.evaluate, expression, timeout)

    async def set_file(self, selector: str, path: Path) -> None:
        """Put a file into a file input, as a pick would, except that its events do not leave a shadow tree."""
        found = await self._evaluate(f"document.querySelector({json.dumps(selector)})", CALL_TIMEOUT)
        if "sharedId" not in found:
            raise BrowserError(f"no element {selector}")
        await self._tools.call(
            "input.setFiles",
            {
                "context": self._context,
                "element": {"sharedId": found["sharedId"]},
                "files": [str(path.resolve())],
            },
        )

    async def click(self, selector: str) -> None:
        """Press and release the mouse on the middle of an element; the page sees trusted events."""
        quoted = json.dumps(selector)
        box = await self.evaluate(
            f"(() => {{ const element = document.querySelector({quoted});"
            " if (!element) throw new Error('no element');"
            " element.scrollIntoView({block: 'center'}); const box = element.getBoundingClientRect();"
            " return {x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2)}; })()"
        )
        mouse = {
            "type": "pointer",
            "id": "mouse",
            "actions": [
                {"type": "pointerMove", **box},
                {"type": "pointerDown", "button": 0},
                {"type": "pointerUp", "button": 0},
            ],
        }
        await self._tools.call("input.performActions", {"context": self._context, "actions": [mouse]})

    async def screenshot(self, path: Path, width: int = 1280, height: int = 800) -> None:
        """Write the page as PNG, laid out for a window of that many CSS pixels."""
        size = {"width": width, "height": height}
        await self._tools.call("browsingContext.setViewport", {"context": self._context, "viewport": size})
        shot = await self._tools.call("browsingContext.captureScreenshot", {"context": self._context})
        await asyncio.to_thread(path.write_bytes, base64.b64decode(shot["data"]))

    async def _evaluate(self, expression: str, timeout: float) -> dict[str, Any]:
        answer = await self._tools.call(
            "script.evaluate",
            {
                "expression": expression,
                "target": {"context": self._context},
                "awaitPromise": True,
                "userActivation": True,
            },
            timeout=timeout,
        )
        if answer["type"] == "exception":
            raise BrowserError(f"the page threw: {answer['exceptionDetails'].get('text', '').splitlines()[0]}")
        result: dict[str, Any] = answer["result"]
        return result
