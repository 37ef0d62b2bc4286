"""Which Creditline writes: readings and verdicts carry it, so that a newer one knows what to compute again."""

from __future__ import annotations

from importlib import metadata


def _installed() -> str:
    # Asked of the installed distribution: the top package's own constant lies above this room.
    try:
        return metadata.version("creditline")
    except metadata.PackageNotFoundError:
        return "uninstalled"


VERSION = _installed()
