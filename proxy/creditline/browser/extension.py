"""The browser extension as this installation carries it, and copies of it for a profile of its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from creditline.model.errors import MissingPartError

CHROMIUM_ID = "ggipcbnhkddcbjbekmcaimfnjeakfojh"
"""Pinned by the manifest's `key`; Firefox gives each profile an id of its own."""

_PACKAGE = Path(__file__).resolve().parents[1]
_PLACES = (_PACKAGE / "_extension", _PACKAGE.parents[1] / "extension")
"""Where a wheel carries it, and where a checkout has it."""


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
