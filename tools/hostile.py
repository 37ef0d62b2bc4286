"""Reads every hostile file of the corpus and every seed of the fuzzer; prints the slowest and the peak of memory.

Exit 1 when one raises, takes over 2 s of processor time, makes this process grow over 512 MB, or claims an absence
that nobody saw.
`--json` prints one object: `files`, `seconds` (of the slowest), `slowest`, `megabytes`, `broken` (file → sentence).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from fuzz_parts.promise import MAX_MEGABYTES, MAX_SECONDS, broken_by, most_memory
from fuzz_parts.targets import CONTAINERS, TARGETS, inspected

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT / "tests" / "fixtures" / "fuzz"
CORPUS = ROOT.parent / "shared" / "corpus"


def main() -> int:
    """Read them all; print; say whether every promise was kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--seeds", action="store_true", help="only the fuzzer's seeds")
    arguments = parser.parse_args()
    files = [(target, path) for target in TARGETS for path in sorted((SEEDS / target).iterdir())]
    if not arguments.seeds:
        files += [(CONTAINERS[0], path) for path in sorted((CORPUS / "hostile").glob("*__*"))]
    for target in TARGETS:  # so that imports are counted to no file
        inspected(target, next((SEEDS / target).iterdir()).read_bytes())
    broken: dict[str, str] = {}
    slowest = (0.0, "")
    for target, path in files:
        name = f"{path.parent.name}/{path.name}"
        data = path.read_bytes()
        started = time.process_time()
        try:
            inspection = inspected(target, data)
            sentence = None if inspection is None else broken_by(inspection)
        except Exception as error:  # noqa: BLE001 - which of them raise is what is asked
            sentence = f"{type(error).__name__}: {error}"
        spent = time.process_time() - started
        slowest = max(slowest, (spent, name))
        if spent > MAX_SECONDS:
            sentence = f"{spent:.1f} s"
        if sentence:
            broken[name] = sentence
    megabytes = most_memory()
    if arguments.json:
        found = {"files": len(files), "seconds": slowest[0], "slowest": slowest[1], "megabytes": megabytes}
        print(json.dumps(found | {"broken": broken}))
    else:
        print(
            f"{len(files)} files, {len(broken)} promises broken; the slowest took {slowest[0]:.2f} s ({slowest[1]})"
        )
        print(f"peak memory of one process that read them all: {megabytes} MB")
        for name, sentence in broken.items():
            print(f"  {name}: {sentence}")
    return int(bool(broken) or megabytes > MAX_MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
