"""Texts in movie files: user data and the lists of `meta` boxes (QuickTime File Format, 3GPP TS 26.244).

Three forms: `udta` children of QuickTime (size, language, text) and of 3GPP (version, language, text); an `ilst`
with one box per four-letter name; an `ilst` whose boxes are numbered after a `keys` box.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from creditline.structures import bmff

if TYPE_CHECKING:
    from collections.abc import Iterator

THREE_GPP = frozenset({"titl", "auth", "cprt", "dscp", "perf", "gnre", "albm"})
"""User data in 3GPP's form: version and flags, packed language, text."""

AIGC = "AIGC"
"""China's label for generated content; which of the forms it takes in movies is not settled."""

MAX_TEXTS = 10_000
"""Texts of one box; real ones hold some dozens."""


@dataclass(frozen=True, slots=True)
class Text:
    """One entry: which form, its name there, its bytes, and the well-known type that `ilst` states for them."""

    form: str
    name: str
    value: bytes
    type: int | None = None


def holds_texts(data: bytes, box: bmff.Box) -> bool:
    """Whether a `udta` or `meta` box has an entry that could be a text."""
    return next(texts(data, box), None) is not None


def texts(data: bytes, box: bmff.Box) -> Iterator[Text]:
    """The entries of a `udta` or `meta` box in order, MAX_TEXTS at most; broken ones are passed over."""
    source = _user_data(data, box) if box.kind == "udta" else _meta(data, box)
    for number, text in enumerate(source):
        if number >= MAX_TEXTS:
            return
        yield text


def _user_data(data: bytes, box: bmff.Box) -> Iterator[Text]:
    for child in bmff.boxes(data, box.body, box.end):
        if child.kind == "meta":
            yield from _meta(data, child)
        elif child.kind[0] == "\xa9" or child.kind in THREE_GPP or child.kind == AIGC:
            yield Text("udta", child.kind, data[child.body : child.end])


def _meta(data: bytes, box: bmff.Box) -> Iterator[Text]:
    names: list[str] = []
    for child in bmff.boxes(data, bmff.meta_body(data, box), box.end):
        if child.kind == "keys":
            names = [data[key.body : key.end].decode("utf-8", "replace") for key in _keys(data, child)]
        elif child.kind == "ilst":
            yield from _list(data, child, names)


def _keys(data: bytes, box: bmff.Box) -> Iterator[bmff.Box]:
    """Names with their namespace, framed as boxes are (QuickTime File Format, metadata item keys)."""
    yield from bmff.boxes(data, min(box.body + 8, box.end), box.end)


def _list(data: bytes, box: bmff.Box, names: list[str]) -> Iterator[Text]:
    for item in bmff.boxes(data, box.body, box.end):
        number = int.from_bytes(item.kind.encode("latin-1"))
        form, name = ("mdta", names[number - 1]) if 0 < number <= len(names) else ("ilst", item.kind)
        own = ""
        for part in bmff.boxes(data, item.body, item.end):
            if part.kind == "name" and item.kind == "----":
                own = data[part.body + 4 : part.end].decode("utf-8", "replace")
            elif part.kind == "data" and part.end - part.body >= 8:
                kind = int.from_bytes(data[part.body : part.body + 4])
                full = f"{name}:{own}" if own else name
                yield Text(form, full, data[part.body + 8 : part.end], kind)
