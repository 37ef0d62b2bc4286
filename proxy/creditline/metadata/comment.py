"""Comments of JPEG (COM) and GIF: text without a declared encoding, under the key `comment`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.model.errors import LimitError
from creditline.model.reading import Property

if TYPE_CHECKING:
    from creditline.model.picture import Problem

KEY = "comment"
MAX_BYTES = 16 << 20
"""A GIF comment may be any number of sub-blocks; generator records reach some 100 kB."""


def read(payload: bytes) -> tuple[Property, ...]:
    """The comment as UTF-8, else Latin-1, without trailing NULs. LimitError past the cap."""
    if len(payload) > MAX_BYTES:
        raise LimitError(f"The comment is longer than {MAX_BYTES} bytes.")
    data = payload.rstrip(b"\0")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return (Property("comment", KEY, text),)


def read_with_problems(payload: bytes) -> tuple[tuple[Property, ...], tuple[Problem, ...]]:
    """As `read`: any bytes are a comment, so there is nothing to report."""
    return read(payload), ()
