"""Fuzzes the whole reading, one target a container or carrier, and prints how often each ran; exit 1 on a find.

Coverage-guided (atheris, libFuzzer). Seeds are tests/fixtures/fuzz and, where it is at hand, ../shared/corpus; what
breaks a promise is written to `--finds`, to be made a fixture and mended. A run counts as a find when something other
than a reading comes out, when a reading takes over 2 s or the process over 512 MB, and when a line claims an absence
that nobody saw (fuzz_parts/promise.py).
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT / "tests" / "fixtures" / "fuzz"
CORPUS = ROOT.parent / "shared" / "corpus"
MAX_SEED = 48 * 1024
"""Bytes of a file of the corpus that is a seed: mutating larger ones mutates pixels."""
MAX_LENGTH = 64 * 1024
BASELINE = 160
"""Megabytes of the interpreter with the fuzzer, the SDK and numpy in it, before the first file."""
PACKAGES = ("containers", "metadata", "structures", "analysis", "vocab", "model")


@dataclass(frozen=True, slots=True)
class Run:
    """One target's run: how often it was called in how many seconds, and the files that broke a promise."""

    target: str
    executions: int
    seconds: float
    finds: tuple[Path, ...]
    log: str


def main() -> int:
    """Run the targets, as many at once as there are processors; print a line each."""
    from fuzz_parts.targets import TARGETS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5, help="how long each target runs")
    parser.add_argument("--target", action="append", choices=TARGETS, help="only this one (repeatable)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="targets at a time")
    parser.add_argument("--finds", type=Path, default=ROOT / ".fuzz", help="where what breaks a promise goes")
    arguments = parser.parse_args()
    total = 0
    found = False
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for run in pool.map(
            lambda target: fuzz(target, arguments.minutes * 60, arguments.finds), arguments.target or TARGETS
        ):
            total += run.executions
            found = found or bool(run.finds) or not run.executions
            what = "nothing found" if not run.finds else f"FOUND {', '.join(map(str, run.finds))}"
            print(f"{run.target:<6} {run.executions:>10,} executions in {run.seconds:4.0f} s: {what}", flush=True)
            if run.finds or not run.executions:
                print(run.log[-3000:], file=sys.stderr, flush=True)
    print(f"all    {total:>10,} executions")
    return int(found)


def fuzz(target: str, seconds: float, finds: Path) -> Run:
    """One target in processes of its own until its time is up or something is found.

    What the fuzzer calls slow or large is read again without it: instrumented code is several times slower.
    """
    place = finds / target
    place.mkdir(parents=True, exist_ok=True)
    before = set(place.iterdir())
    executions, spent, log = 0, 0.0, ""
    new: list[Path] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds(target)):
            shutil.copyfile(seed, Path(folder) / f"seed-{number}")
        while spent < seconds and not new:
            started = time.monotonic()
            done = subprocess.run(
                [sys.executable, __file__, "--child", target, folder, *_limits(seconds - spent, place)],
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                timeout=seconds * 2 + 300,
            )
            spent += time.monotonic() - started
            log = "\n".join(line for line in done.stderr.splitlines() if "Instrumenting" not in line)
            count = _executed(log)
            if not count:
                break
            executions += count
            for find in sorted(set(place.iterdir()) - before):
                if find.name.startswith(("timeout-", "oom-", "slow-unit-")) and replay(target, find) is None:
                    find.unlink()
                else:
                    new.append(find)
    return Run(target, executions, spent, tuple(new), log)


def _executed(log: str) -> int:
    counted = re.findall(r"number_of_executed_units:\s*(\d+)|Done (\d+) runs in|^#(\d+)\s", log, re.MULTILINE)
    return max((int(number) for found in counted for number in found if number), default=0)


def replay(target: str, find: Path) -> str | None:
    """The promise that a find breaks when it is read without the fuzzer; None when it keeps them all."""
    from fuzz_parts.promise import MAX_SECONDS

    done = subprocess.run(
        [sys.executable, __file__, "--replay", target, str(find)],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=60 * MAX_SECONDS,
    )
    return done.stderr[-2000:] or "the process died" if done.returncode else None


def replayed(target: str, data: bytes) -> str | None:
    """The same, in this process."""
    from fuzz_parts.promise import MAX_MEGABYTES, MAX_SECONDS, broken_by, most_memory
    from fuzz_parts.targets import inspected

    inspected(target, next((SEEDS / target).iterdir()).read_bytes())  # so that imports are not counted
    started = time.process_time()
    inspection = inspected(target, data)
    spent = time.process_time() - started
    megabytes = most_memory()
    if spent > MAX_SECONDS:
        return f"the reading took {spent:.1f} s"
    if megabytes > MAX_MEGABYTES:
        return f"the process took {megabytes} MB"
    return None if inspection is None else broken_by(inspection)


def _limits(seconds: float, place: Path) -> list[str]:
    from fuzz_parts.promise import MAX_MEGABYTES, MAX_SECONDS

    return [
        f"-max_total_time={seconds:.0f}",
        f"-timeout={MAX_SECONDS}",
        f"-rss_limit_mb={MAX_MEGABYTES + BASELINE}",
        f"-malloc_limit_mb={MAX_MEGABYTES}",
        f"-max_len={MAX_LENGTH}",
        f"-artifact_prefix={place}/",
        "-print_final_stats=1",
        "-report_slow_units=1000",
    ]


def seeds(target: str) -> list[Path]:
    """The fixtures of a target, and small files of its format from the corpus."""
    from fuzz_parts.targets import CONTAINERS

    own = sorted(path for path in (SEEDS / target).glob("*") if path.is_file())
    if target not in CONTAINERS or not CORPUS.is_dir():
        return own
    from creditline.containers import sniff

    formats = {"tiff": {"tiff", "dng"}}.get(target, {target})
    for path in sorted(CORPUS.rglob("*__*")):
        if path.is_file() and path.suffix != ".json" and path.stat().st_size <= MAX_SEED:
            data = path.read_bytes()
            if sniff.sniff(data) in formats:
                own.append(path)
    return own


def child(target: str, arguments: Sequence[str]) -> None:
    """The fuzzer itself, in this process; it never returns."""
    import atheris

    with atheris.instrument_imports(include=[f"creditline.{name}" for name in PACKAGES] + ["piexif"]):
        import pkgutil

        import creditline

        for name in PACKAGES:
            package = __import__(f"creditline.{name}", fromlist=["__path__"])
            for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
                __import__(module.name)
        assert creditline.__version__
    from fuzz_parts.promise import broken_by
    from fuzz_parts.targets import inspected

    def one(data: bytes) -> None:
        inspection = inspected(target, data)
        sentence = None if inspection is None else broken_by(inspection)
        if sentence is not None:
            raise AssertionError(sentence)

    atheris.Setup([sys.argv[0], *arguments], one)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], sys.argv[3:])
    elif sys.argv[1:2] == ["--replay"]:
        sys.exit(replayed(sys.argv[2], Path(sys.argv[3]).read_bytes()))
    else:
        sys.exit(main())
