"""PNG text chunks (PNG third edition, 11.3.3): tEXt, zTXt and iTXt; the key is the chunk's keyword."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from creditline.model.errors import CarrierError, LimitError
from creditline.model.reading import Property

if TYPE_CHECKING:
    from creditline.model.picture import Problem

MAX_TEXT = 8 << 20
"""Inflated text; workflows of image generators reach a few MB, deflate can expand a thousandfold."""
PLAUSIBLE, MAX_RATIO = 1 << 20, 200
"""Past a MB, text that shrinks to less than a two-hundredth was made to be inflated, not to be read."""
MAX_KEYWORD = 79


def read(payload: bytes) -> tuple[Property, ...]:
    """The one property of a chunk, given as its type (4 bytes) and data.

    Text is read as UTF-8 and else as Latin-1, whatever the chunk type says, since writers put UTF-8 into tEXt.
    CarrierError for a chunk that does not follow its layout, LimitError for text past the cap.
    """
    kind, data = payload[:4], payload[4:]
    keyword, separator, rest = data.partition(b"\0")
    if kind not in (b"tEXt", b"zTXt", b"iTXt"):
        raise CarrierError("The chunk is no PNG text chunk.", code="png_text_broken")
    if not keyword or len(keyword) > MAX_KEYWORD or (not separator and kind != b"tEXt"):
        raise CarrierError("The PNG text chunk has no keyword.", code="png_text_broken")
    if kind == b"zTXt":
        rest = _inflate(rest[1:], rest[:1])
    elif kind == b"iTXt":
        rest = _international(rest)
    if len(rest) > MAX_TEXT:
        raise LimitError(f"The PNG text is longer than {MAX_TEXT} bytes.")
    return (Property("png_text", _decode(keyword), _decode(rest.rstrip(b"\0"))),)


def read_with_problems(payload: bytes) -> tuple[tuple[Property, ...], tuple[Problem, ...]]:
    """As `read`: a chunk holds one text, so there is no part of it to save."""
    return read(payload), ()


def _international(rest: bytes) -> bytes:
    """iTXt behind the keyword: compression flag and method, language NUL, translated keyword NUL, text."""
    flag, method = rest[:1], rest[1:2]
    fields = rest[2:].split(b"\0", 2)
    if flag not in (b"\0", b"\x01") or len(fields) != 3:
        raise CarrierError("The iTXt chunk breaks off before its text.", code="png_text_broken")
    return _inflate(fields[2], method) if flag == b"\x01" else fields[2]


def _inflate(data: bytes, method: bytes) -> bytes:
    if method != b"\0":
        raise CarrierError("The PNG text is compressed in an unknown way.", code="png_text_broken")
    engine = zlib.decompressobj()
    try:
        text = engine.decompress(data, PLAUSIBLE)
        if len(text) == PLAUSIBLE and not engine.eof:
            if len(text) > MAX_RATIO * (len(data) - len(engine.unconsumed_tail)):
                raise LimitError(f"The PNG text inflates to more than {MAX_RATIO} times its size.")
            text += engine.decompress(engine.unconsumed_tail, MAX_TEXT + 1 - PLAUSIBLE)
    except zlib.error:
        raise CarrierError("The compressed PNG text is broken.", code="png_text_broken") from None
    if len(text) > MAX_TEXT:
        raise LimitError(f"The PNG text inflates to more than {MAX_TEXT} bytes.")
    if not engine.eof:
        raise CarrierError("The compressed PNG text breaks off.", code="png_text_broken")
    return text


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
