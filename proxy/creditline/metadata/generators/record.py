"""What generator readers share: where records stand, and JSON that hostile text cannot blow up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from creditline.model.reading import Property

MAX_TEXT = 1 << 20
"""Characters of a record that are parsed; workflows with embedded previews go beyond, settings never do."""

COMMENTS = frozenset({"ExifIFD:UserComment", "IFD0:UserComment", "exif:UserComment"})
"""Where JPEG and WebP writers put the record; some write UserComment into IFD0."""


def text_of(item: Property) -> str:
    """The property's text, a language alternative's first; empty for lists."""
    value = item.value
    if isinstance(value, dict):
        value = value.get("x-default") or next(iter(value.values()), "")
    return value if isinstance(value, str) else ""


def parse_json(text: str) -> object | None:
    """The JSON value, NaN and infinities included; None for anything else or past MAX_TEXT."""
    if len(text) > MAX_TEXT:
        return None
    try:
        value: object = json.loads(text.strip("\0 \t\r\n"))
    except (ValueError, RecursionError):
        return None
    return value


def scalar(value: object) -> str | None:
    """A JSON scalar as text, numbers as written where JSON keeps them; None for the rest."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return str(value)
    except ValueError:  # an integer past the digit limit of `str`
        return None
