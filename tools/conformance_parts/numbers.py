"""From readings and referees to numbers: what agrees, what differs, what was not examined."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from conformance_parts.names import named_right
from conformance_parts.settings import NAMES, STATES, expected_state
from conformance_parts.values import compare
from conformance_parts.verdicts import verdict_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance_parts.expected import Entry
    from conformance_parts.values import Comparison
    from conformance_parts.verdicts import Verdict
    from conformance_parts.workers import Observed

VALUES_GOAL = 0.995
FOUND = frozenset({"present", "unreadable"})
"""States that say that a carrier is there."""


@dataclass(frozen=True, slots=True)
class Line:
    """One number: `agree` of `of`; `goal` is the share that must agree, None where the number only informs."""

    name: str
    agree: int
    of: int
    goal: float | None = None
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether the goal is met; nothing compared meets none."""
        return self.goal is None or (self.of > 0 and self.agree >= self.goal * self.of)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing on which we and a referee differ; `verdict` is None until somebody looked at it."""

    kind: str
    file: str
    on: str
    ours: str
    theirs: str
    verdict: Verdict | None


@dataclass(slots=True)
class Result:
    """Everything a run found out. `clock` are files whose C2PA state rests on today's date."""

    lines: list[Line] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    clock: list[str] = field(default_factory=list)
    by_format: Counter[str] = field(default_factory=Counter)
    equal_by_format: Counter[str] = field(default_factory=Counter)


NO_FAULT = frozenset({"creditline", "both"})
"""Verdicts that count for us in the lines that are judged."""


def measure(entries: Sequence[Entry], seen: Mapping[str, Observed], verdicts: list[Verdict]) -> Result:
    """All lines, in the order in which they are printed."""
    result = Result()
    readable = [entry for entry in entries if not entry.hostile]
    lost = [entry for entry in entries if seen[entry.path].lost]
    result.lines.append(
        Line("readings, no exception and no deadline passed", len(entries) - len(lost), len(entries), 1.0)
    )
    result.differences += [Difference("reading", e.path, "-", str(seen[e.path].lost), "", None) for e in lost]
    _carriers(readable, seen, verdicts, result)
    _values(readable, seen, verdicts, result)
    _credentials(entries, seen, result)
    _generators(entries, seen, verdicts, result)
    reviewed = sum(item.verdict is not None for item in result.differences)
    result.lines.append(Line("differences that were reviewed", reviewed, len(result.differences), 1.0))
    if not result.differences:
        result.lines[-1] = Line("differences that were reviewed", 0, 0)
    return result


def _examined(observed: Observed) -> bool:
    """Whether the container has a finder; of a format without one nothing is claimed, so nothing is compared."""
    return any(state != "not_examined" for name, state in observed.carriers.items() if name != "stealth")


def _carriers(
    entries: Sequence[Entry], seen: Mapping[str, Observed], verdicts: list[Verdict], result: Result
) -> None:
    agree = total = ours_right = silent = 0
    skipped: Counter[str] = Counter()
    for entry in entries:
        observed = seen[entry.path]
        if not _examined(observed):
            skipped[entry.format] += 1
            continue
        for carrier, there in entry.carriers.items():
            state = observed.carriers.get(carrier)
            if state is None and not there:
                continue
            claimed = state != "not_examined"
            total += claimed
            silent += there and not claimed
            if there == (state in FOUND) or not (there or claimed):
                agree += claimed
                continue
            verdict = verdict_on(verdicts, "carrier", entry.path, carrier)
            ours_right += claimed and verdict is not None and verdict.right in NO_FAULT
            theirs = "present" if there else "absent"
            result.differences.append(
                Difference("carrier", entry.path, carrier, state or "no such carrier", theirs, verdict)
            )
    note = f"{ours_right} more where the corpus is wrong, or both are right" if ours_right else ""
    result.lines.append(Line("carrier presence, readable files", agree + ours_right, total, 1.0, note))
    result.lines.append(Line("… raw: as the corpus has it, nothing judged", agree, total))
    result.lines.append(Line("… carriers there and said to be not examined", silent, total + silent))
    if skipped:
        names = ", ".join(f"{name} {count}" for name, count in sorted(skipped.items()))
        result.lines.append(
            Line("… files in which nothing was examined", sum(skipped.values()), len(entries), None, names)
        )


