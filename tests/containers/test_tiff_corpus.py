"""Real GIF, TIFF, BigTIFF and DNG files: carriers exactly as listed, and everything out and in again."""

import io
import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageSequence

from creditline.analysis.read import read
from creditline.containers import gif, tiff
from creditline.model.errors import ContainerError
from creditline.model.picture import Layout

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
if not (CORPUS / "MANIFEST.json").is_file():
    pytest.skip(
        "shared/corpus is absent (it is given to the team only): corpus tests not run", allow_module_level=True
    )

FINDERS = {"GIF": gif, "TIFF": tiff, "BTF": tiff, "DNG": tiff}
ENTRIES = [e for e in json.loads((CORPUS / "MANIFEST.json").read_text(encoding="utf-8")) if e["format"] in FINDERS]
READABLE = [e for e in ENTRIES if not e["path"].startswith("hostile/")]
HOSTILE = [e for e in ENTRIES if e["path"].startswith("hostile/")]

LEADS_OUT = "cmi/twelvemonkeys__ifd-end-pointer.tif"
"""Its chain of directories leads out of the file: it is read as cut, and not written into."""

STRIPES = 40_000
"""Bytes of a file up to which its pixels are decoded and compared."""


def pixels(data: bytes) -> list[bytes] | None:
    """Decoded pixels of every page, or None if the decoder refuses the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as image:
                return [page.convert("RGBA").tobytes() for page in ImageSequence.Iterator(image)]
    except (OSError, ValueError, SyntaxError, TypeError):
        return None


def every(layout: Layout) -> dict[str, list[bytes]]:
    own: dict[str, list[bytes]] = {}
    for block in layout.blocks:
        own.setdefault(block.carrier, []).append(block.payload)
    return own


def rest(layout: Layout, data: bytes) -> bytes:
    """The picture's own bytes: what lies behind the header and in no directory or block."""
    return b"".join(data[s.offset : s.offset + s.length] for s in layout.segments if s.kind in {"data", "image"})


@pytest.mark.parametrize("entry", READABLE, ids=lambda entry: str(entry["path"]))
def test_carriers(entry: dict[str, Any]) -> None:
    """Each carrier that an independent reader lists is found, and no other."""
    finder = FINDERS[entry["format"]]
    names = {name: "photoshop_irb" if name == "photoshop" else name for name in finder.CARRIERS}

    layout = finder.find((CORPUS / entry["path"]).read_bytes())

    assert {name for name, listed in names.items() if entry["carries"][listed]} == set(every(layout))
    assert (entry["width"], entry["height"]) == (layout.width, layout.height)


@pytest.mark.parametrize("entry", READABLE, ids=lambda entry: str(entry["path"]))
def test_all_out_and_in_again(entry: dict[str, Any]) -> None:
    """With everything taken out nothing is left; with everything back all blocks and the picture are as before."""
    finder = FINDERS[entry["format"]]
    data = (CORPUS / entry["path"]).read_bytes()
    layout = finder.find(data)
    own = every(layout)
    if entry["path"] == LEADS_OUT:
        with pytest.raises(ContainerError):
            finder.replace(data, {})
        return

    gone = finder.replace(data, {carrier: [] for carrier in finder.CARRIERS})
    back = finder.replace(gone, own)

    assert () == finder.find(gone).blocks
    assert own == every(finder.find(back))
    assert rest(layout, data).rstrip(b"\0") in rest(finder.find(back), back) or finder is tiff
    if len(data) <= STRIPES:
        assert pixels(data) == pixels(gone) == pixels(back)


def test_manifests() -> None:
    """The one DNG with Content Credentials is read with the state listed for it; no other file claims any."""
    states = {e["path"]: read((CORPUS / e["path"]).read_bytes(), pixels=False).c2pa.state for e in READABLE}

    expected = {e["path"]: e["c2pa_state"]["official"].lower() for e in READABLE if e["carries"]["c2pa"]}
    assert {LEADS_OUT: "not_examined", **expected} == {p: state for p, state in states.items() if state != "none"}


@pytest.mark.parametrize("entry", HOSTILE, ids=lambda entry: str(entry["path"]))
def test_hostile(entry: dict[str, Any]) -> None:
    """Whatever they hold, there is a reading, and what cannot be read is not called absent."""
    inspection = read((CORPUS / entry["path"]).read_bytes(), pixels=False)

    if any(problem.carrier is None and problem.code != "not_a_picture" for problem in inspection.errors):
        assert "absent" not in {str(carrier.state) for carrier in inspection.carriers}
