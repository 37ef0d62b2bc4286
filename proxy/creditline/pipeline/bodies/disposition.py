"""Header parameters as senders really write them: RFC 7578, RFC 8187 (once 5987), browsers old and new."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

_MAX_PARAMETERS = 32
"""A disposition has three; more only costs time."""
_CHARSETS = {"utf-8": "utf-8", "iso-8859-1": "latin-1", "us-ascii": "ascii"}
_HIGH = re.compile(r"%[89A-Fa-f][0-9A-Fa-f]")
_FORM_ESCAPES = (("%22", '"'), ("%0D", "\r"), ("%0d", "\r"), ("%0A", "\n"), ("%0a", "\n"))
_LOCAL_PATH = re.compile(r"[A-Za-z]:\\|\\")


def parameters(value: str) -> dict[str, str]:
    """The `; name=value` pairs of a field, names in lower case, quoting undone; the first of a name wins."""
    found: dict[str, str] = {}
    at = value.find(";")
    while at != -1 and len(found) < _MAX_PARAMETERS:
        at += 1
        equals = value.find("=", at)
        if equals == -1:
            break
        # What has no `=` is no parameter.
        at = max(at, value.rfind(";", at, equals) + 1)
        name = value[at:equals].strip().lower()
        text, at = _value(value, equals + 1)
        found.setdefault(name, text)
    return found


def _value(value: str, at: int) -> tuple[str, int]:
    """One parameter's value from `at`, and where the next `;` is (-1: nowhere)."""
    while at < len(value) and value[at] in " \t":
        at += 1
    if value[at : at + 1] != '"':
        end = value.find(";", at)
        return value[at : end if end != -1 else None].strip(), end
    out: list[str] = []
    at += 1
    while at < len(value) and value[at] != '"':
        # A backslash quotes only a quote or itself: in other places it is a Windows path that nobody escaped.
        if value[at] == "\\" and value[at + 1 : at + 2] in {'"', "\\"}:
            at += 1
        out.append(value[at])
        at += 1
    return "".join(out), value.find(";", at)


def file_name(found: dict[str, str]) -> str | None:
    """The name a sender gave its file, `filename*` first, without a local path; None when it gave none."""
    extended = _extended(found.get("filename*"))
    if extended is None and "filename" not in found:
        return None
    name = extended if extended is not None else unescaped(found["filename"])
    # Internet Explorer sent the whole path.
    return name.rpartition("\\")[2] if _LOCAL_PATH.match(name) else name


def _extended(value: str | None) -> str | None:
    charset, quote, rest = (value or "").partition("'")
    _, second, text = rest.partition("'")
    codec = _CHARSETS.get(charset.strip().lower())
    if not quote or not second or codec is None:
        return None
    return unquote_to_bytes(text).decode(codec, "replace")


def unescaped(text: str) -> str:
    """A name with its percent forms undone.

    Browsers escape `"`, CR and LF and nothing else, so `100%41.jpg` stays. Only a name that is all ASCII and holds
    escaped UTF-8 is taken for RFC 7578 section 2's full percent-encoding.
    """
    if text.isascii() and _HIGH.search(text):
        try:
            return unquote_to_bytes(text).decode("utf-8")
        except UnicodeDecodeError:
            pass
    for escape, character in _FORM_ESCAPES:
        text = text.replace(escape, character)
    return text
