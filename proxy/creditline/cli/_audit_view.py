"""An audit as a table that a person can read in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from creditline.cli.inspect import text_of
from creditline.vocab import messages

if TYPE_CHECKING:
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
    """The verdict in one sentence, then a row a field."""
    console = console or Console(highlight=False)
    console.print(Text(title, style="bold"))
    console.print(Text(f"  {messages.match_sentence(audit.match.to_json())}"))
    if audit.match.verdict == "different":
        return
    for sentence in messages.audit_sentences(audit.to_json()):
        console.print(Text(f"  {sentence}"))
    table = Table(box=None, padding=(0, 2, 0, 2), header_style="dim")
    for name in ("Field", "Before", "After", "Outcome", "Where"):
        table.add_column(name, overflow="fold")
    for item in audit.fields:
        table.add_row(*_row(item))
    changes = (("AI label", audit.ai), ("AI training", audit.consent), ("Content Credentials", audit.c2pa))
    for label, change in changes:
        if change.outcome is not None:
            before = change.values[0] if audit.original else change.values[1]
            table.add_row(
                Text(label),
                Text(before or ""),
                Text(change.values[2] or ""),
                outcome_text(change.outcome),
                Text(messages.hop_words(change.lost_between)),
            )
    console.print(table)


def _row(item: FieldOutcome) -> tuple[Text, ...]:
    before = item.values[0] if item.values[0] is not None else item.values[1]
    where = messages.hop_words(item.lost_between)
    note = f"{where} ({item.detail})" if item.detail else where
    return (
        Text(messages.field_label(item.id)),
        Text(_cell(before)),
        Text(_cell(item.values[2])),
        outcome_text(item.outcome),
        Text(note.strip()),
    )


def outcome_text(outcome: str) -> Text:
    """The outcome's sign and word."""
    word = messages.OUTCOMES[outcome]
    return Text(f"{word.symbol} {word.word}", style=STYLES[outcome])


def _cell(value: str | list[str] | dict[str, str] | None, limit: int = 60) -> str:
    if value is None:
        return "–"
    text = " ".join(text_of(value).split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
