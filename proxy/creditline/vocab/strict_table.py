"""A TOML table read strictly: each key once, of the right kind, and none that nobody asked for."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any

from creditline.model.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")


class Table:
    """Gives each key once, checked, and complains of what is left over.

    `source` is the file's name; every error is a SettingsError that names it and the key.
    """

    def __init__(self, content: dict[str, Any], source: str, prefix: str = "") -> None:
        self._left = dict(content)
        self._source = source
        self._prefix = prefix

    def has(self, key: str) -> bool:
        """Whether the key is there and not taken yet."""
        return key in self._left

    def finish(self) -> None:
        """Refuse the first key that nobody took."""
        for key in self._left:
            raise self.error(key, "is no key of a site profile")

    def text(self, key: str, pattern: str | None = None) -> str:
        """A text that is not blank and, if given, is what the pattern says as a whole."""
        value = self._take(key, str)
        if not value.strip() or (pattern is not None and not re.fullmatch(pattern, value)):
            raise self.error(key, f"cannot be {value!r}")
        return str(value)

    def optional_text(self, key: str, pattern: str | None = None) -> str | None:
        """The text, or None where there is no such key."""
        return self.text(key, pattern) if self.has(key) else None

    def word(self, key: str, words: tuple[str, ...], default: str | None = None) -> str:
        """One of a list of words."""
        if default is not None and not self.has(key):
            return default
        value = self._take(key, str)
        if value not in words:
            raise self.error(key, f"is one of {', '.join(words)}, not {value!r}")
        return str(value)

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of texts; an absent one is empty unless it is required."""
        if not self.has(key) and not required:
            return ()
        values = self._take(key, list)
        if not all(isinstance(value, str) for value in values) or (required and not values):
            raise self.error(key, "takes a list of texts")
        return tuple(values)

    def names(self, key: str) -> tuple[str, ...]:
        """A list of host names as they stand, in lower case."""
        names = self.texts(key)
        for name in names:
            if not _NAME.fullmatch(name):
                raise self.error(key, f"takes host names in lower case, not {name!r}")
        return names

    def date(self, key: str) -> datetime.date:
        """A day without a time."""
        value = self._take(key, datetime.date)
        if isinstance(value, datetime.datetime):
            raise self.error(key, "takes a day, as in 2026-08-21")
        return value  # type: ignore[no-any-return]

    def flag(self, key: str, *, default: bool = False) -> bool:
        """True or false."""
        return bool(self._take(key, bool)) if self.has(key) else default

    def number(self, key: str, default: int | None = None, *, least: int = 0) -> int | None:
        """A whole number that is not under `least`."""
        if not self.has(key):
            return default
        value = self._take(key, int)
        if isinstance(value, bool) or value < least:
            raise self.error(key, f"takes a whole number from {least} on, not {value!r}")
        return int(value)

    def numbers(self, key: str, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        """A list of whole numbers."""
        values = self._take(key, list) if self.has(key) else list(default)
        if not all(isinstance(value, int) and not isinstance(value, bool) for value in values):
            raise self.error(key, "takes a list of whole numbers")
        return tuple(values)

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """A table of names and texts, in its order."""
        value = self._take(key, dict) if self.has(key) else {}
        if not all(isinstance(text, str) for text in value.values()):
            raise self.error(key, "takes texts")
        return tuple(value.items())

    def patterns(self, key: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """A table of names and anchored patterns."""
        return tuple((name, self._pattern(f"{key}.{name}", text)) for name, text in self.pairs(key))

    def tables(self, key: str) -> Iterator[Table]:
        """The tables of a `[[key]]` list; each is finished when the next one is asked for."""
        items = self._take(key, list) if self.has(key) else []
        if not all(isinstance(item, dict) for item in items):
            raise self.error(key, f"takes [[{key}]] tables")
        for n, item in enumerate(items):
            table = Table(item, self._source, f"{self._prefix}{key}[{n}].")
            yield table
            table.finish()

    def table(self, key: str) -> Table:
        """A table that must be there; the caller finishes it."""
        return Table(self._take(key, dict), self._source, f"{self._prefix}{key}.")

    def path(self, key: str) -> re.Pattern[str]:
        """A pattern that is anchored at both ends."""
        return self._pattern(key, self._take(key, str))

    def paths(self, key: str) -> tuple[re.Pattern[str], ...]:
        """A list of such patterns."""
        return tuple(self._pattern(key, text) for text in self.texts(key))

    def optional_path(self, key: str) -> re.Pattern[str] | None:
        """Such a pattern, or None where there is no such key."""
        return self.path(key) if self.has(key) else None

    def host(self, key: str) -> re.Pattern[str] | None:
        """A pattern of hosts, or None where there is no such key."""
        return self._host(key, self._take(key, str)) if self.has(key) else None

    def hosts(self, key: str, *, required: bool = True) -> tuple[re.Pattern[str], ...]:
        """A list of patterns of hosts."""
        return tuple(self._host(key, text) for text in self.texts(key, required=required))

    def error(self, key: str, what: str) -> SettingsError:
        """The error that says what is wrong with a key of this table."""
        return SettingsError(f"{self._source}: {self._prefix}{key} {what}")

    def _host(self, key: str, text: str) -> re.Pattern[str]:
        # The same patterns go into a browser's PAC file, whose JavaScript knows fewer kinds of group.
        if re.search(r"\(\?(?!:)", text) or text != text.lower():
            raise self.error(key, f"takes plain patterns in lower case, not {text!r}")
        return self._pattern(key, text)

    def _pattern(self, key: str, text: str) -> re.Pattern[str]:
        try:
            pattern = re.compile(text)
        except re.error as error:
            raise self.error(key, f"is no regular expression: {error}") from error
        if not _is_anchored(text):
            raise self.error(key, f"must be anchored as ^…$, not {text!r}")
        return pattern

    def _take(self, key: str, kind: type) -> Any:
        if key not in self._left:
            raise self.error(key, "is missing")
        value = self._left.pop(key)
        if not isinstance(value, kind):
            raise self.error(key, f"has a value of the wrong kind: {value!r}")
        return value


def _is_anchored(text: str) -> bool:
    """`^…$` around the whole: an alternation outside groups would leave one side of it loose."""
    if not text.startswith("^") or not text.endswith("$") or (len(text) - len(text[:-1].rstrip("\\"))) % 2 == 0:
        return False
    depth = 0
    in_class = escaped = False
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
        elif character in "()":
            depth += 1 if character == "(" else -1
        elif character == "|" and depth == 0:
            return False
    return True
