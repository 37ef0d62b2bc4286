"""What `make fuzz` asks of every reading: over its seeds, the corpus's hostile files, and made-up readings."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.analysis.pictures import encoded, painting

from creditline.model.picture import Presence, Problem
from creditline.model.reading import C2paReading, Carrier, Evidence
from creditline.services.check import inspect_bytes

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT / "tests" / "fixtures" / "fuzz"
CORPUS = ROOT.parent / "shared" / "corpus"
ABSENT = "shared/corpus is absent (it is given to the team only): corpus tests not run"

sys.path.insert(0, str(ROOT / "tools"))
from fuzz_parts.promise import broken_by  # noqa: E402
from fuzz_parts.targets import CARRIERS, TARGETS, around  # noqa: E402

PACKETS = {"hostile/image-png__large-text-chunks-issue_337.png"}
"""Its only text chunk is an XMP packet, which is listed as XMP here."""


def measured(*arguments: str) -> dict[str, object]:
    """What the tool prints, from a process of its own: its memory is then that of the readings."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "hostile.py"), "--json", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_seeds_break_no_promise() -> None:
    """Every file that the fuzzer starts from, former finds among them, is read within time and memory."""
    found = measured("--seeds")

    assert set(TARGETS) == {path.name for path in SEEDS.iterdir()}
    assert {} == found["broken"]
    assert 512 >= int(str(found["megabytes"]))


@pytest.mark.skipif(not (CORPUS / "MANIFEST.json").is_file(), reason=ABSENT)
def test_hostile_files_break_no_promise() -> None:
    """No exception, two seconds and 512 MB at most, and no absence that nobody saw, over the hostile files."""
    found = measured()

    assert int(str(found["files"])) >= 204
    assert {} == found["broken"]
    assert 512 >= int(str(found["megabytes"]))


@pytest.mark.skipif(not (CORPUS / "MANIFEST.json").is_file(), reason=ABSENT)
def test_nothing_is_absent_that_another_reader_saw() -> None:
    """What the manifest says that a hostile file carries is present, unreadable or not examined."""
    names = {"photoshop_irb": "photoshop", "stealth_pnginfo": "stealth"}
    wrong = []
    for entry in json.loads((CORPUS / "MANIFEST.json").read_text(encoding="utf-8")):
        if entry["path"].startswith("hostile/"):
            found = inspect_bytes((CORPUS / entry["path"]).read_bytes(), pixels=False)
            states = {item.carrier: str(item.state) for item in found.carriers}
            seen = [names.get(key, key) for key, there in entry["carries"].items() if there]
            wrong += [(entry["path"], carrier) for carrier in seen if states.get(carrier) == "absent"]

    assert {(path, "png_text") for path in PACKETS} == set(wrong)


def test_a_sound_reading_keeps_the_promises() -> None:
    """A plain picture, and each carrier's first seed in its own."""
    assert broken_by(inspect_bytes(encoded(painting(1)))) is None
    for carrier in CARRIERS:
        seed = next((SEEDS / carrier).iterdir())
        assert broken_by(inspect_bytes(around(carrier, seed.read_bytes()))) is None


def test_each_promise_can_be_broken() -> None:
    """A made-up reading that claims too much is told from one that does not."""
    sound = inspect_bytes(encoded(painting(1), "PNG"))
    absent = tuple(replace(c, state=Presence.ABSENT) for c in sound.carriers)
    nowhere = replace(sound.ai, evidence=(Evidence("prompt", "\ud800", "png_text", "parameters"),))

    assert "JSON" in (broken_by(replace(sound, ai=nowhere)) or "")
    assert "exif" in (broken_by(replace(sound, errors=(Problem("carrier_broken", "x", "exif"),))) or "")
    assert "broke off" in (broken_by(replace(sound, carriers=absent, errors=(Problem("truncated", "x"),))) or "")
    assert "manifest" in (
        broken_by(
            replace(sound, c2pa=C2paReading("none"), carriers=(Carrier("c2pa", Presence.PRESENT, "caBX@8"),))
        )
        or ""
    )
