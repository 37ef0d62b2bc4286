"""One comparison of a report: sentences, previews, and the fields that changed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from creditline.ledger import queries
from creditline.model.errors import CreditlineError
from creditline.report.document import Change, Example, Picture
from creditline.vocab import messages
from creditline.vocab.fields import BY_ID
from creditline.vocab.shown import in_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creditline.ledger.rows import VerdictRow
    from creditline.ledger.store import Ledger

log = logging.getLogger(__name__)

STAGES: Final = ("original", "uploaded", "served", "exported")
EDGE = 480
"""Long edge of a preview in pixels: half a printed page at 150 dots an inch."""
MAX_CHANGES = 8
MAX_VALUE = 160
"""Characters of a value in a table for people; the whole one is in the JSON of the audit."""
_ORDER = {outcome: number for number, outcome in enumerate(messages.OUTCOMES)}


def example(ledger: Ledger, verdict: VerdictRow, *, pictures: bool) -> Example:
    """A verdict that still has its audit, as an example."""
    audit = verdict.audit or {}
    stages = {name: stage for name, stage in (audit.get("stages") or {}).items() if stage and name in STAGES}
    title = ""
    if verdict.work:
        title = _title(ledger, verdict.work)
    return Example(
        title=title or "Untitled work",
        site=in_line(verdict.site, 120) if verdict.site else "",
        at=verdict.at,
        work=verdict.work or "",
        verdict=verdict.id,
        sentences=tuple(in_line(sentence, 400) for sentence in messages.audit_sentences(audit)),
        pictures=tuple(_picture(ledger, name, stages[name], pictures) for name in STAGES if name in stages),
        changes=_changes(audit, [name for name in STAGES if name in stages]),
    )


def _title(ledger: Ledger, work: str) -> str:
    from creditline.ledger import overview

    try:
        title = overview.work(ledger, work).work.title
    except CreditlineError:
        return ""
    return in_line(title, 120) if title else ""


def _picture(ledger: Ledger, name: str, stage: Mapping[str, Any], wanted: bool) -> Picture:
    sha256 = str(stage.get("sha256", ""))
    reading = queries.reading(ledger, sha256) or {}
    width, height = reading.get("width"), reading.get("height")
    size = f"{width} × {height}" if width and height else ""
    variant = stage.get("variant")
    facts = (
        str(reading.get("format", "")).upper(),
        size,
        f"{reading['bytes']:,} bytes" if isinstance(reading.get("bytes"), int) else "",
        f"size “{in_line(str(variant), 40)}”" if variant else "",
    )
    return Picture(
        stage=messages.STAGES.get(name, name),
        sha256=sha256,
        facts=", ".join(fact for fact in facts if fact),
        image=_preview(ledger, sha256) if wanted else None,
    )


def _preview(ledger: Ledger, sha256: str) -> bytes | None:
    """A small JPEG, encoded anew so that nothing of a stranger's file reaches the report; None where there is none."""
    from creditline import pixels

    try:
        return pixels.thumbnail(ledger.blobs.get(sha256), EDGE, "jpeg")
    except CreditlineError as error:
        log.info("no preview of %s: %s", sha256, error.code)
        return None


def _changes(audit: Mapping[str, Any], columns: list[str]) -> tuple[Change, ...]:
    items = [item for item in audit.get("fields") or () if isinstance(item, dict) and _matters(item)]
    items.sort(key=lambda item: (_ORDER.get(str(item.get("outcome")), 99), str(item.get("id"))))
    return tuple(_change(item, columns) for item in items[:MAX_CHANGES])


def _matters(item: Mapping[str, Any]) -> bool:
    definition = BY_ID.get(str(item.get("id")))
    return item.get("category") is not None or (definition is not None and definition.group in {"ai", "consent"})


def _change(item: Mapping[str, Any], columns: list[str]) -> Change:
    outcome, between = str(item.get("outcome")), item.get("lost_between")
    presence = item.get("presence") or {}
    word = messages.OUTCOMES.get(outcome)
    return Change(
        label=in_line(messages.field_label(str(item.get("id"))), 120),
        values=tuple(
            (messages.STAGES.get(name, name), value_text(item.get(name), str(presence.get(name))))
            for name in columns
        ),
        outcome=word.word if word else in_line(outcome, 40),
        where=messages.hop_words(between if isinstance(between, list | tuple) else None),
    )


def value_text(value: object, presence: str) -> str:
    """A value as one line; where there is none, what that means."""
    if value is None or value in ("", [], {}):
        return f"({messages.PRESENCE.get(presence, 'not seen')})"
    if isinstance(value, dict):
        return in_line("; ".join(f"{text} [{language}]" for language, text in list(value.items())[:20]), MAX_VALUE)
    if isinstance(value, list | tuple):
        return in_line("; ".join(str(one) for one in value[:40]), MAX_VALUE)
    return in_line(str(value), MAX_VALUE)
