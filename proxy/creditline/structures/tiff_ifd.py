"""TIFF directories (TIFF 6.0, section 2; BigTIFF): where entries and their values lie, in either byte order.

Nothing here decodes a value for people; that is the Exif reader's work. All reading is bounded by the file.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
    129: 1,
}
"""Bytes per value of each type: TIFF 6.0, BigTIFF (16 to 18), Exif 3.0 (129, UTF-8)."""

UNITS = {**SIZES, 5: 4, 10: 4}
"""Bytes that change places together when the byte order does: a rational is two numbers."""

MAX_ENTRIES = 65_536
"""Entries of one directory: all that the two-byte counter of classic TIFF can say, and some for BigTIFF."""

_NUMBERS = {1: "B", 3: "H", 4: "L", 13: "L", 16: "Q", 18: "Q"}


@dataclass(frozen=True, slots=True)
class Header:
    """Byte order (`<` or `>`), whether offsets take eight bytes (BigTIFF), and where the first directory lies."""

    order: str
    big: bool
    first: int

    @property
    def length(self) -> int:
        """Bytes of the file's header."""
        return 16 if self.big else 8

    @property
    def first_at(self) -> int:
        """Where the offset of the first directory stands."""
        return 8 if self.big else 4

    @property
    def counter(self) -> int:
        """Bytes of a directory's counter."""
        return 8 if self.big else 2

    @property
    def entry(self) -> int:
        """Bytes of an entry."""
        return 20 if self.big else 12

    @property
    def room(self) -> int:
        """Bytes of an offset, and of the longest value that stands in its entry."""
        return 8 if self.big else 4

    def packed(self, value: int, size: int) -> bytes:
        """A number as the file writes it. OverflowError if it needs more bytes."""
        return value.to_bytes(size, "little" if self.order == "<" else "big")

    def number(self, data: bytes, at: int, size: int) -> int | None:
        """The number at `at`, or None if it does not lie within `data`."""
        part = data[at : at + size]
        return int.from_bytes(part, "little" if self.order == "<" else "big") if len(part) == size else None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; `at` is where it stands, `value` where its value does, which is in the entry itself if `inline`.

    `length` is None for an unknown type, whose value then is whatever stands in the entry.
    """

    tag: int
    type: int
    count: int
    at: int
    value: int
    length: int | None
    inline: bool


@dataclass(frozen=True, slots=True)
class Directory:
    """One directory; `next_at` is where the next one's offset stands, None if the file ends before.

    `following` is that offset, 0 at the end of the chain. `cut` if the file ends inside the entries, or there are
    more than MAX_ENTRIES.
    """

    offset: int
    entries: tuple[Entry, ...]
    next_at: int | None
    following: int
    end: int
    cut: bool = False

    def find(self, tag: int) -> Entry | None:
        """The first entry of a tag, or None if there is none."""
        return next((entry for entry in self.entries if entry.tag == tag), None)


def header(data: bytes) -> Header | None:
    """The header of a TIFF stream, or None if it is none."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None:
        return None
    probe = Header(order, big=False, first=0)
    magic = probe.number(data, 2, 2)
    if magic == 43:
        if probe.number(data, 4, 4) != (8 if order == "<" else 8 << 16):
            return None
        first = probe.number(data, 8, 8)
        return None if first is None else Header(order, big=True, first=first)
    first = probe.number(data, 4, 4)
    return Header(order, big=False, first=first) if magic == 42 and first is not None else None


def directory(data: bytes, head: Header, offset: int) -> Directory | None:
    """The directory at `offset`, or None if it does not begin within `data`."""
    count = head.number(data, offset, head.counter)
    if count is None or offset < head.length:
        return None
    start = offset + head.counter
    held = min(count, MAX_ENTRIES, (len(data) - start) // head.entry)
    end = start + held * head.entry
    room, inline = head.room, head.entry - head.room
    form = struct.Struct(head.order + ("HHQQ" if head.big else "HHLL"))
    entries: list[Entry] = []
    for number, (tag, kind, values, pointer) in enumerate(form.iter_unpack(data[start:end])):
        at = start + number * head.entry
        unit = SIZES.get(kind)
        length = None if unit is None else unit * values
        short = length is None or length <= room
        entries.append(Entry(tag, kind, values, at, at + inline if short else pointer, length, short))
    if held < count:
        return Directory(offset, tuple(entries), None, 0, end, cut=True)
    following = head.number(data, end, room)
    if following is None:
        return Directory(offset, tuple(entries), None, 0, end)
    return Directory(offset, tuple(entries), end, following, end + room)


def value(data: bytes, entry: Entry) -> bytes | None:
    """An entry's value as it stands, or None if it does not lie within `data` whole or has an unknown type."""
    if entry.length is None or entry.value + entry.length > len(data):
        return None
    return data[entry.value : entry.value + entry.length]


def numbers(data: bytes, head: Header, entry: Entry | None, limit: int) -> Sequence[int]:
    """The whole numbers of an entry, at most `limit` of them; empty if it holds none or is none."""
    code = _NUMBERS.get(entry.type) if entry is not None else None
    if entry is None or code is None:
        return ()
    count = min(entry.count, limit)
    part = data[entry.value : entry.value + count * SIZES[entry.type]]
    if len(part) < count * SIZES[entry.type]:
        return ()
    return struct.unpack(f"{head.order}{count}{code}", part)


def swapped(raw: bytes, unit: int) -> bytes:
    """`raw` with the bytes of each unit in the other order; a rest shorter than a unit stays."""
    whole = len(raw) - len(raw) % unit
    out = bytearray(raw)
    for byte in range(unit):
        out[byte:whole:unit] = raw[unit - 1 - byte : whole : unit]
    return bytes(out)
