"""A dashboard over a small ledger, opened in a real browser by its sign-in link; and a picture that attacks it."""

from __future__ import annotations

import hashlib
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tests.server.sample import fill, picture

from creditline.browser.cdp import CALL_TIMEOUT
from creditline.browser.chromium import Chromium, find_chromium
from creditline.browser.firefox import Firefox, find_firefox
from creditline.containers import sniff
from creditline.ledger.rows import Batch, NewWork
from creditline.metadata import iptc_iim
from creditline.metadata.xmp_packet import packet
from creditline.model.observation import Observation
from creditline.runtime.serve import serving
from creditline.services import probe_fields
from creditline.services.check import audit_bytes, inspect_bytes
from creditline.services.context import Context

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from creditline.ledger.store import Ledger

FOUND = {"chromium": find_chromium(), "firefox": find_firefox()}
ATTACK = '"><img src=x onerror=window.pwned=1><script>window.pwned=1</script>{{7*7}}'


class ChromiumTab(Chromium):
    """What a person does and wishes, over DevTools."""

    KEYS: ClassVar = {"Tab": (9, ""), "Enter": (13, "\r")}

    async def size(self, width: int, height: int = 900) -> None:
        """Lay the page out for a window of that many CSS pixels."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        await self.call("Emulation.setDeviceMetricsOverride", metrics)

    async def key(self, key: str) -> None:
        """Press a key."""
        code, text = self.KEYS[key]
        press = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        typed = {"text": text} if text else {}
        await self.call("Input.dispatchKeyEvent", {"type": "keyDown", **press, **typed})
        await self.call("Input.dispatchKeyEvent", {"type": "keyUp", **press})

    async def prefer(self, scheme: str) -> None:
        """Ask pages for `light` or `dark`."""
        wish = {"name": "prefers-color-scheme", "value": scheme}
        await self.call("Emulation.setEmulatedMedia", {"features": [wish]})

    async def without_scripts(self) -> None:
        """No script of a page runs in this tab any more."""
        await self.call("Emulation.setScriptExecutionDisabled", {"value": True})

    @asynccontextmanager
    async def dialogs(self) -> AsyncIterator[list[dict[str, Any]]]:
        """Every dialog that a page opens."""
        with self.gathered("Page.javascriptDialogOpening") as found:
            yield found

    @asynccontextmanager
    async def tab(self) -> AsyncIterator[ChromiumTab]:
        """A further tab."""
        async with self.page() as page:
            yield ChromiumTab(page._tools, page._port)


class FirefoxTab(Firefox):
    """The same over WebDriver BiDi, and over the browser's own window for what BiDi has no call for."""

    KEYS: ClassVar = {"Tab": "\ue004", "Enter": "\ue007"}
    scripts = True

    async def size(self, width: int, height: int = 900) -> None:
        """Lay the page out for a window of that many CSS pixels."""
        size = {"width": width, "height": height}
        await self.call("browsingContext.setViewport", {"context": self.context, "viewport": size})

    async def key(self, key: str) -> None:
        """Press a key."""
        actions = [{"type": kind, "value": self.KEYS[key]} for kind in ("keyDown", "keyUp")]
        source = {"type": "key", "id": "keyboard", "actions": actions}
        await self.call("input.performActions", {"context": self.context, "actions": [source]})

    async def prefer(self, scheme: str) -> None:
        """Ask pages for `light` or `dark`, in all tabs."""
        value = {"dark": 0, "light": 1}[scheme]
        await self._in_browser(
            f"void Services.prefs.setIntPref('layout.css.prefers-color-scheme.content-override', {value})"
        )

    async def without_scripts(self) -> None:
        """No script of a page runs in this tab any more."""
        await self._in_browser("void (gBrowser.selectedBrowser.browsingContext.allowJavascript = false)")
        self.scripts = False

    async def evaluate(self, expression: str, *, timeout: float = CALL_TIMEOUT) -> Any:
        """As ever; where scripts are off, promises are not awaited, for they never settle there."""
        if self.scripts:
            return await super().evaluate(expression, timeout=timeout)
        text = (await self._evaluate(f"JSON.stringify({expression})", timeout)).get("value")
        return None if text is None else json.loads(text)

    @asynccontextmanager
    async def dialogs(self) -> AsyncIterator[list[dict[str, Any]]]:
        """Every dialog that a page opens."""
        await self.call("session.subscribe", {"events": ["browsingContext.userPromptOpened"]})
        with self._tools.gathered("browsingContext.userPromptOpened") as found:
            yield found

    @asynccontextmanager
    async def tab(self) -> AsyncIterator[FirefoxTab]:
        """A further tab, in front: keys reach no other."""
        async with self.page() as page:
            await self.call("browsingContext.activate", {"context": page.context})
            yield FirefoxTab(self._tools, page.context)

    async def _in_browser(self, expression: str) -> None:
        windows = await self.call("browsingContext.getTree", {"moz:scope": "chrome", "maxDepth": 0})
        await Firefox(self._tools, windows["contexts"][0]["context"]).evaluate(expression)


