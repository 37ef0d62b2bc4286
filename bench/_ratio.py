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
class Amount:
    """One line that is no ratio of times: an amount in `unit`, and the most it may be."""

    name: str
    amount: float
    unit: str
    goal: float | None = None
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether the goal is met; a line without a goal only informs."""
        return self.goal is None or self.amount <= self.goal


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that could not be measured, and why."""

    name: str
    skipped: str

    @property
    def met(self) -> bool:
        """What was not measured misses nothing."""
        return True


type Line = Ratio | Amount | Skipped

NOT_ASKED = "not asked for"
_asked: list[str] = []


def asked(name: str) -> bool:
    """Whether a line is to be measured: all are, unless `--line` names some by a part of their name."""
    return not _asked or any(part in name for part in _asked)


def compare(
    name: str,
    ours: Callable[[], object],
    theirs: Callable[[], object],
    *,
    against: str,
    goal: float | None = None,
    rounds: int = 21,
    each: int = 1,
) -> Ratio | Skipped:
    """Run both by turns, `rounds` times after one to warm up; `each` calls are timed as one, for short ones."""
    if not asked(name):
        return Skipped(name, NOT_ASKED)
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
    return ratio(name, *times, against=against, goal=goal)


def ratio(
    name: str,
    ours: Sequence[float],
    theirs: Sequence[float],
    *,
    against: str,
    goal: float | None = None,
    of: float = 0.5,
) -> Ratio:
    """The line of two series of times in ms; `of` is the quantile that the ratio is of."""
    return Ratio(
        name,
        against,
        len(ours),
        quantile(ours, 0.5),
        quantile(ours, 0.95),
        quantile(theirs, 0.5),
        quantile(theirs, 0.95),
        ratio=quantile(ours, of) / quantile(theirs, of),
        goal=goal,
    )


def main(lines: Callable[[], Iterable[Line]], argv: Sequence[str] | None = None) -> int:
    """Print each line as it is measured, with `--json` as one object a line; 1 if a goal was missed."""
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--line", action="append", metavar="PART", help="only lines whose name has this in it")
    options = parser.parse_args(argv)
    _asked[:] = options.line or []
    missed = False
    for line in lines():
        if isinstance(line, Skipped) and line.skipped == NOT_ASKED:
            continue
        missed = missed or not line.met
        print(_json(line) if options.json else text(line), flush=True)
    return int(missed)


def quantile(times: Sequence[float], of: float) -> float:
    """The median, or the time that so many of all stay under."""
    if of == 0.5:
        return statistics.median(times)
    return sorted(times)[min(len(times) - 1, int(len(times) * of))]


def _timed(run: Callable[[], object], each: int) -> float:
    start = time.perf_counter()
    for _ in range(each):
        run()
    return (time.perf_counter() - start) * 1000 / each


def _json(line: Line) -> str:
    return json.dumps({"kind": type(line).__name__, **asdict(line), "met": line.met})


def text(line: Line) -> str:
    """A line for people."""
    if isinstance(line, Skipped):
        return f"{line.name:<48} skipped: {line.skipped}"
    verdict = "met" if line.met else "MISSED"
    if isinstance(line, Amount):
        goal = "" if line.goal is None else f"  goal ≤ {line.goal:g}  {verdict}"
        return f"{line.name:<48} {line.amount:.4g} {line.unit}{f' ({line.note})' if line.note else ''}{goal}"
    goal = "" if line.goal is None else f"  goal ≤ {line.goal:.2f}  {verdict}"
    return (
        f"{line.name:<48} p50 {line.ours_p50:9.3f} p95 {line.ours_p95:9.3f} ms"
        f"  |  {line.against:<34} p50 {line.theirs_p50:9.3f} p95 {line.theirs_p95:9.3f} ms"
        f"  |  ratio {line.ratio:6.3f}{goal}"
    )
