"""Node, where the machine has one: it runs the extension's modules without a browser."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parents[2]
EXTENSION = ROOT / "extension"
CORPUS = ROOT.parent / "shared" / "corpus"
OLDEST = 20
"""The first release whose DecompressionStream and test runner do what these tests ask."""


def _node() -> str | None:
    found = shutil.which("node")
    if found is None:
        return None
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)", said)
    return found if version and int(version[1]) >= OLDEST else None


NODE = _node()
needs_node = pytest.mark.skipif(
    NODE is None, reason=f"no node {OLDEST} or later on this machine: `make ci-deps` installs it"
)


def readings(paths: Iterable[Path]) -> dict[Path, dict[str, Any]]:
    """What the extension's parser reads of each file."""
    said = subprocess.run(
        [NODE or "node", str(Path(__file__).with_name("read.mjs"))],
        input="\n".join(str(path) for path in paths),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    lines = [json.loads(line) for line in said.stdout.splitlines()]
    return {Path(line["path"]): line for line in lines}
