"""What a picture says about its origin, in lines for people; shared by `inspect` and its short way."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from creditline.cli._terminal import plain
from creditline.model.picture import Presence
from creditline.vocab import messages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from creditline.model.reading import Inspection, Value

BOLD, DIM, YELLOW, RESET = "\x1b[1m", "\x1b[2m", "\x1b[33m", "\x1b[0m"
WIDEST_LABEL = 28
"""Characters of the first column; a longer label shifts its own line only."""
LONGEST = 300
"""Characters of a value that are shown."""


def styled() -> bool:
    """Whether standard output is a terminal that takes bold and colour (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def lines(item: Inspection, *, styled: bool) -> Iterator[str]:
    """One line a field: its name, its value, and in brackets the carriers that hold it."""

    def style(code: str, text: str) -> str:
        return f"{code}{text}{RESET}" if styled else text

    name = plain(item.path or "")
    if item.format == "unknown":
        yield style(YELLOW, f"{name}: not a picture that Creditline knows")
        return
    size = f"{item.width}×{item.height}" if item.width else "size unknown"
    yield style(BOLD, f"{name}: {item.format.upper()}, {size}, {item.bytes:,} bytes")
    for label, value, where in _rows(item):
        shown = f"  {label:<{WIDEST_LABEL}}  {value}"
        yield f"{shown}  {style(DIM, f'[{where}]')}" if where else shown
    doubtful = [c.carrier for c in item.carriers if c.state is Presence.NOT_EXAMINED]
    if doubtful:
        yield style(DIM, f"  not examined: {', '.join(doubtful)}")
    for problem in item.errors:
        text = f"  {problem.carrier or item.format}: {plain(problem.message)} ({problem.code})"
        yield style(YELLOW, text)


def _rows(item: Inspection) -> Iterator[tuple[str, str, str]]:
    carriers: dict[str, list[str]] = {}
    for f in item.fields:
        carriers.setdefault(f.id, []).append(f.carrier)
    for field_id, value in item.resolved:
        where = ", ".join(dict.fromkeys(carriers.get(field_id, [])))
        yield messages.field_label(field_id), _short(text_of(value)), where
    basis = ", ".join(dict.fromkeys(f"{e.carrier}: {e.value}" for e in item.ai.evidence))[:80]
    yield "AI label", messages.AI_LABELS[item.ai.label].word, plain(basis)
    yield "AI training", messages.CONSENT[item.consent.ai_training].word, ""
    unconfirmed = item.c2pa.state == "invalid" and item.c2pa.only_identity_unconfirmed
    word = messages.UNCONFIRMED_IDENTITY if unconfirmed else messages.C2PA_STATES[item.c2pa.state]
    yield "Content Credentials", word.word, plain(item.c2pa.signer or "")
    product = item.c2pa.product
    if product is not None:
        level = "" if product.assurance_level is None else f", assurance level {product.assurance_level}"
        yield "Conforming product", plain(f"{product.name}, {product.organisation}{level}"), ""
        if product.claimed:
            yield "", f"claims what it must not: {', '.join(product.claimed)}", ""
    for identity in item.c2pa.identities:
        names = "; ".join(identity.names) or "nobody by name"
        yield "Identity (CAWG)", _short(names), messages.IDENTITY_STATES[identity.state]
    if item.ai.share is not None:
        yield "Declared AI share", f"{item.ai.share:.0%} of the picture", ""
    for difference in item.sync.differences:
        values = "; ".join(f"{messages.CARRIERS[c]}: {_short(text_of(v))}" for c, v in difference.values)
        yield messages.field_label(difference.id), messages.SYNC_STATES[difference.state], values
    if item.sync.iim_digest == "differs":
        yield "IPTC digest", "IPTC was changed by a program that left XMP as it was", ""


def text_of(value: Value) -> str:
    """A field's value in one line."""
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, dict):
        return " | ".join(f"[{language}] {text}" for language, text in value.items())
    return value


def _short(text: str) -> str:
    shown = plain(text[:LONGEST])
    return shown if len(text) <= LONGEST else f"{shown}… ({len(text)} characters)"
