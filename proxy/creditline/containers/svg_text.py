"""An SVG file as text: its encoding, its size in CSS pixels, and where a byte of the text lies in the file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_SIDE = 1_000_000_000
"""CSS pixels; what claims to be larger has no size worth telling."""

_DECLARED = re.compile(rb"\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z][\w.-]{0,40})[\"']")
_CODECS = re.compile(
    r"utf-?8|us-ascii|ascii|iso-?8859-?1?\d|latin-?1|windows-125\d|cp125\d|koi8-[ru]|macintosh"
    r"|shift_jis|euc-(?:jp|kr)|gb2312|gbk|gb18030|big5",
    re.IGNORECASE,
)
"""Encodings of text in which markup stands as in ASCII; anything else is not opened."""
_LENGTH = re.compile(
    r"\s*\+?(\d{1,12}(?:\.\d{0,12})?|\.\d{1,12})(e[+-]?\d{1,2})?\s*(px|in|cm|mm|pt|pc|q)?\s*", re.IGNORECASE
)
_PIXELS = {"px": 1.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "pt": 96 / 72, "pc": 16.0, "q": 96 / 101.6}
"""CSS Values 4, section 6.2: absolute lengths."""


@dataclass(frozen=True, slots=True)
class Text:
    """The file as UTF-8, and the codec and byte order mark that make it the file again."""

    utf8: bytes
    codec: str = "utf-8"
    mark: bytes = b""

    def file(self, utf8: bytes) -> bytes | None:
        """UTF-8 as the file writes it, or None if its encoding cannot."""
        if self.codec == "utf-8":
            return utf8
        try:
            return self.mark + utf8.decode("utf-8").encode(self.codec)
        except UnicodeError:
            return None

    def offsets(self, places: Iterable[int]) -> dict[int, int]:
        """Where in the file these bytes of the UTF-8 text stand."""
        if self.codec == "utf-8":
            return {place: place for place in places}
        found: dict[int, int] = {}
        before, offset = 0, len(self.mark)
        for place in sorted(set(places)):
            offset += len(self.utf8[before:place].decode("utf-8").encode(self.codec, "replace"))
            before = place
            found[place] = offset
        return found


def opened(data: bytes) -> Text | None:
    """The text of a file by its byte order mark or declaration (XML 1.0, appendix F); None if it cannot be had."""
    wide = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(data[:2])
    declared = _DECLARED.match(data)
    codec = wide or (declared[1].decode("ascii").lower() if declared else "utf-8")
    if codec in {"utf-8", "utf8"}:
        return Text(data)
    if wide is None and not _CODECS.fullmatch(codec):
        return None
    mark = data[:2] if wide else b""
    try:
        text = Text(data[len(mark) :].decode(codec).encode("utf-8"), codec, mark)
    except (UnicodeError, LookupError):
        return None
    return text


def size(attributes: Mapping[str, str]) -> tuple[int | None, int | None]:
    """Width and height of the root element, rounded; a side that is missing or relative comes from the viewBox."""
    width, height = _pixels(attributes.get("width", "")), _pixels(attributes.get("height", ""))
    box = re.split(r"[\s,]+", attributes.get("viewBox", "").strip()[:200])
    wide, high = (_pixels(box[2]), _pixels(box[3])) if len(box) == 4 else (None, None)
    if width is None and height is None:
        width, height = wide, high
    elif wide and high:
        if width is None and height is not None:
            width = height * wide / high
        elif height is None and width is not None:
            height = width * high / wide
    return _rounded(width), _rounded(height)


def _pixels(text: str) -> float | None:
    match = _LENGTH.fullmatch(text[:80])
    if match is None:
        return None
    value = float(match[1] + (match[2] or "")) * _PIXELS[(match[3] or "px").lower()]
    return value if value > 0 else None


def _rounded(value: float | None) -> int | None:
    return max(1, round(value)) if value is not None and value <= MAX_SIDE else None
