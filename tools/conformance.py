"""Compares what Creditline reads with the referees of the field, over the corpus; exit 1 when a goal is missed.

Prints one line a number and writes docs/reference/conformance.md and c2pa-review.md. `--json` prints one object a line
instead; `--sample N` takes every file of a spread of N and writes nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from conformance_parts import expected, pages, verdicts
from conformance_parts.numbers import measure
from conformance_parts.workers import observe

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"
REFEREE = "13.58"
"""ExifTool's version behind the corpus's read-outs."""
ABSENT = "shared/corpus is absent (it is given to the team only): conformance not measured"


def main() -> int:
    """Read, compare, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=expected.CORPUS, help="the corpus's folder")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--sample", type=int, metavar="N", help="compare a spread of N files and write no page")
    arguments = parser.parse_args()
    if not (arguments.corpus / "MANIFEST.json").is_file():
        print(ABSENT, file=sys.stderr)
        return 0
    entries = expected.entries(arguments.corpus)
    if arguments.sample:
        entries = entries[:: max(1, len(entries) // arguments.sample)]
    seen = observe(arguments.corpus, entries, progress=_progress(len(entries)))
    result = measure(entries, seen, verdicts.load())
    for line in result.lines:
        print(json.dumps(asdict(line) | {"met": line.met}) if arguments.json else pages.text_of(line))
    for item in result.differences:
        if item.verdict is None or arguments.json:
            shown = f"not reviewed: {item.kind} {item.file} {item.on}: ours {item.ours!r}, theirs {item.theirs!r}"
            print(json.dumps({"difference": asdict(item)}) if arguments.json else shown)
    if not arguments.sample:
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / "conformance.md").write_text(pages.conformance(result, REFEREE), encoding="utf-8")
        (FOLDER / "c2pa-review.md").write_text(pages.review(entries, seen), encoding="utf-8")
    return 0 if all(line.met for line in result.lines) else 1


def _progress(total: int) -> Callable[[int], None]:
    def show(done: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{done} of {total} files", end="\n" if done == total else "", file=sys.stderr, flush=True)

    return show


if __name__ == "__main__":
    sys.exit(main())
