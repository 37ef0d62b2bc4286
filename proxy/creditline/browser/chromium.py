"""Chromium, found where the platform keeps it, started with a throw-away profile and stopped whole.

A run leaves nothing: the process group is killed and the profile folder removed, also after an error.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import re
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creditline.browser.cdp import CALL_TIMEOUT, BrowserError, Devtools, connect
from creditline.browser.process import empty_folder, program, remove, started, until_truthy
from creditline.model.errors import MissingPartError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
"""Commands looked for on `$PATH`, in this order; Chromium first, as branded Chrome loads no unpacked extension."""

_LISTENING = re.compile(rb"DevTools listening on ws://[^/]*:(\d+)/")

# No first-run pages, no traffic of the browser's own through the proxy, no key ring, no crash reports.
QUIET = (
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--disable-dev-shm-usage",
    "--password-store=basic",
    "--use-mock-keychain",
)


def find_chromium() -> Path | None:
    """The Chromium (or Chrome) of this machine: on `$PATH`, else where the platform keeps it; None without."""
    return program(NAMES, _places())


def require_chromium() -> Path:
    """As `find_chromium`, for steps that cannot go on without.

    Raises:
        MissingPartError: there is none; its next step says how to get one.
    """
    found = find_chromium()
    if found is None:
        raise MissingPartError("no Chromium on this machine", next_step="make browsers")
    return found


def _places() -> list[Path]:
    if sys.platform == "darwin":
        bundles = ("Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome")
        folders = (Path("/Applications"), Path.home() / "Applications")
        return [folder / bundle for bundle in bundles for folder in folders]
    if sys.platform == "win32":
        roots = [os.environ.get(name) for name in ("LOCALAPPDATA", "PROGRAMFILES", "PROGRAMFILES(X86)")]
        programs = ("Chromium/Application/chrome.exe", "Google/Chrome/Application/chrome.exe")
        return [Path(root) / program for program in programs for root in roots if root]
    return [Path("/snap/bin/chromium"), Path("/usr/lib/chromium/chromium"), Path("/opt/google/chrome/chrome")]


def command(
    executable: Path,
    *,
    profile: Path,
    proxy: str | None = None,
    spki: str | None = None,
    headless: bool = True,
    flags: Sequence[str] = (),
) -> list[str]:
    """The command line of one run.

    `proxy` is `http://host:port` (None: straight to the network, whatever the environment says); `spki` the
    base64 SHA-256 of the public key of the one authority whose certificates are taken beside the system's.
    """
    line = [str(executable), f"--user-data-dir={profile}", *QUIET, "--remote-debugging-port=0"]
    if headless:
        line.append("--headless=new")
    line += sandbox()
    line.append(f"--proxy-server={proxy}" if proxy else "--no-proxy-server")
    if spki:
        line.append(f"--ignore-certificate-errors-spki-list={spki}")
    return [*line, *flags, "about:blank"]


def sandbox() -> list[str]:
    """The switch without which root cannot start it; for anyone else the sandbox stays on."""
    return ["--no-sandbox"] if sys.platform != "win32" and os.geteuid() == 0 else []


class Chromium:
    """One page of a running Chromium; `launch` is the way in."""

    def __init__(self, tools: Devtools, port: int) -> None:
        self._tools = tools
        self._port = port

    @classmethod
    @asynccontextmanager
    async def launch(
        cls,
        executable: Path | None,
        *,
        profile: Path,
        proxy: str | None = None,
        spki: str | None = None,
        headless: bool = True,
        flags: Sequence[str] = (),
    ) -> AsyncIterator[Chromium]:
        """A page in a Chromium of its own, whose `profile` folder must be new or empty and is removed at the end.

        Raises:
            MissingPartError: `executable` is None or not there.
            UsageError: the profile folder holds something already.
            BrowserError: Chromium does not start; the last lines that it wrote are in the message.
        """
        if executable is None or not executable.is_file():
            raise MissingPartError("no Chromium on this machine", next_step="make browsers")
        empty_folder(profile)
        line = command(executable, profile=profile, proxy=proxy, spki=spki, headless=headless, flags=flags)
        try:
            async with started(line, _LISTENING) as port, connect(port) as tools:
                await tools.call("Page.enable")
                yield cls(tools, port)
                with contextlib.suppress(BrowserError):
                    await tools.call("Browser.close", timeout=3.0)
        finally:
            await asyncio.to_thread(remove, profile)

    @asynccontextmanager
    async def page(self, url: str = "about:blank") -> AsyncIterator[Chromium]:
        """A further page of the same browser, closed with the block."""
        made = await self._tools.call("Target.createTarget", {"url": url})
        target = str(made["targetId"])
        async with self.attached(target) as page:
            try:
                yield page
            finally:
                with contextlib.suppress(BrowserError):
                    await self._tools.call("Target.closeTarget", {"targetId": target})

    @asynccontextmanager
    async def attached(self, target: str) -> AsyncIterator[Chromium]:
        """Another page or frame of the same browser, by its target's id; left as it is when the block ends."""
        async with connect(self._port, target=target) as tools:
            await tools.call("Page.enable")
            yield Chromium(tools, self._port)

    async def call(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """One call of the DevTools protocol, for what has no method here."""
        return await self._tools.call(method, params)

    @contextlib.contextmanager
    def gathered(self, event: str) -> Iterator[list[dict[str, Any]]]:
        """Every `event` of the protocol while the block runs, its params in order."""
        with self._tools.gathered(event) as found:
            yield found

    async def goto(self, url: str, *, timeout: float = CALL_TIMEOUT) -> None:
        """Open an address and wait for the page's load event.

        Raises:
            BrowserError: the address cannot be reached, or the page has not loaded after `timeout` seconds.
        """
        with self._tools.expect("Page.loadEventFired") as loaded:
            answer = await self._tools.call("Page.navigate", {"url": url}, timeout=timeout)
            if answer.get("errorText"):
                raise BrowserError(f"{url}: {answer['errorText']}")
            # Without a loader only the fragment changed, and no load event follows.
            if "loaderId" in answer:
                try:
                    await asyncio.wait_for(loaded, timeout)
                except TimeoutError as error:
                    raise BrowserError(f"{url}: not loaded within {timeout:g} s") from error

    async def evaluate(self, expression: str, *, timeout: float = CALL_TIMEOUT) -> Any:
        """The value of a JavaScript expression in the page, as JSON gives it; promises are awaited.

        Raises:
            BrowserError: the expression throws.
        """
        result = await self._evaluate(expression, timeout=timeout, by_value=True)
        return result.get("value")

    async def wait_for(self, expression: str, timeout: float = 10.0) -> Any:
        """The first truthy value of an expression.

        Raises:
            BrowserError: none within `timeout` seconds.
        """
        return await until_truthy(self.evaluate, expression, timeout)

    async def set_file(self, selector: str, path: Path) -> None:
        """Put a file into a file input, as a pick would: the page gets `input` and `change`."""
        element = await self._evaluate(_find(selector), by_value=False)
        await self._tools.call(
            "DOM.setFileInputFiles",
            {"files": [str(path.resolve())], "objectId": element.get("objectId")},
        )

    async def click(self, selector: str) -> None:
        """Press and release the mouse on the middle of an element; the page sees trusted events."""
        box = await self.evaluate(
            f"(() => {{ const element = {_find(selector)}; element.scrollIntoView({{block: 'center'}});"
            " const box = element.getBoundingClientRect();"
            " return {x: box.x + box.width / 2, y: box.y + box.height / 2}; })()"
        )
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            pressed = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
            await self._tools.call("Input.dispatchMouseEvent", {"type": kind, **box, **pressed})

    async def screenshot(self, path: Path, width: int = 1280, height: int = 800) -> None:
        """Write the page as PNG, laid out for a window of that many CSS pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        await self._tools.call("Emulation.setDeviceMetricsOverride", size)
        try:
            shot = await self._tools.call("Page.captureScreenshot", {"format": "png"})
        finally:
            with contextlib.suppress(BrowserError):
                await self._tools.call("Emulation.clearDeviceMetricsOverride")
        await asyncio.to_thread(path.write_bytes, base64.b64decode(shot["data"]))

    async def _evaluate(
        self,
        expression: str,
        *,
        by_value: bool,
        timeout: float = CALL_TIMEOUT,
    ) -> dict[str, Any]:
        params = {
            "expression": expression,
            "returnByValue": by_value,
            "awaitPromise": True,
            "userGesture": True,
        }
        answer = await self._tools.call("Runtime.evaluate", params, timeout=timeout)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            text = details.get("exception", {}).get("description") or details.get("text", "unknown error")
            raise BrowserError(f"the page threw: {text.splitlines()[0]}")
        result: dict[str, Any] = answer.get("result", {})
        return result


def _find(selector: str) -> str:
    quoted = json.dumps(selector)
    return f"(document.querySelector({quoted}) ?? (() => {{ throw new Error('no element ' + {quoted}); }})())"
