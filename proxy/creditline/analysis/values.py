"""Whether two values of a field say the same, and if not, how one was damaged (contract §4, `detail`)."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from creditline.model.reading import Value

DEFAULT_LANGUAGE = "x-default"


def same(a: Value, b: Value) -> bool:
    """Equal after Unicode composition; a one-entry list equals its entry, one text in all languages that text."""
    return _plain(a) == _plain(b)


def damage(before: Value, after: Value) -> str:
    """How `after` differs from `before`, in words: truncated, character set, white space, changed …"""
    plain_before, plain_after = _plain(before), _plain(after)
    if isinstance(plain_before, dict) and not isinstance(plain_after, list):
        if isinstance(plain_after, str) and plain_after in plain_before.values():
            return "languages lost"
        if isinstance(plain_after, dict) and plain_after.items() < plain_before.items():
            return "languages lost"
    if isinstance(plain_before, list) and not isinstance(plain_after, dict):
        entries = plain_after if isinstance(plain_after, list) else [plain_after]
        if set(entries) < set(plain_before):
            return "entries lost"
        if sorted(entries) == sorted(plain_before):
            return "order changed"
    old, new = _text(plain_before), _text(plain_after)
    if old == new:
        return "languages changed" if isinstance(plain_after, dict) else "form changed"
    if "".join(old.split()) == "".join(new.split()):
        return "white space"
    if new and old.startswith(new):
        return "truncated"
    if new in _mojibake(old) or (("?" in new or "\ufffd" in new) and _same_ascii(old, new)):
        return "character set"
    return "changed"


def _plain(value: Value) -> str | list[str] | dict[str, str]:
    if isinstance(value, str):
        return _composed(value)
    if isinstance(value, list):
        items = [_composed(item) for item in value]
        return items[0] if len(items) == 1 else items
    texts = {language.lower(): _composed(text) for language, text in value.items()}
    return next(iter(texts.values())) if len(set(texts.values())) == 1 else texts


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n"))


def _text(value: str | list[str] | dict[str, str]) -> str:
    if isinstance(value, dict):
        return value.get(DEFAULT_LANGUAGE) or next(iter(value.values()), "")
    return "; ".join(value) if isinstance(value, list) else value


def _mojibake(text: str) -> set[str]:
    """The forms that `text` takes when UTF-8 is read as a Western code page, and back."""
    forms = set()
    for wrong in ("latin-1", "cp1252"):
        forms.add(text.encode("utf-8", "replace").decode(wrong, "replace"))
        forms.add(text.encode(wrong, "replace").decode("utf-8", "replace"))
        forms.add(text.encode(wrong, "replace").decode(wrong))
    return forms


def _same_ascii(old: str, new: str) -> bool:
    """Whether `new` is `old` with every character outside ASCII put out by a marker."""
    keep_old = "".join(c for c in old if c.isascii() and c != "?")
    keep_new = "".join(c for c in new if c.isascii() and c != "?")
    return keep_old == keep_new
