"""An upload that takes several requests: what one of them adds, and what they say of the whole."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of an upload as a whole, by one request or by all so far.

    `total` is the whole's length in bytes, `count` its number of pieces, `first` the number that pieces are counted
    from, where they were said. `finish` and `abort` end the upload; a finish may list the pieces that count, in
    `order`. A `partial` upload is one that a later one `joins`. `alone`: there is no other request of this upload.
    `image`: the sender called it a picture.
    """

    first: int | None = None
    total: int | None = None
    count: int | None = None
    finish: bool = False
    abort: bool = False
    order: tuple[int, ...] = ()
    joins: tuple[str, ...] = ()
    partial: bool = False
    alone: bool = False
    image: bool = False
    part: str | None = None
    filename: str | None = None
    content_type: str | None = None
    declared: tuple[tuple[str, str], ...] = ()

    def then(self, later: Said) -> dict[str, Any]:
        """Each of these with what a later request says: its word where it has one; declarations add up."""
        said = {item.name: (getattr(self, item.name), getattr(later, item.name)) for item in fields(Said)}
        merged = {name: before if _says_nothing(now) else now for name, (before, now) in said.items()}
        return merged | {"declared": tuple(dict.fromkeys((*self.declared, *later.declared)))}


def _says_nothing(value: object) -> bool:
    return value is None or value is False or value in ((), "")


@dataclass(frozen=True, slots=True)
class Step(Said):
    """What one request and its answer say of an upload.

    `key` names the upload: a host and what its server, or the page, calls it. `data` belongs at byte `offset`, or is
    the piece number `index` where pieces are numbered (from whatever comes first, where `first` is None).

    `confirmed`: the server took it; `kept`: it holds the bytes before that offset and no more. `whole` is False when
    the request broke off, `missed` says why there is no data where some was sent.
    """

    form: str
    key: str
    data: bytes | None = None
    offset: int | None = None
    index: int | None = None
    confirmed: bool = True
    kept: int | None = None
    whole: bool = True
    missed: str | None = None


STEP_LINE = tuple(item.name for item in fields(Step) if item.name != "data")
"""What of a step is written down as JSON; its data is a file."""
