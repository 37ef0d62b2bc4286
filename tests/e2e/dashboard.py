"""A dashboard over a small ledger, opened in a real Chromium by its sign-in link; and a picture that attacks it."""

from __future__ import annotations

import hashlib
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.server.sample import fill, picture

from creditline.browser.chromium import Chromium, find_chromium
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

FOUND = find_chromium()
ATTACK = '"><img src=x onerror=window.pwned=1><script>window.pwned=1</script>{{7*7}}'


@dataclass(frozen=True)
class Opened:
    """A signed-in page, the server's address, and every page's path."""

    page: Chromium
    server: str
    paths: dict[str, str]
    context: Context

    async def size(self, width: int, height: int = 900) -> None:
        """Lay the page out for a window of that many CSS pixels."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        await self.page.call("Emulation.setDeviceMetricsOverride", metrics)

    async def key(self, key: str, code: int) -> None:
        """Press a key."""
        press = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        text = {"text": "\r"} if key == "Enter" else {}
        await self.page.call("Input.dispatchKeyEvent", {"type": "keyDown", **press, **text})
        await self.page.call("Input.dispatchKeyEvent", {"type": "keyUp", **press})


@asynccontextmanager
async def opened(tmp_path: Path) -> AsyncIterator[Opened]:
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
            Chromium.launch(FOUND, profile=tmp_path / "profile") as page,
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
