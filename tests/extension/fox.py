"""A real Firefox with the extension loaded, with the doors that the rig has into Chromium."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from creditline.browser.cdp import BrowserError
from creditline.browser.extension import copy_extension, pair
from creditline.browser.firefox import Firefox, find_firefox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

FOUND = find_firefox()
needs_firefox = pytest.mark.skipif(FOUND is None, reason="no Firefox on this machine: `make browsers` installs it")
ADDON = "{9b0c1f6e-5a43-4a7e-8f0a-3f6c2d8f7b15}"
UUID = "3f1c1f0e-5b57-4d1b-9a86-2f9d1a6b0c11"
"""What Firefox draws anew for each profile; given here so that the extension's pages can be named."""
HOSTS = ("site.creditline.test", "cdn.creditline.test", "other.creditline.test")
KEYS = {"Escape": "\ue00c", "Enter": "\ue007", "Tab": "\ue004", "Space": " "}


class Fox(Firefox):
    """A page of Firefox; `ours` is a page of the extension, which reaches the extension's world in any tab."""

    ours: Firefox
    tab: int
    chrome: str

    async def in_frames(self, expression: str, *, all_frames: bool = True) -> list[Any]:
        """The values of an expression in the extension's worlds of the page's frames, the main frame's first."""
        target = json.dumps({"tabId": self.tab, "allFrames": all_frames})
        found = await self.ours.evaluate(
            f"chrome.scripting.executeScript({{target: {target}, func: () => ({expression})}})"
            ".then((all) => all.sort((a, b) => a.frameId - b.frameId).map(({result, error}) =>"
            " ({value: result ?? null, error: error ? String(error.message ?? error) : null})))"
        )
        if not all_frames and found and found[0]["error"]:
            raise BrowserError(found[0]["error"])
        return [one["value"] for one in found if not one["error"]]

    async def in_content(self, expression: str) -> Any:
        """The value of an expression in the extension's world of the main frame."""
        found = await self.in_frames(expression, all_frames=False)
        return found[0] if found else None

    async def in_browser(self, expression: str) -> Any:
        """The value of an expression in the browser's own window, where its menus and preferences are."""
        return await Firefox(self._tools, self.chrome).evaluate(expression)

    async def pressed(self, key: str) -> None:
        """One key, as a person presses it."""
        # Keys reach a page, but start nothing in it, until its window has the focus; another site's page loses it.
        await self.in_browser("void (window.focus(), gBrowser.selectedBrowser.focus())")
        actions = [{"type": kind, "value": KEYS.get(key, key)} for kind in ("keyDown", "keyUp")]
        await self.performed({"type": "key", "id": "keyboard", "actions": actions})

    async def clicked(self, at: dict[str, float], *, button: int = 0) -> None:
        """The mouse at a point of the window."""
        where = {"x": round(at["x"]), "y": round(at["y"])}
        actions = [
            {"type": "pointerMove", **where},
            {"type": "pointerDown", "button": button},
            {"type": "pointerUp", "button": button},
        ]
        await self.performed({"type": "pointer", "id": "mouse", "actions": actions})

    async def performed(self, source: dict[str, Any]) -> None:
        """Input of one source."""
        await self.call("input.performActions", {"context": self.context, "actions": [source]})

    async def end_background(self) -> int:
        """End the extension's background page as an idle one ends; how many there were."""
        ended: int = await self.in_browser(
            f"(async () => {{ const {{extension}} = WebExtensionPolicy.getByID('{ADDON}');"
            " const before = extension.backgroundState === 'running' ? 1 : 0;"
            " await extension.terminateBackground({disableResetIdleForTest: true}); return before; })()"
        )
        return ended

    async def preferring(self, scheme: str) -> None:
        """Pages see `light` or `dark` as the person's wish."""
        value = {"dark": 0, "light": 1}[scheme]
        await self.in_browser(
            f"void Services.prefs.setIntPref('layout.css.prefers-color-scheme.content-override', {value})"
        )

    async def sized(self, width: int | None = None, height: int | None = None) -> None:
        """Lay the page out for a window of that size; the browser's own without."""
        size = None if width is None else {"width": width, "height": height}
        await self.call("browsingContext.setViewport", {"context": self.context, "viewport": size})


@asynccontextmanager
async def browsing_fox(
    tmp_path: Path, *, granted: bool = True, program: tuple[str, str] | None = None, capture: Sequence[str] = ()
) -> AsyncIterator[Fox]:
    """As `rig.browsing`, in Firefox."""
    extension = copy_extension(tmp_path / "extension", granted=granted)
    if program is not None:
        pair(extension, url=program[0], token=program[1], capture=capture)
    prefs: dict[str, bool | int | str] = {
        "extensions.webextensions.uuids": json.dumps({ADDON: UUID}),
        "network.dns.localDomains": ",".join(HOSTS),
    }
    if capture:
        # File handles are for secure pages, and those of tests have no certificate. Pictures of pages that count as
        # secure are asked for over https, so that the others must not.
        prefs["dom.securecontext.allowlist"] = HOSTS[0]
    # Without system access WebDriver opens no page of an extension.
    flags = ("--remote-allow-system-access",)
    async with Firefox.launch(FOUND, profile=tmp_path / "profile", prefs=prefs, flags=flags) as first:
        page = Fox(first._tools, first.context)
        await page.install(extension)
        windows = await page.call("browsingContext.getTree", {"moz:scope": "chrome", "maxDepth": 0})
        page.chrome = windows["contexts"][0]["context"]
        async with page.page(address("ui/options.html")) as page.ours:
            await page.ours.wait_for("document.documentElement?.dataset.ready === ''", 30)
            least = 3 if capture else int(granted)
            await page.ours.wait_for(
                f"chrome.scripting.getRegisteredContentScripts().then((all) => all.length >= {least})", 30
            )
            page.tab = await page.ours.evaluate(
                "chrome.tabs.query({}).then((all) => all.find(({url}) => !url?.startsWith('moz-extension:')).id)"
            )
            yield page


def address(path: str) -> str:
    """The address of a page of the extension."""
    return f"moz-extension://{UUID}/{path}"
