"""The ready-made browser: a window with a profile of its own, in which proxy, certificate and extension are set up.

Nothing of the user's own profile is read or changed; when the window is closed, nothing runs and nothing is left.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from creditline.browser import chromium, extension, firefox, pac
from creditline.browser.process import empty_folder, grouped, remove

if TYPE_CHECKING:
    import asyncio.subprocess
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Setting:
    """What the window is set up with.

    `proxy` and `server` are addresses `http://host:port`; `patterns` the anchored patterns of the hosts that go
    through the proxy; `authority` the PEM file of the one authority trusted beside the browser's own, `pin` the
    base64 SHA-256 of its key; `token` pairs the extension; `capture` are hosts on which picked files are kept.
    """

    proxy: str
    server: str
    patterns: tuple[str, ...]
    authority: Path
    pin: str
    token: str
    capture: tuple[str, ...] = ()


@asynccontextmanager
async def window(
    browser: str, executable: Path, profile: Path, setting: Setting, url: str, *, flags: Sequence[str] = ()
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A window of `browser` (chromium, firefox) on `url`; at the end of the block it is closed, the profile removed.

    Raises:
        MissingPartError: the extension, or for Firefox `certutil`, is not there.
        UsageError: the profile folder holds something already.
        BrowserError: the browser does not start.
    """
    prepare = _chromium if browser == "chromium" else _firefox
    try:
        line = await asyncio.to_thread(prepare, executable, profile, setting, url)
        async with grouped([*line[:-1], *flags, line[-1]]) as process:
            yield process
    finally:
        await asyncio.to_thread(remove, profile)


def _chromium(executable: Path, profile: Path, setting: Setting, url: str) -> list[str]:
    empty_folder(profile)
    # A page that Chromium opens on while it sets up an extension that watches requests can wait for ever: the
    # extension opens it when it is ready.
    ours = _extension(profile, setting, first=url)
    return [
        str(executable),
        f"--user-data-dir={profile}",
        *chromium.QUIET,
        *chromium.sandbox(),
        f"--proxy-pac-url={pac.address(pac.script(setting.patterns, setting.proxy))}",
        f"--ignore-certificate-errors-spki-list={setting.pin}",
        f"--load-extension={ours}",
        "about:blank",
    ]


def _firefox(executable: Path, profile: Path, setting: Setting, url: str) -> list[str]:
    script = pac.address(pac.script(setting.patterns, setting.proxy))
    prefs: dict[str, firefox.Pref] = {
        "network.proxy.type": 2,
        "network.proxy.autoconfig_url": script,
        # The extension is no shop's: it lies in the profile, is taken as it is and is on from the start.
        "xpinstall.signatures.required": False,
        "extensions.autoDisableScopes": 0,
        "extensions.enabledScopes": 15,
    }
    firefox.write_profile(profile, prefs=prefs, authority=setting.authority)
    ours = _extension(profile, setting)
    extension.pack(ours, profile)
    remove(ours)
    return [*firefox.command(executable, profile=profile), url]


def _extension(profile: Path, setting: Setting, *, first: str | None = None) -> Path:
    ours = extension.copy_extension(profile / "creditline-extension", granted=True)
    extension.pair(ours, url=setting.server, token=setting.token, capture=setting.capture, first=first)
    return ours
