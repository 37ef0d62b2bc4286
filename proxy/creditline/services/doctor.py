"""What is there, what is missing, and the command that mends it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any

from creditline.model.errors import CreditlineError
from creditline.model.settings import CONFIG_NAME, load
from creditline.vocab import sites

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = ("mitmproxy", "c2pa-python", "pillow", "piexif", "aiohttp", "sqlalchemy")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `mend` is the command for what is not `ok`."""

    name: str
    ok: bool
    detail: str
    mend: str | None = None

    def to_json(self) -> dict[str, Any]:
        """One entry of `creditline doctor --json`."""
        return {"name": self.name, "ok": self.ok, "detail": self.detail, "mend": self.mend}


def examine(
    home: Path, *, browser: Path | None, ledger_state: str | None, ledger_mend: str | None = None
) -> tuple[Finding, ...]:
    """Every finding. `browser` is the Chromium found; `ledger_state` None where it opens, else why not.

    `ledger_mend` is what to do then, where the error said it.
    """
    findings = [_package(name) for name in PACKAGES]
    findings.append(
        Finding("chromium", True, str(browser))
        if browser is not None
        else Finding("chromium", False, "no Chromium on this machine", "make browsers")
    )
    findings += [_settings(home), _disk(home)]
    findings.append(
        Finding(
            "ledger",
            ledger_state is None,
            ledger_state or "opens",
            None if ledger_state is None else ledger_mend or "creditline db upgrade",
        )
    )
    findings += _opened(home)
    return tuple(findings)


def _package(name: str) -> Finding:
    try:
        return Finding(name, True, metadata.version(name))
    except metadata.PackageNotFoundError:
        return Finding(name, False, "not installed", f"pip install {name}")


def _settings(home: Path) -> Finding:
    try:
        load(home)
    except CreditlineError as error:
        return Finding("settings", False, str(error), _settings_mend(home))
    return Finding("settings", True, "understood")


def _settings_mend(home: Path) -> str:
    """Where the wrong setting stands: in the file, or in the environment over a file that is right."""
    try:
        load(home, environ={})
    except CreditlineError:
        return f"edit {home / CONFIG_NAME}"
    return "unset it in the environment, or name it as docs/reference/settings.md does"


LEAST_FREE = 1024 * 1024 * 1024
"""Bytes under which a few large uploads would fill the disk."""


def _disk(home: Path) -> Finding:
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    enough = free >= LEAST_FREE
    return Finding(
        "disk",
        enough,
        f"{free // (1024 * 1024):,} MiB free for {home}",
        None if enough else "creditline purge --before DATE",
    )


def _opened(home: Path) -> list[Finding]:
    """What is decrypted: these patterns and nothing else (contract §1)."""
    try:
        patterns = sites.load(home).patterns()
    except CreditlineError as error:
        return [Finding("opened", False, str(error), "edit the file it names")]
    return [Finding("opened", True, pattern) for pattern in patterns]
