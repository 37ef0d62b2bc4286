"""What `recognition.py --write` puts into the documentation."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _derivatives import Derivative

HEAD = """<!-- Written by `bench/recognition.py --write`; edits here are lost. -->

# What is recognised, measured

`make bench-recognition` records pictures as originals, makes {kinds} kinds of copies of each, and looks every copy up
as a served one is, with the second stage on. This run: {looked} of {originals} {source}, {undecided} of them too flat
for a fingerprint and left out (`undecided`); Python {python}, in {ms:.0f} ms a copy on average.

Recall counts a copy as found when its own original is among the works found. `by` says what proved it.

| copy | n | found, % | goal, % | by |
|---|---|---|---|---|
"""


def page(whole: Any, derivatives: Sequence[Derivative], photographs: bool, originals: int) -> str:
    """The page: a row a derivative, then what was found falsely, then each picture not found."""
    seconds = sum(row.seconds for row in whole.rows.values())
    asked = sum(row.asked for row in whole.rows.values())
    text = HEAD.format(
        kinds=len(derivatives),
        looked=len(whole.pictures),
        originals=originals,
        source="photographs and drawings of the team's corpus"
        if photographs
        else "pictures drawn by the benchmark",
        undecided=len(whole.undecided),
        python=platform.python_version(),
        ms=1000 * seconds / max(1, asked),
    )
    for derivative in derivatives:
        row = whole.rows[derivative.name]
        found = f"{100 * row.right / row.asked:.1f}" if row.asked else "–"
        met = "" if not row.asked or 100 * row.right / row.asked >= derivative.goal else " (missed)"
        ways = ", ".join(f"{way} {count}" for way, count in sorted(row.by.items(), key=lambda item: -item[1]))
        text += f"| {derivative.name} | {row.asked} | {found}{met} | {derivative.goal:g} | {ways} |\n"
    wrong = sum(len(row.wrong) for row in whole.rows.values())
    text += f"""
| false matches | counted | among |
|---|---|---|
| another picture found for a copy | {wrong} | {asked:,} copies looked up |
| by codes alone | {len(whole.false_codes)} | {whole.code_pairs:,} pairs of a copy and another picture |
| by aligning | {len(whole.false_pairs)} | {whole.pairs:,} random pairs, and the {whole.hard:,} nearest by their codes |

The nearest code of another picture differed in {whole.nearest} of 256 bits. Aligned with another picture as well as
possible, a copy reached a correlation of {whole.highest:.2f}, and {whole.finest:.2f} in the detail.
"""
    missed = {name: row.missed for name, row in whole.rows.items() if row.missed}
    if missed:
        text += "\n## Not found\n\n" + "".join(
            f"- {name}: {', '.join(sorted(of))}\n" for name, of in missed.items()
        )
    flat = {name: row.flat for name, row in whole.rows.items() if row.flat}
    if flat:
        text += "\n## Too flat as copies, and so undecided\n\n"
        text += "".join(f"- {name}: {', '.join(sorted(of))}\n" for name, of in flat.items())
    return text
