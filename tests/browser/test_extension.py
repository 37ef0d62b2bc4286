"""The extension is found beside the package, and copied with or without access to all sites."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from creditline.browser import extension
from creditline.browser.extension import CHROMIUM_ID, copy_extension, extension_folder
from creditline.model.errors import MissingPartError

if TYPE_CHECKING:
    from pathlib import Path


def test_the_checkout_has_an_extension() -> None:
    """One manifest names both kinds of background that the two browsers know."""
    manifest = json.loads((extension_folder() / "manifest.json").read_text(encoding="utf-8"))

    assert {"service_worker", "scripts", "type"} == set(manifest["background"])


def test_the_pinned_id_is_that_of_the_key() -> None:
    """Chromium's id is the first half of the key's SHA-256, its digits as letters from a."""
    manifest = json.loads((extension_folder() / "manifest.json").read_text(encoding="utf-8"))
    digest = hashlib.sha256(base64.b64decode(manifest["key"])).hexdigest()[:32]

    assert CHROMIUM_ID == "".join(chr(ord("a") + int(digit, 16)) for digit in digest)


def test_a_granted_copy_asks_for_no_site(tmp_path: Path) -> None:
    """Its manifest has the optional hosts among the given ones; the original keeps them optional."""
    copy = copy_extension(tmp_path / "copy", granted=True)
    granted = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    original = json.loads((extension_folder() / "manifest.json").read_text(encoding="utf-8"))

    assert "*://*/*" in granted["host_permissions"]
    assert "optional_host_permissions" not in granted
    assert ["*://*/*"] == original["optional_host_permissions"]


def test_a_plain_copy_is_the_extension(tmp_path: Path) -> None:
    """Every file is there, byte for byte."""
    copy = copy_extension(tmp_path / "copy", granted=False)
    source = extension_folder()
    files = {path.relative_to(source): path.read_bytes() for path in source.rglob("*") if path.is_file()}

    assert files == {path.relative_to(copy): path.read_bytes() for path in copy.rglob("*") if path.is_file()}


def test_an_installation_without_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names what is missing and what to do."""
    monkeypatch.setattr(extension, "_PLACES", (tmp_path,))

    with pytest.raises(MissingPartError, match="no browser extension"):
        extension_folder()
