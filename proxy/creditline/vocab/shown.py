"""Strings that strangers wrote, made safe to look at: nothing in them can hide, or turn the reading around."""

from __future__ import annotations

import unicodedata

_LEFT_ALONE = "\n\t\u200c\u200d"
"""Line ends and tabs, and the zero-width joiners: scripts and emoji are written with them."""


_FORMULA = tuple("=+-@|%\t\r\n＝＋－＠")
"""With these, spreadsheets begin a formula or a command; the wide ones as well, in some languages."""


def visible(text: str) -> str:
    """The same text with every control, format and unassigned character made visible as `⟨U+202E⟩`.

    Line ends and tabs stay. The zero-width joiners stay as well: scripts and emoji are written with them.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(char) for char in text)


def in_line(text: str, most: int = 200) -> str:
    """The same as one line of at most `most` characters, an ellipsis where it was cut."""
    flat = " ".join(visible(text[: most * 4]).split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"


def cell(text: str) -> str:
    """A text that no spreadsheet runs: one that could begin a formula is marked as text with an apostrophe."""
    begins = text.startswith((" ", "'")) or text.lstrip(" \u00a0").startswith(_FORMULA)
    return f"'{text}" if begins else text


def _visible(char: str) -> str:
    if char in _LEFT_ALONE:
        return char
    if char == "\r":
        return ""
    if unicodedata.category(char) in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}:
        return f"⟨U+{ord(char):04X}⟩"
    return char
