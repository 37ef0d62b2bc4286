"""The harness of every bench: two ways of doing one thing, taken in turns, so that both see the same machine.

A claim is a ratio of medians inside one run; times by themselves drift with the machine and are printed for scale.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Ratio:
    """One line of a bench. Times in ms; `ratio` is ours by theirs, both p50; `goal` is the most it may be."""

    name: str
    against: str
    rounds: int
    ours_p50: float
    ours_p95: float
    theirs_p50: float
    theirs_p95: float
    ratio: float
    goal: float | None

    @property
    def met(self) -> bool:
        """Whether the goal is met; a line without a goal only informs."""
        return self.goal is None or self.ratio <= self.goal


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that could not be measured, and why."""

    name: str
    skipped: str


def compare(
    name: str,
    ours: Callable[[], object],
    theirs: Callable[[], object],
    *,
    against: str,
    goal: float | None = None,
    rounds: int = 21,
    each: int = 1,
) -> Ratio:
    """Run both by turns, `rounds` times after one to warm up; `each` calls are timed as one, for short ones."""
    times: tuple[list[float], list[float]] = ([], [])
    _timed(ours, each)
    _timed(theirs, each)
    collected = gc.isenabled()
    gc.disable()
    try:
        for number in range(rounds):
            order = ((0, ours), (1, theirs)) if number % 2 else ((1, theirs), (0, ours))
            for which, run in order:
                times[which].append(_timed(run, each))
    finally:
        if collected:
            gc.enable()
    p50 = [statistics.median(taken) for taken in times]
    return Ratio(
        name, against, rounds, p50[0], _p95(times[0]), p50[1], _p95(times[1]), ratio=p50[0] / p50[1], goal=goal
    )


def main(lines: Callable[[], Iterable[Ratio | Skipped]], argv: Sequence[str] | None = None) -> int:
    """Print each line as it is measured, with `--json` as one object a line; 1 if a goal was missed."""
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    as_json = parser.parse_args(argv).json
    missed = False
    for line in lines():
        missed = missed or (isinstance(line, Ratio) and not line.met)
        print(_json(line) if as_json else _text(line), flush=True)
    return int(missed)


def _timed(run: Callable[[], object], each: int) -> float:
    start = time.perf_counter()
    for _ in range(each):
        run()
    return (time.perf_counter() - start) * 1000 / each


def _p95(times: Sequence[float]) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.95))]


def _json(line: Ratio | Skipped) -> str:
    values = asdict(line)
    return json.dumps(values | {"met": line.met} if isinstance(line, Ratio) else values)


def _text(line: Ratio | Skipped) -> str:
    if isinstance(line, Skipped):
        return f"{line.name:<44} skipped: {line.skipped}"
    goal = "" if line.goal is None else f"  goal ≤ {line.goal:.2f}  {'met' if line.met else 'MISSED'}"
    return (
        f"{line.name:<44} p50 {line.ours_p50:9.3f} p95 {line.ours_p95:9.3f} ms"
        f"  |  {line.against:<34} p50 {line.theirs_p50:9.3f} p95 {line.theirs_p95:9.3f} ms"
        f"  |  ratio {line.ratio:6.3f}{goal}"
    )
