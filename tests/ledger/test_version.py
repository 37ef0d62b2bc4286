"""What is written says who wrote it."""

from __future__ import annotations

from importlib import metadata

import pytest

from creditline.ledger import version


def test_it_is_the_installed_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """The distribution's version; a tree that was never installed says so instead of failing."""
    assert metadata.version("creditline") == version.VERSION

    def absent(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", absent)
    assert "uninstalled" == version._installed()
