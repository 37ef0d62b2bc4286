"""The conformance run over a spread of the corpus, and its judgement on made-up differences."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOL = ROOT / "tools" / "conformance.py"
CORPUS = ROOT.parent / "shared" / "corpus"
ABSENT = "shared/corpus is absent (it is given to the team only): corpus tests not run"
SAMPLE = 60


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The tool in a process of its own, as `make conformance` runs it."""
    return subprocess.run(
        [sys.executable, str(TOOL), *arguments], capture_output=True, text=True, check=False, timeout=300
    )


@pytest.mark.skipif(not (CORPUS / "MANIFEST.json").is_file(), reason=ABSENT)
def test_a_spread_of_the_corpus_agrees() -> None:
    """Carriers, values and C2PA states of some sixty files are the referees', or a verdict says who is right."""
    done = run("--sample", str(SAMPLE), "--json")

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    numbers = {line["name"]: line for line in lines if "name" in line}
    open_ones = [
        line["difference"] for line in lines if "difference" in line and not line["difference"]["verdict"]
    ]
    assert [] == open_ones
    assert numbers["readings, no exception and no deadline passed"]["of"] >= SAMPLE
    # A share of so few values says little: each difference has its verdict, which is what is asked above.
    assert all(line["met"] for name, line in numbers.items() if "values" not in name), done.stdout


def test_without_the_corpus_it_says_so(tmp_path: Path) -> None:
    """Where there is no corpus nothing is measured, and that is no failure."""
    done = run("--corpus", str(tmp_path))

    assert (0, "") == (done.returncode, done.stdout)
    assert "absent" in done.stderr


def test_every_place_of_the_crosswalk_has_a_tag(monkeypatch: pytest.MonkeyPatch) -> None:
    """A field that is added to the vocabulary must be compared, or said to have no tag."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    from conformance_parts.values import PLACES

    assert "XMP-dc:Creator" in PLACES
    assert ("creator", False) == PLACES["IPTC:By-line"][:2]


def test_values_are_forgiven_their_form_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dates and white space may be written differently; another value never passes."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    from conformance_parts.expected import Entry
    from conformance_parts.values import compare

    tags = {
        "IFD0:Artist": ["Ann; Bob "],
        "ExifIFD:DateTimeOriginal": ["2026:03:14 18:15:00"],
        "ExifIFD:OffsetTimeOriginal": ["+01:00"],
        "IPTC:City": [" "],
        "XMP-dc:Title": ["Sea"],
    }
    entry = Entry("a.jpg", "JPEG", {}, {}, None, None, tags)
    fields = {
        ("exif", "IFD0:Artist"): ["Ann", "Bob"],
        ("exif", "ExifIFD:DateTimeOriginal"): "2026-03-14T18:15:00+01:00",
        ("xmp", "dc:title"): "See",
    }

    found = {item.tag: item.equal for item in compare(entry, fields)}

    assert {
        "IFD0:Artist": True,
        "ExifIFD:DateTimeOriginal": True,
        "IPTC:City": True,
        "XMP-dc:Title": False,
    } == found


def test_a_verdict_is_found_by_file_and_tag(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every verdict names a side and a reason, and speaks for its own file only."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    from conformance_parts.verdicts import load, verdict_on

    verdicts = load()

    assert {v.right for v in verdicts} <= {"creditline", "referee", "both", "neither"}
    assert all(v.why.endswith(".") for v in verdicts)
    assert verdict_on(verdicts, "value", "cmi/other.png", "PNG:ExifArtist") is None
    assert verdict_on(verdicts, "value", "cmi/imagemeta__sunrise.png", "PNG:ExifArtist") is not None
