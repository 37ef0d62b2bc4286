"""What the corpus says of a file: its entry in MANIFEST.json and ExifTool's read-out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
_COPY = re.compile(r"^(?P<group>[^:]+):(?:Copy(?P<copy>\d+):)?(?P<name>.+)$")

CARRIER_KEYS = {
    "exif": "exif",
    "iptc": "iptc",
    "xmp": "xmp",
    "xmp_extended": "xmp_extended",
    "c2pa": "c2pa",
    "comment": "comment",
    "photoshop_irb": "photoshop",
    "icc": "icc",
    "mpf": "mpf",
    "stealth_pnginfo": "stealth",
    "png_text": "png_text",
}
"""The corpus's `carries` key → our carrier."""

OTHER_CARRIERS = re.compile(r"XML:com\.adobe\.xmp$|Raw profile type ", re.IGNORECASE)
"""Keywords under which PNG text holds XMP, Exif, IPTC or ICC: those are carriers of their own with us."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file. `tags`: `group:name` → values in file order; `numeric` the same for `exiftool -n` where it differs."""

    path: str
    format: str
    carries: dict[str, bool]
    ai: dict[str, Any]
    c2pa_state: dict[str, str | None] | None
    c2pa_error: str | None
    tags: dict[str, list[Any]] = field(default_factory=dict)
    numeric: dict[str, list[Any]] = field(default_factory=dict)
    text_keywords: tuple[str, ...] | None = None
    c2pa: dict[str, Any] = field(default_factory=dict)

    @property
    def hostile(self) -> bool:
        """Whether the file is damaged on purpose: no reading of it is compared."""
        return self.path.startswith("hostile/")

    @property
    def carriers(self) -> dict[str, bool]:
        """Our carrier → whether the file has it; carriers that the corpus is silent about are left out."""
        found = {ours: bool(self.carries[theirs]) for theirs, ours in CARRIER_KEYS.items()}
        if self.text_keywords is not None:
            found["png_text"] = any(not OTHER_CARRIERS.match(word) for word in self.text_keywords)
        if self.format in {"TIFF", "BTF", "DNG"} and not found["exif"]:
            # Every TIFF has a directory; the corpus counts it as Exif only where it says more than the layout.
            del found["exif"]
        if found["iptc"] and not found["photoshop"]:
            # The corpus counts resource blocks only where one besides the IIM is there; with us IIM has a host.
            del found["photoshop"]
        if (self.c2pa_error or "").startswith("ManifestNotFound"):
            found["c2pa"] = False
        return found


def entries(corpus: Path) -> list[Entry]:
    """Every file of the corpus that is no trust list."""
    listed = json.loads((corpus / "MANIFEST.json").read_text(encoding="utf-8"))
    return [_entry(corpus, item) for item in listed if "role" not in item]


def _entry(corpus: Path, item: dict[str, Any]) -> Entry:
    found: dict[str, Any] = {}
    if "expected" in item:
        text = (corpus / item["expected"]).read_text(encoding="utf-8")
        # Numbers as text: `0.10` must not become 0.1, nor a serial number 1.5e+16.
        found = json.loads(text, parse_float=str, parse_int=str)
    chunks = found.get("png_chunks", {}).get("text")
    return Entry(
        path=item["path"],
        format=item["format"],
        carries=item["carries"],
        ai=item["ai"],
        c2pa_state=item.get("c2pa_state"),
        c2pa_error=item.get("c2pa_error"),
        tags=by_tag(found.get("exiftool", {})),
        numeric=by_tag(found.get("exiftool_numeric", {})),
        text_keywords=None if chunks is None else tuple(chunk["keyword"] for chunk in chunks),
        c2pa=found.get("c2pa", {}),
    )


def by_tag(values: dict[str, Any]) -> dict[str, list[Any]]:
    """`IPTC:Copy1:City` beside `IPTC:City` is the next one of that name in file order, whatever its group."""
    ordered: dict[str, list[tuple[int, Any]]] = {}
    for name, value in values.items():
        match = _COPY.match(name)
        if match is not None:
            tag = f"{match['group']}:{match['name']}"
            ordered.setdefault(tag, []).append((int(match["copy"] or 0), value))
    return {tag: [value for _, value in sorted(found, key=lambda pair: pair[0])] for tag, found in ordered.items()}
