"""Runs every bench of this folder in turn and prints one table; exit code 1 when a goal was missed or a bench broke.

`make bench` runs all; `python bench/run.py wire` one file; `--line "20 MB"` the lines whose name has that in it.
`recognition.py` takes minutes and runs only when it is named.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _ratio import Amount, Line, Ratio, Skipped, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FOLDER = Path(__file__).parent
NAMED_ONLY = frozenset({"recognition"})
KINDS: dict[str, type[Line]] = {kind.__name__: kind for kind in (Ratio, Amount, Skipped)}


def benches() -> list[str]:
    """Every bench, by the name of its file."""
    return sorted(path.stem for path in FOLDER.glob("[a-z]*.py") if path.name != Path(__file__).name)


def measured(bench: str, only: Sequence[str]) -> Iterator[Line]:
    """The lines of one bench, as they come.

    Raises:
        RuntimeError: it ended with an error.
    """
    command = [sys.executable, FOLDER / f"{bench}.py", "--json", *(f"--line={part}" for part in only)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for said in process.stdout:
            yield _line(json.loads(said))
    if process.returncode not in {0, 1}:
        raise RuntimeError(f"{bench}.py ended with {process.returncode}")


def _line(said: dict[str, Any]) -> Line:
    kind = KINDS[said.pop("kind")]
    del said["met"]
    return kind(**said)


def missed(line: Line) -> str:
    """One line on a goal that was not reached."""
    if isinstance(line, Ratio):
        return f"{line.name}: {line.ratio:.3f} × {line.against}, goal ≤ {line.goal:.2f}"
    if isinstance(line, Amount):
        return f"{line.name}: {line.amount:.4g} {line.unit}, goal ≤ {line.goal:g}"
    return line.name


def main() -> int:
    """Print the table, then what was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", nargs="*", choices=[[], *benches()], help="only these files")
    parser.add_argument("--line", action="append", default=[], metavar="PART", help="only lines with this in them")
    options = parser.parse_args()
    wrong: list[str] = []
    for bench in options.bench or [name for name in benches() if name not in NAMED_ONLY]:
        try:
            for line in measured(bench, options.line):
                print(text(line), flush=True)
                if not line.met:
                    wrong.append(missed(line))
        except (RuntimeError, ValueError, KeyError, TypeError) as error:
            wrong.append(f"{bench}.py is broken: {error}")
    for what in wrong:
        print(f"MISSED  {what}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
