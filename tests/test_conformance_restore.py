"""A small share of the corpus, stripped and restored, with ExifTool as the referee."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOL = ROOT / "tools" / "conformance_restore.py"
CORPUS = ROOT.parent / "shared" / "corpus"
ABSENT = "shared/corpus is absent (it is given to the team only): corpus tests not run"
SAMPLE = 24


@pytest.mark.skipif(not (CORPUS / "MANIFEST.json").is_file(), reason=ABSENT)
@pytest.mark.skipif(
    shutil.which("exiftool") is None,
    reason="exiftool is not installed: apt-get install libimage-exiftool-perl, or make ci-deps",
)
def test_a_spread_of_the_corpus_comes_back() -> None:
    """Every planned value read back, every picture unchanged, nothing private in a file."""
    done = subprocess.run(
        [sys.executable, str(TOOL), "--sample", str(SAMPLE), "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    numbers = {line["name"]: line for line in lines if "name" in line}
    assert numbers["planned values that ExifTool reads back"]["of"] > SAMPLE, done.stderr
    assert all(line["met"] for line in numbers.values()), done.stdout
