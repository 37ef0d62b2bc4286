"""A restoration in lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from creditline.model.reading import Value
    from creditline.services.restore import Restoration

WIDTH = 60
"""Characters of a value that are shown."""


def lines(done: Restoration, *, original: str, output: str | None) -> Iterator[str]:
    """The match, each field with its fate, and the file that was written; of another picture the match alone."""
    match = done.match
    how = "" if match.method is None else f" by {match.method}"
    yield f"Original  {original}: {match.verdict}{how}"
    if match.verdict == "different":
        return
    would = "" if done.data is not None else "would "
    carried: dict[str, list[str]] = {}
    values: dict[str, Value] = {}
    actions: dict[str, str] = {}
    for step in done.plan.steps:
        carried.setdefault(step.id, []).append(step.target[0])
        values.setdefault(step.id, step.value)
        actions[step.id] = "repair" if step.action == "repair" else actions.get(step.id, "restore")
    for name, carriers in carried.items():
        places = ", ".join(dict.fromkeys(carriers))
        yield f"  {would}{actions[name]:<9} {name}: {_short(values[name])}  ({places})"
    for name in done.plan.kept:
        yield f"  kept      {name}: the copy has it"
    for one in done.plan.conflicts:
        yield f"  kept      {one.id}: the copy says {_short(one.copy)}, the original {_short(one.original)}"
    for name in done.plan.withheld:
        yield f"  withheld  {name}: private; --include-private {name} puts it back"
    for name, why in (*done.plan.set_aside, *done.plan.left):
        yield f"  left out  {name}: {why}"
    for problem in done.problems:
        yield f"  failed    {problem.carrier or 'file'}: {problem.message}"
    if not done.plan.steps and done.doubt is None:
        yield "Nothing is missing from the copy that could be put back."
    if done.without_store:
        yield "  withheld  c2pa: the original's manifest names a place, a person or a device"
    if done.signed:
        yield "Signed    as a restoration, with the original as its ingredient"
    if output is not None:
        yield f"Written   {output}"


def _short(value: Value) -> str:
    if isinstance(value, dict):
        value = value.get("x-default") or next(iter(value.values()), "")
    text = " ".join(("; ".join(value) if isinstance(value, list) else value).split())
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
