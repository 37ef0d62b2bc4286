"""Runs every bench of this folder in turn, each in a process of its own; exit code 1 when a goal was missed.

`make bench`, or one alone: `python bench/wire.py`. `recognition.py` takes minutes and has a target of its own.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ALONE = frozenset({"run.py", "recognition.py"})


def main() -> int:
    """The worst exit code of all."""
    worst = 0
    for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
        if path.name not in ALONE:
            worst = max(worst, subprocess.run([sys.executable, path, *sys.argv[1:]], check=False).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
