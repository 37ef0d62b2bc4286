"""Zips extension/ for the stores, the same bytes each time: `python tools/zip_extension.py` (`make extension`)."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can name; file times would make each zip another."""


def write(into: Path) -> Path:
    """The zip of the extension in the folder `into`."""
    source = ROOT / "extension"
    version = json.loads((source / "manifest.json").read_text(encoding="utf-8"))["version"]
    into.mkdir(parents=True, exist_ok=True)
    target = into / f"creditline-extension-{version}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for path in sorted(path for path in source.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(source).as_posix(), _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            out.writestr(entry, path.read_bytes())
    return target


if __name__ == "__main__":
    print(write(ROOT / "dist").relative_to(ROOT))
