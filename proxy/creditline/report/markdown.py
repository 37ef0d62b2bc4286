"""The report as Markdown, for an issue, a wiki or a mail; what strangers wrote stays text in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from creditline.report import statutory, words
from creditline.vocab import messages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from creditline.report.document import Document, Example, SiteLine

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+.!|<>&~$^=:@/-])")
_SHOWN = ("removed", "altered", "moved", "kept", "added")


def render(document: Document) -> bytes:
    """The file, in UTF-8."""
    return ("\n".join(_lines(document)) + "\n").encode("utf-8", "replace")


def text(value: str) -> str:
    """A value as running text: every character that means something to Markdown or HTML is escaped."""
    flat = " ".join(value.split())
    return _SPECIAL.sub(_escaped, flat)


def _escaped(match: re.Match[str]) -> str:
    # Backslashes stop Markdown; for addresses, that some renderers link by themselves, only an entity does.
    char = match[0]
    return f"&#{ord(char)};" if char in "<>&:@/" else f"\\{char}"


def _lines(d: Document) -> Iterator[str]:
    yield f"# {text(d.title)}"
    yield ""
    yield f"**{text(d.headline)}**"
    for question, answer in d.answers:
        yield ""
        yield f"**{text(question)}.** {text(answer)}"
    yield ""
    yield from _table(("", "number"), ((text(name), f"{number:,}") for name, number in d.figures))
    yield ""
    yield text(
        f"About {d.scope}. Made {words.day(d.made)} with Creditline {d.version}. {statutory.NOT_LEGAL_ADVICE}"
    )
    if len(d.sites) > 1:
        yield ""
        yield "## Site by site"
        yield ""
        yield from _table(
            ("Site", "With a loss", "95 % interval", "First seen", "Last seen"), map(_site_row, d.sites)
        )
    for site in d.sites:
        yield from _site(site)
    for number, example in enumerate(d.examples, start=1):
        yield from _example(number, example)
    yield from _law(d)
    yield ""
    yield "## Method"
    for paragraph in d.method:
        yield ""
        yield text(paragraph)
    yield ""
    yield text("Versions: " + ", ".join(f"{name} {version}" for name, version in d.tools) + ".")
    yield ""
    yield "## Limits"
    yield ""
    for limit in d.limits:
        yield f"- {text(limit)}"


def _site_row(site: SiteLine) -> tuple[str, ...]:
    return (
        text(site.site),
        f"{site.lost} of {site.postings}",
        words.certain(site.interval),
        text(site.first[:10]),
        text(site.last[:10]),
    )


def _site(site: SiteLine) -> Iterator[str]:
    yield ""
    yield f"## {text(site.site)}, field by field"
    yield ""
    head = (
        "Field",
        "§ 1202(c)",
        "n",
        *(messages.OUTCOMES[key].word for key in _SHOWN),
        "lost, 95 % interval",
        "where",
    )
    yield from _table(
        head,
        (
            (
                text(line.label),
                "" if line.category is None else str(line.category),
                str(line.n),
                *(str(line.counts.get(key, 0)) for key in _SHOWN),
                f"{words.percent(line.lost / line.n)}, {words.certain(line.interval)}" if line.n else "not known",
                text(", ".join(f"{place} ({times})" for place, times in line.hops)),
            )
            for line in site.told
        ),
    )
    if site.kept:
        yield ""
        yield text("Still there every time: " + ", ".join(f"{line.label} ({line.n})" for line in site.kept) + ".")


def _example(number: int, example: Example) -> Iterator[str]:
    yield ""
    yield f"## Example {number}: {text(example.title)}{f' on {text(example.site)}' if example.site else ''}"
    yield ""
    yield text(" ".join(example.sentences))
    if example.changes:
        yield ""
        stages = [text(stage) for stage, _ in example.changes[0].values]
        yield from _table(
            ("Field", *stages, "Outcome"),
            (
                (
                    text(change.label),
                    *(text(value) for _, value in change.values),
                    text(f"{change.outcome} {change.where}".strip()),
                )
                for change in example.changes
            ),
        )
    yield ""
    for picture in example.pictures:
        yield f"- {text(picture.stage)}: {text(picture.facts)}, SHA-256 `{re.sub('[^0-9a-f]', '', picture.sha256)}`"


def _law(d: Document) -> Iterator[str]:
    yield ""
    yield "## What the law says, and what this does not show"
    yield ""
    yield text(statutory.RANGE)
    yield ""
    yield text(
        f"Copyright management information was removed or altered in "
        f"{messages.counted(d.exposure.postings, 'posting', 'postings')} of this report; the range over "
        f"these would run "
        f"from {words.dollars(d.exposure.low)} to {words.dollars(d.exposure.high)}, if a court found a "
        f"violation in each."
    )
    yield ""
    for name, sentence in statutory.NOT_SHOWN:
        yield f"- **{text(name)}.** {text(sentence)}"
    yield ""
    yield from _table(
        ("From", "Rule", "Whom it addresses", "What it asks"),
        (tuple(map(text, (duty.since, duty.rule, duty.whom, duty.what))) for duty in statutory.DUTIES),
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