def _values(
    entries: Sequence[Entry], seen: Mapping[str, Observed], verdicts: list[Verdict], result: Result
) -> None:
    found: list[tuple[str, Comparison]] = []
    for entry in entries:
        observed = seen[entry.path]
        if _examined(observed):
            found += [(observed.format, item) for item in compare(entry, observed.fields)]
    for format_, item in found:
        result.by_format[format_] += 1
        result.equal_by_format[format_] += item.equal
        if not item.equal:
            verdict = verdict_on(verdicts, "value", item.path, item.tag)
            result.differences.append(
                Difference("value", item.path, item.tag, item.ours or "–", item.theirs, verdict)
            )
    equal = sum(item.equal for _, item in found)
    ours_right = sum(
        d.kind == "value" and d.verdict is not None and d.verdict.right in NO_FAULT for d in result.differences
    )
    result.lines.append(Line("canonical-field values, readable files, raw", equal, len(found), VALUES_GOAL))
    result.lines.append(
        Line("… judged: and those where it is wrong, or both right", equal + ours_right, len(found))
    )
    for format_, count in sorted(result.by_format.items()):
        result.lines.append(Line(f"… {format_}", result.equal_by_format[format_], count))


def _credentials(entries: Sequence[Entry], seen: Mapping[str, Observed], result: Result) -> None:
    signed = [entry for entry in entries if entry.c2pa_state is not None]
    for setting in NAMES:
        agree = 0
        for entry in signed:
            ours, theirs = seen[entry.path].states.get(setting, "no reading"), expected_state(entry, setting)
            agree += ours == theirs
            if ours != theirs:
                result.differences.append(Difference("c2pa", entry.path, setting, ours, theirs, None))
        result.lines.append(Line(f"C2PA state, trust setting {setting}", agree, len(signed), 1.0))
    remote = [entry for entry in entries if entry.carries["c2pa_remote"]]
    said = sum((c2pa := seen[entry.path].c2pa) is not None and c2pa.state == "remote" for entry in remote)
    result.lines.append(Line("manifests stored elsewhere, reported and not fetched", said, len(remote), 1.0))
    for entry in signed:
        c2pa = seen[entry.path].c2pa
        expired = c2pa is not None and any(p.code == "signingCredential.expired" for p in c2pa.problems)
        unstamped = c2pa is not None and c2pa.state in STATES.values() and c2pa.signed_at is None
        if expired or unstamped:
            result.clock.append(f"{entry.path} ({'certificate expired' if expired else 'no time stamp'})")


def _generators_of(observed: Observed) -> str:
    return ", ".join(observed.ai.generators) if observed.ai and observed.ai.generators else "none"


def _generators(
    entries: Sequence[Entry], seen: Mapping[str, Observed], verdicts: list[Verdict], result: Result
) -> None:
    ours = [entry for entry in entries if entry.path.startswith("ai-generators/")]
    declared = [entry for entry in ours if entry.ai.get("generator")]
    unsaid = {e.path: v for e in declared if (v := verdict_on(verdicts, "generator", e.path, "-"))}
    named = [entry for entry in declared if entry.path not in unsaid]
    result.differences += [
        Difference("generator", e.path, "-", _generators_of(seen[e.path]), e.ai["generator"], unsaid[e.path])
        for e in declared
        if e.path in unsaid
    ]
    silent = [entry for entry in ours if not entry.ai.get("generator") and not entry.ai]
    right = [e for e in named if (ai := seen[e.path].ai) and named_right(e.ai["generator"], ai.generators)]
    quiet = [e for e in silent if (ai := seen[e.path].ai) and not ai.generators]
    result.differences += [
        Difference("generator", e.path, "-", _generators_of(seen[e.path]), e.ai["generator"], None)
        for e in named
        if e not in right
    ]
    note = f"{len(unsaid)} more files say nothing of theirs"
    result.lines.append(Line("generator named right, ai-generators", len(right), len(named), 1.0, note))
    marked = [entry for entry in ours if entry.ai]
    only_type = len(marked) - len(declared)
    note = f"of those {len(unsaid)} say nothing of it in their bytes, {only_type} declares a source type and no generator"
    result.lines.append(Line("… raw: of all files that the corpus marks", len(right), len(marked), None, note))
    result.lines.append(
        Line("no generator where none is declared", len(quiet), len(silent), 1.0 if silent else None)
    )
    for part in ("models", "prompt", "seed"):
        count = sum(bool((ai := seen[entry.path].ai) and getattr(ai, part)) for entry in named)
        result.lines.append(Line(f"… with {part}", count, len(named)))
