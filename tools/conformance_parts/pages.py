"""The two pages that a run writes: docs/reference/conformance.md and docs/reference/c2pa-review.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance_parts.expected import Entry
    from conformance_parts.numbers import Difference, Line, Result
    from conformance_parts.workers import Observed

NOTE = "<!-- Written by `make conformance` from the corpus; edits here are lost. -->\n\n"
_RIGHT = {"creditline": "Creditline", "referee": "the referee", "both": "both", "neither": "neither"}


def text_of(line: Line) -> str:
    """A number as one line for people."""
    share = f"{100 * line.agree / line.of:6.2f} %" if line.of else "       –"
    goal = (
        ""
        if line.goal is None
        else f"  goal {'≥ ' if line.goal < 1 else ''}{100 * line.goal:g} %  {'met' if line.met else 'MISSED'}"
    )
    return f"{line.name:<52} {line.agree:5} of {line.of:5} {share}{goal}{f'  ({line.note})' if line.note else ''}"


def conformance(result: Result, version: str) -> str:
    """The comparison with the referees: the numbers, then each difference with who is right and why."""
    lines = [
        "# Conformance",
        "",
        "What Creditline reads, compared with the referees of the field over the team's corpus: presence and values with",
        f"ExifTool {version}, Content Credentials with the C2PA SDK under four trust settings. `make conformance` prints these",
        "numbers and writes this page; without the corpus it says so and ends.",
        "",
        "Compared is every place of the crosswalk (`fields.md`) that ExifTool has a tag for. Equal means equal after Unicode",
        "composition and without white space at the ends; dates by their parts (ours are ISO 8601, with Exif's fraction and",
        "offset put in), lists item by item, language alternatives with all languages, positions to a metre. A blank value and",
        "a date of zeros count as absent. Where a file has one tag twice, each of its values counts. Damaged files (`hostile`)",
        "are read and not compared.",
        "",
        "Lines called raw count agreement with the referee and nothing else. The others count what the table below judges, from",
        "the bytes: a difference is no fault of Creditline's where `right` says Creditline or both, and is one where it says the",
        "referee or neither.",
        "",
        "| what | agree | of | share | goal |",
        "|---|---:|---:|---:|---|",
    ]
    for line in result.lines:
        share = f"{100 * line.agree / line.of:.2f} %" if line.of else "–"
        goal = "" if line.goal is None else f"{'≥ ' if line.goal < 1 else ''}{100 * line.goal:g} %"
        note = f" ({line.note})" if line.note else ""
        lines.append(f"| {line.name}{note} | {line.agree} | {line.of} | {share} | {goal} |")
    lines += ["", "## Differences, and who is right", ""]
    if result.differences:
        lines += ["| file | on | Creditline | referee | right | why |", "|---|---|---|---|---|---|"]
        lines += [_difference(item) for item in result.differences]
    else:
        lines.append("None.")
    lines += [
        "",
        "## States that depend on the clock",
        "",
        "These manifests have no time stamp, or their signer's certificate has run out: their state is that of today, and",
        "changes when a certificate expires, whatever program reads them.",
        "",
        *(f"- `{item}`" for item in result.clock),
        "",
    ]
    return NOTE + "\n".join(lines)


def _difference(item: Difference) -> str:
    verdict = item.verdict
    right, why = (_RIGHT[verdict.right], verdict.why) if verdict else ("not reviewed", "")
    return f"| `{item.file}` | `{item.on}` | {_cell(item.ours)} | {_cell(item.theirs)} | {right} | {_cell(why)} |"


def review(entries: Sequence[Entry], seen: Mapping[str, Observed]) -> str:
    """One row a manifest: the rubric's signals, our label, and what the label rests on."""
    rows = [entry for entry in entries if entry.c2pa_state is not None]
    lines = [
        "# Content Credentials of the corpus, reviewed",
        "",
        "One row per file that holds or points to a manifest: the signals that the conformance programme's rubric finds in the",
        "active manifest, the label that Creditline gives the picture, and the declarations it rests on. The two are computed",
        "apart: the signals straight from the SDK's report, the label by `creditline.analysis.provenance` from everything in the",
        "file, ingredients and XMP included. Rules of the label: a declared capture counts only when the signature is trusted by",
        "a public list; what an invalid signature says of a capture or a person's work does not count, what it says of AI does.",
        "",
        "| file | state | claim | signer | signals | label | basis |",
        "|---|---|---:|---|---|---|---|",
    ]
    for entry in rows:
        observed = seen[entry.path]
        c2pa, ai = observed.c2pa, observed.ai
        if c2pa is None or ai is None:
            lines.append(f"| `{entry.path}` | no reading | | | | | {_cell(str(observed.lost))} |")
            continue
        state = c2pa.state + (" (tampered)" if c2pa.tampered else "")
        basis = [f"{item.claim} {_short(item.value)} in {item.carrier} `{item.key}`" for item in ai.evidence]
        cells = (
            f"`{entry.path}`",
            state + (f", {c2pa.trust_list}" if c2pa.trust_list else ""),
            str(c2pa.claim_version or ""),
            _cell(c2pa.signer or ""),
            _cell(" · ".join(observed.signals)),
            ai.label,
            _cell(" · ".join(dict.fromkeys(basis[:6])) + (" · …" if len(basis) > 6 else "")),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return NOTE + "\n".join([*lines, ""])


def _short(text: str, limit: int = 80) -> str:
    last = text.rpartition("/")[2] if text.startswith("http") else text
    return last if len(last) <= limit else f"{last[:limit]}…"


def _cell(text: str, limit: int = 400) -> str:
    """Text inside a table: no line ends, no bars, control characters as escapes."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    shown = shown if len(shown) <= limit else f"{shown[:limit]}…"
    return shown.replace("|", "\\|").replace("<", "&lt;")
