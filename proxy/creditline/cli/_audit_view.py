"""An audit as a table that a person can read in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from creditline.cli._inspection_view import text_of
from creditline.cli._options import make_console, plain
from creditline.vocab import messages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from creditline.model.audit import Audit, FieldOutcome

STYLES = {
    "kept": "green",
    "moved": "cyan",
    "added": "cyan",
    "altered": "yellow",
    "removed": "red",
    "unreadable": "dim",
    "not_examined": "dim",
}
"""Colour beside the word and its sign, never instead of them."""


def print_audit(audit: Audit, *, title: str, console: Console | None = None) -> None:
    """The verdict in one sentence, then a row a field; which hop lost it only where there is more than one."""
    console = console or make_console()
    console.print(Text(title, style="bold"))
    said = [messages.match_sentence(audit.match.to_json())]
    if audit.match.verdict == "undecided":
        said.append("If it does, this is what became of its fields:")
    elif audit.match.same:
        said += messages.audit_sentences(audit.to_json())
    for sentence in said:
        console.print(Padding(Text(sentence), (0, 0, 0, 2), expand=False))
    rows = [*(_field(item) for item in audit.fields), *_judgements(audit)]
    if not rows:
        return
    hops = audit.uploaded is not None
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("Field", "Before", "After", "Outcome", "Where")[: 5 if hops else 4]:
        table.add_column(name, overflow="fold", no_wrap=name == "Outcome")
    for row in rows:
        table.add_row(*row[: 5 if hops else 4])
    console.print(Padding(table, (0, 0, 0, 2), expand=False))


def _field(item: FieldOutcome) -> tuple[Text, ...]:
    label = messages.field_label(item.id)
    before = item.values[0] if item.values[0] is not None else item.values[1]
    after = Text(_cell(item.values[2]))
    if item.detail:
        after.append(f" ({plain(item.detail)})", style="dim")
    where = Text(messages.hop_words(item.lost_between))
    return Text(plain(label)), Text(_cell(before)), after, outcome_text(item.outcome), where


def _judgements(audit: Audit) -> Iterator[tuple[Text, ...]]:
    kinds = (
        ("AI label", audit.ai, messages.AI_LABELS),
        ("AI training", audit.consent, messages.CONSENT),
        ("Content Credentials", audit.c2pa, messages.C2PA_STATES),
    )
    for label, change, words in kinds:
        if change.outcome is None:
            continue
        before = change.values[0] if change.values[0] is not None else change.values[1]
        cells = (Text("–" if v is None else words[v].word) for v in (before, change.values[2]))
        where = Text(messages.hop_words(change.lost_between))
        yield Text(label), *cells, outcome_text(change.outcome), where


def outcome_text(outcome: str) -> Text:
    """The outcome's sign and word."""
    word = messages.OUTCOMES[outcome]
    return Text(f"{word.symbol} {word.word}", style=STYLES[outcome])


def _cell(value: str | list[str] | dict[str, str] | None, limit: int = 60) -> str:
    if value is None:
        return "–"
    text = " ".join(text_of(value).split())
    return plain(text if len(text) <= limit else f"{text[: limit - 1]}…")
