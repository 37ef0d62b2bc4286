"""Chromium, found where the platform keeps it, started with a throw-away profile and stopped whole.

A run leaves nothing: the process group is killed and the profile folder removed, also after an error.
"""

from __future__ import annotations

import asyncio
import base64
import collections
import contextlib
import json
import os
import re
import shutil
import signal
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creditline.browser.cdp import CALL_TIMEOUT, BrowserError, Devtools, connect
from creditline.model.errors import MissingPartError, UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
"""Commands looked for on `$PATH`, in this order; Chromium first, as branded Chrome loads no unpacked extension."""

START_TIMEOUT = 60.0
"""Seconds until DevTools must listen; under one on a free machine, many when all cores are busy."""

_LISTENING = re.compile(rb"DevTools listening on ws://[^/]*:(\d+)/")
_ERROR_LINES = 12  # of the browser's stderr, shown when it does not start
_POLL = 0.05

# Quiet: no first-run pages, no traffic of the browser's own through the proxy, no key ring, no crash reports.
_FLAGS = (
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
    "--remote-debugging-port=0",
)


def find_chromium() -> Path | None:
    """The Chromium (or Chrome) of this machine: on `$PATH`, else where the platform keeps it; None without."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    return next((place for place in _places() if place.is_file()), None)


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
    line = [str(executable), f"--user-data-dir={profile}", *_FLAGS]
    if headless:
        line.append("--headless=new")
    # The sandbox refuses to start for root; for anyone else it stays on.
    if sys.platform != "win32" and os.geteuid() == 0:
        line.append("--no-sandbox")
    line.append(f"--proxy-server={proxy}" if proxy else "--no-proxy-server")
    if spki:
        line.append(f"--ignore-certificate-errors-spki-list={spki}")
    return [*line, *flags, "about:blank"]


class Chromium:
    """One page of a running Chromium; `launch` is the way in."""

    def __init__(self, tools: Devtools) -> None:
        self._tools = tools

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
        if profile.exists() and any(profile.iterdir()):
            raise UsageError(f"{profile} is not empty, and a browser run removes its profile folder")
        profile.mkdir(parents=True, exist_ok=True)
        line = command(executable, profile=profile, proxy=proxy, spki=spki, headless=headless, flags=flags)
        try:
            async with _process(line) as port, connect(port) as tools:
                await tools.call("Page.enable")
                yield cls(tools)
                with contextlib.suppress(BrowserError):
                    await tools.call("Browser.close", timeout=3.0)
        finally:
            await asyncio.to_thread(_remove, profile)

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
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout
        while loop.time() < until:
            value = await self.evaluate(expression)
            if value:
                return value
            await asyncio.sleep(_POLL)
        raise BrowserError(f"still not so after {timeout:g} s: {expression}")

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


@asynccontextmanager
async def _process(line: list[str]) -> AsyncIterator[int]:
    """The DevTools port of a started browser, in a process group of its own that dies with the block."""
    try:
        process = await asyncio.create_subprocess_exec(
            *line,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise BrowserError(f"{line[0]} does not start: {error}") from error
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    stderr = process.stderr or asyncio.StreamReader()
    drain = asyncio.create_task(_drain(stderr, port))
    try:
        try:
            found = await asyncio.wait_for(asyncio.shield(port), START_TIMEOUT)
        except TimeoutError as error:
            raise BrowserError(f"Chromium did not start within {START_TIMEOUT:g} s") from error
        yield found
    finally:
        _kill(process)
        await process.wait()
        drain.cancel()
        await asyncio.gather(drain, return_exceptions=True)
        port.cancel()


async def _drain(stderr: asyncio.StreamReader, port: asyncio.Future[int]) -> None:
    """Read stderr to its end, so that the browser never blocks on a full pipe; find the port on the way."""
    last: collections.deque[str] = collections.deque(maxlen=_ERROR_LINES)
    rest = b""
    while chunk := await stderr.read(65536):
        *lines, rest = (rest + chunk).split(b"\n")
        rest = rest[-4096:]
        for item in lines:
            last.append(item.decode("utf-8", "replace").strip())
            match = _LISTENING.search(item)
            if match and not port.done():
                port.set_result(int(match.group(1)))
    if not port.done():
        port.set_exception(BrowserError("Chromium ended before it was ready: " + " | ".join(last)))


def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def _remove(profile: Path) -> None:
    # A killed child may still be writing for a moment; what is left after that stays.
    for _ in range(20):
        shutil.rmtree(profile, ignore_errors=True)
        if not profile.exists():
            return
        time.sleep(_POLL)
