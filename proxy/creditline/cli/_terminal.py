"""Text for terminals and programs: no character of a picture or a file's name can do anything there but be shown."""

from __future__ import annotations

import re
import sys

# C0 and C1 controls, line and paragraph separators, marks that turn the direction of writing, lone surrogates.
_NOT_PLAIN = "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"


def plain(text: str) -> str:
    """Text for a terminal: characters that would move its cursor or turn its lines round are spelled out."""
    if text.isprintable():
        return text
    return re.sub(_NOT_PLAIN, lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def utf8(text: str) -> bytes:
    """Text for programs, in UTF-8 whatever the locale; lone surrogates as `\\udXXX`, which JSON reads back."""
    return text.encode("utf-8", "backslashreplace")


def show(line: str) -> None:
    """Print a line for people; what the terminal's own character set lacks is spelled out, never an error."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.stdout.write(f"{line}\n")
