"""The finders over real files: nothing lost, nothing raised. Skipped where the corpus is not at hand."""

import io
import json
import time
import warnings
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from creditline.containers import FINDERS, sniff
from creditline.model.errors import ContainerError

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
if not (CORPUS / "MANIFEST.json").is_file():
    pytest.skip(
        "shared/corpus is absent (it is given to the team only): corpus tests not run", allow_module_level=True
    )

ENTRIES = [e for e in json.loads((CORPUS / "MANIFEST.json").read_text(encoding="utf-8")) if "role" not in e]
HOSTILE = [e for e in ENTRIES if e["path"].startswith("hostile/")]
READABLE = [e for e in ENTRIES if not e["path"].startswith("hostile/")]
FOUND = {name: finder for finder in FINDERS for name in finder.FORMATS}
DECODED = {"jpeg", "png", "webp", "gif", "tiff", "dng", "avif"}
"""Formats whose pixels can be decoded here."""

SAMPLE = 20
"""Files per format whose pixels are compared: together they take some seconds."""

OTHER_LABELS = {"cmi/exiftool__ExifTool.jpg", "c2pa/c2pa-rs__no_manifest.jpg"}
"""One holds a box of a forerunner of C2PA, the other only says where a manifest would be."""


def read(entry: dict[str, Any]) -> bytes:
    return (CORPUS / entry["path"]).read_bytes()


def pixels(data: bytes) -> bytes | None:
    """Decoded pixels as coded, or None if the decoder refuses the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as image:
                return image.convert("RGBA").tobytes()
    except (OSError, ValueError, SyntaxError):
        return None


def test_no_change_is_no_change() -> None:
    """Every readable file comes back byte for byte, with no change and with its own payloads."""
    refused = []
    for entry in READABLE:
        data = read(entry)
        layout = sniff.find(data)
        if layout.format not in FOUND:
            continue
        own: dict[str, list[bytes]] = {}
        for block in layout.blocks:
            own.setdefault(block.carrier, []).append(block.payload)
        broken = {block.carrier for block in layout.blocks if block.problem}
        kept = {carrier: own[carrier] for carrier in own if carrier not in broken}
        try:
            assert data == sniff.replace(data, {}), entry["path"]
            assert data == sniff.replace(data, kept), entry["path"]
        except ContainerError:
            refused.append(entry["path"])

    # One ends early, the other's chain of directories leads out of the file.
    assert ["cmi/twelvemonkeys__ifd-end-pointer.tif", "formats/sharp__truncated.png"] == refused


def test_finds_what_the_manifest_says() -> None:
    """Each carrier that an independent reader saw is found, and sizes agree."""
    carriers = ("exif", "xmp", "xmp_extended", "iptc", "c2pa", "icc", "mpf", "comment")
    missed = []
    for entry in READABLE:
        layout = sniff.find(read(entry))
        if layout.format not in FOUND:
            continue
        if entry["width"] is not None:  # the other reader sees no size in some AVIF and JPEG XL files
            assert (entry["width"], entry["height"]) == (layout.width, layout.height), entry["path"]
        found = {block.carrier for block in layout.blocks}
        missed += [(entry["path"], c) for c in carriers if entry["carries"].get(c) and c not in found]

    assert {(path, "c2pa") for path in OTHER_LABELS} == set(missed)


@pytest.mark.parametrize("kind", [kind for kind in FOUND if kind in DECODED])
def test_remove_and_restore_keep_pixels(kind: str) -> None:
    """Each carrier of a sample of files goes and comes back; payloads and decoded pixels are as before."""
    mine = [
        e for e in READABLE if any(e["carries"].values()) and e["bytes"] < 300_000 and sniff.sniff(read(e)) == kind
    ]
    checked = 0
    writable = FOUND[kind].WRITABLE
    for entry in mine[:: max(1, len(mine) // SAMPLE)][:SAMPLE]:
        data = read(entry)
        layout = sniff.find(data)
        before = pixels(data)
        if before is None or any(block.problem for block in layout.blocks):
            continue
        for carrier in sorted({block.carrier for block in layout.blocks} & set(writable)):
            own = [block.payload for block in layout.blocks if block.carrier == carrier]
            gone = sniff.replace(data, {carrier: []})
            back = sniff.replace(gone, {carrier: own})
            again = sniff.find(back)

            assert carrier not in {block.carrier for block in sniff.find(gone).blocks}, entry["path"]
            assert own == [block.payload for block in again.blocks if block.carrier == carrier], entry["path"]
            assert before == pixels(gone) == pixels(back), entry["path"]
        checked += 1

    assert checked > min(SAMPLE, len(mine)) // 2


def test_hostile_files_raise_nothing_and_end_soon() -> None:
    """A layout for each, within its own time; splicing gives bytes or a refusal."""
    for entry in HOSTILE:
        data = read(entry)
        started = time.monotonic()
        layout = sniff.find(data)
        try:
            assert data == sniff.replace(data, {}), entry["path"]
            sniff.replace(data, {carrier: [] for carrier in layout.carriers if carrier != "stealth"})
        except ContainerError:
            pass

        assert sum(part.length for part in layout.segments) in {0, len(data)}, entry["path"]
        assert time.monotonic() - started < 5, entry["path"]