type Tab = ChromiumTab | FirefoxTab


@dataclass(frozen=True)
class Opened:
    """A signed-in page, the server's address, and every page's path."""

    page: Tab
    server: str
    paths: dict[str, str]
    context: Context


@asynccontextmanager
async def started(browser: str, profile: Path) -> AsyncIterator[Tab]:
    """The first tab of a new `chromium` or `firefox`."""
    if browser == "chromium":
        async with Chromium.launch(FOUND[browser], profile=profile) as chromium:
            yield ChromiumTab(chromium._tools, chromium._port)
    else:
        # Without system access WebDriver does not reach the browser's own window.
        flags = ("--remote-allow-system-access",)
        async with Firefox.launch(FOUND[browser], profile=profile, flags=flags) as firefox:
            yield FirefoxTab(firefox._tools, firefox.context)


@asynccontextmanager
async def opened(tmp_path: Path, browser: str) -> AsyncIterator[Opened]:
    """A server with one work, an ordinary one, and a browser that is signed in."""
    context = Context.open(tmp_path / "home", options={"port": 0, "workers": 1})
    filled = fill(context.ledger)
    paths = {
        "home": "/",
        "works": "/works",
        "work": f"/works/{filled.work}",
        "audits": "/audits",
        "audit": f"/audits/{filled.verdict}",
        "sites": "/sites",
        "site": f"/sites/{filled.site}",
        "scoreboard": "/scoreboard",
        "reports": "/reports",
        "inspect": "/inspect",
        "settings": "/settings",
        "doctor": "/doctor",
        "problem": "/works/NOTHING",
    }
    try:
        async with (
            serving(context, proxy=False) as running,
            started(browser, tmp_path / "profile") as page,
        ):
            await page.goto(running.sign_in_link())
            await page.click("button")
            await page.wait_for("location.pathname === '/' && document.readyState === 'complete'", timeout=30)
            yield Opened(page, running.server, paths, context)
    finally:
        context.close()


def attacking() -> tuple[bytes, int]:
    """A JPEG with an attack in every field of XMP and IPTC that takes text, and how many fields that are."""
    said = {name: f"{ATTACK}{number}" for number, name in enumerate(probe_fields.values("T", 1, "ai"))}
    iim = {key: [ATTACK] if isinstance(value, list) else ATTACK for key, value in probe_fields.iim(said).items()}
    changes = {"xmp": [packet(probe_fields.xmp(said))], "iptc": [iptc_iim.encode({"2:080": ATTACK, **iim})]}
    return sniff.replace(picture((10, 90, 200), (320, 240)), changes), len(said)


def stored(ledger: Ledger, name: str) -> dict[str, str]:
    """The attack in the ledger, as its own work, uploaded and stripped; paths of the pages that show it."""
    data, _ = attacking()
    bare = picture((10, 90, 200), (320, 240))
    audit = audit_bytes(data, bare, uploaded=data).to_json()
    work: str | None = None
    for number, (stage, file) in enumerate((("original", data), ("uploaded", data), ("served", bare))):
        sha256 = hashlib.sha256(file).hexdigest()
        seen = Observation(
            f"{name}{number}",
            f"2026-08-21T10:0{number}:00Z",
            stage,
            "proxy",
            site=ATTACK,
            url=f"https://x.example/{ATTACK}",
            filename=ATTACK,
            account=ATTACK,
            sha256=sha256,
            bytes=len(file),
            format="jpeg",
            work=work,
        )
        reading = inspect_bytes(file).to_json()
        new = NewWork(ATTACK) if work is None else None
        work = ledger.record(Batch(seen, part=seen.id, data=file, reading=reading, work=new)).work
        audit["stages"][stage] = {**audit["stages"][stage], "observation": seen.id, "variant": ATTACK}
    verdict = ledger.put_verdict(audit, work=work, site=ATTACK)
    return {"work": f"/works/{work}", "audit": f"/audits/{verdict}"}
