"""Values as a page shows them: sizes, times, and strings that strangers wrote.

A metadata value is hostile until shown: control and direction characters are made visible, long ones are folded,
and nothing in a value ever becomes a link.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from creditline.vocab.shown import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["MAX_ITEMS", "MAX_SHOWN", "Text", "facts", "moment", "pixels", "size", "texts", "visible"]

# About three lines of a table cell; what is longer is folded behind a summary.
FOLD_AT = 160
FOLDED_HEAD = 96
# A prompt or a workflow can be megabytes; the page shows its beginning and says how much there is.
MAX_SHOWN = 20_000
MAX_ITEMS = 60
_UNITS = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


@dataclass(frozen=True, slots=True)
class Text:
    """One string to show. `head` is set when it is to be folded; `cut` counts characters that are not shown."""

    text: str
    language: str | None = None
    head: str | None = None
    cut: int = 0


def texts(value: object) -> tuple[Text, ...]:
    """A field's value (text, list, `{language: text}`) as strings to show, never more than a page bears."""
    if value is None:
        return ()
    if isinstance(value, dict):
        pairs = [(str(language), str(text)) for language, text in value.items()]
        return _capped([_text(text, visible(language)[:40]) for language, text in pairs[:MAX_ITEMS]], len(pairs))
    if isinstance(value, list | tuple):
        return _capped([_text(str(item)) for item in value[:MAX_ITEMS]], len(value))
    return (_text(str(value)),)


def size(number: int | None) -> str:
    """Bytes as people read them, in powers of 1000 as file managers show them."""
    if number is None:
        return ""
    if number < 1000:
        return f"{number} bytes"
    factor, unit = next(pair for pair in _UNITS if number >= 0.9995 * pair[0] or pair[0] == 1e3)
    value = number / factor
    return f"{value:.0f} {unit}" if value >= 9.95 else f"{value:.1f} {unit}"


def pixels(width: int | None, height: int | None) -> str:
    """A picture's size in pixels."""
    return f"{width} × {height}" if width and height else ""


def moment(at: str | None) -> str:
    """An ISO 8601 time as people read it, in UTC; a time that cannot be read is shown as it stands."""
    if not at:
        return ""
    try:
        when = datetime.fromisoformat(at).astimezone(UTC)
    except (ValueError, OverflowError):
        return visible(at)[:40]
    return f"{when.day} {when:%b %Y, %H:%M} UTC"


def facts(*parts: str | None) -> tuple[str, ...]:
    """The parts that say something."""
    return tuple(part for part in parts if part)


def _capped(shown: Sequence[Text], total: int) -> tuple[Text, ...]:
    more = total - len(shown)
    return (*shown, Text(f"… and {more} more values")) if more > 0 else tuple(shown)


def _text(value: str, language: str | None = None) -> Text:
    cut = max(0, len(value) - MAX_SHOWN)
    text = visible(value[:MAX_SHOWN])
    head = text[:FOLDED_HEAD].rstrip() if len(text) > FOLD_AT or text.count("\n") > 3 else None
    return Text(text, None if language == "x-default" else language, head, cut)
