"""The browser extension as this installation carries it, and copies of it for a profile of its own."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from creditline.model.errors import MissingPartError

if TYPE_CHECKING:
    from collections.abc import Sequence

CHROMIUM_ID = "ggipcbnhkddcbjbekmcaimfnjeakfojh"
"""Pinned by the manifest's `key`; Firefox gives each profile an id of its own."""

_PACKAGE = Path(__file__).resolve().parents[1]
_PLACES = (_PACKAGE / "_extension", _PACKAGE.parents[1] / "extension")
"""Where a wheel carries it, and where a checkout has it."""
GIVEN = "given.json"
"""Read by the extension's background script: `{"backend": {"url", "token"}, "capture": [host…], "open"?: address}`."""


def extension_folder() -> Path:
    """The unpacked extension, as it loads in Chromium and Firefox.

    Raises:
        MissingPartError: this installation carries none.
    """
    for place in _PLACES:
        if (place / "manifest.json").is_file():
            return place
    raise MissingPartError("this installation carries no browser extension", next_step="install Creditline anew")


def copy_extension(into: Path, *, granted: bool) -> Path:
    """A copy in the new folder `into`; its path.

    With `granted` it has access to all sites from the start, for a profile that is made for it alone: a person who
    installs the extension grants each site by a click.
    """
    shutil.copytree(extension_folder(), into)
    if granted:
        manifest = into / "manifest.json"
        content = json.loads(manifest.read_text(encoding="utf-8"))
        content["host_permissions"] += content.pop("optional_host_permissions")
        manifest.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return into


def pair(copy: Path, *, url: str, token: str, capture: Sequence[str] = (), first: str | None = None) -> None:
    """Tell a copy of the extension its server.

    Args:
        copy: the folder of the copy, in a profile that goes away with the token in it.
        url: the server's address.
        token: a pairing token for it.
        capture: hosts on whose pages picked files are kept as originals.
        first: the page that the extension opens in the window once it is set up.
    """
    content = {"backend": {"url": url, "token": token}, "capture": list(capture)}
    if first is not None:
        content["open"] = first
    given = copy / GIVEN
    given.touch(mode=0o600)
    given.write_text(json.dumps(content), encoding="utf-8")


def pack(copy: Path, profile: Path) -> None:
    """Put a copy into a Firefox profile, as the one file in which it is looked for there."""
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    target = profile / "extensions" / f"{manifest['browser_specific_settings']['gecko']['id']}.xpi"
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(copy.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(copy))
