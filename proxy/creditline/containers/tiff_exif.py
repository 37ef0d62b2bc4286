"""Exif in a TIFF file, where the tags of picture and person stand side by side: cut out as a stream, and put back.

The carrier `exif` of a TIFF is what its first directory says beyond how the pixels are stored: description,
maker, dates, the Exif, GPS and Interop directories. Its payload is a TIFF stream of these alone, in the file's
byte order.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from creditline.model.errors import ContainerError
from creditline.structures import tiff_ifd
from creditline.structures.tiff_ifd import UNITS, Header

if TYPE_CHECKING:
    from collections.abc import Sequence

    from creditline.structures.tiff_ifd import Directory, Entry

MAX_ITEMS = 4_000
"""Entries taken over; cameras write some hundred."""

MAX_BYTES = 32 << 20
"""Values taken over, together: maker notes reach some MB, entries of a hostile file may share one long value."""

ORIENTATION = 0x0112
"""Part of the payload, for who reads it, but of the picture: it neither makes the carrier nor leaves with it."""

_DESCRIPTIVE = frozenset(
    {0x010D, 0x010E, 0x010F, 0x0110, 0x011D, 0x0131, 0x0132, 0x013B, 0x013C, 0x4746, 0x4749, 0x8298}
    | {0x829A, 0x829D, 0x8769, 0x8822, 0x8824, 0x8825, *range(0x8827, 0x8836), *range(0x9000, 0xA000)}
    | {*range(0xA000, 0xA480), 0xC62F, 0xC68B}
) - {0x935C}
"""TIFF 6.0 section 8, Exif 3.0 (some writers put its tags here), DNG's serial number and file name."""

_TEXT = frozenset({2, 129})
_OTHER_TEXT = (
    frozenset({0x014D, 0x87B1, 0xA480, 0xA481, *range(0xC612, 0xCD00)})
    | frozenset({0x02BC, 0x83BB, 0x8649, 0x8773, 0xCD41})
) - _DESCRIPTIVE
"""Texts of ink names, GeoTIFF, GDAL and DNG profiles, which say how to show the pixels; and the other carriers."""

_POINTERS = {0x8769, 0x8825}
_INTEROP = 0xA005
_NOWHERE = 0xFF


@dataclass(frozen=True, slots=True)
class Item:
    """One entry without its place: `value` in the byte order of its stream, or `below` for a directory.

    Both are None for a value that lies outside the file.
    """

    tag: int
    type: int
    count: int
    value: bytes | None
    below: tuple[Item, ...] | None = None


def is_exif(entry: Entry | Item) -> bool:
    """Whether an entry of the first directory belongs to the carrier `exif`."""
    return entry.tag in _DESCRIPTIVE or (
        entry.type in _TEXT and entry.tag >= 0x0100 and entry.tag not in _OTHER_TEXT
    )


def extract(data: bytes, head: Header, first: Directory) -> tuple[tuple[Item, ...], bool]:
    """The items of the carrier in a first directory, and whether all of them fit under the caps.

    None of them if there is nothing but structure.
    """
    reader = _Reader(data, head)
    if not any(map(is_exif, first.entries)):
        return (), True
    mine = [entry for entry in first.entries if is_exif(entry) or entry.tag == ORIENTATION]
    return reader.items(mine, _POINTERS), reader.whole


def stream(items: Sequence[Item], head: Header) -> bytes:
    """The items as a TIFF stream of their own."""
    start = replace(head, first=head.length)
    magic = start.packed(43 if head.big else 42, 2)
    if head.big:
        magic += start.packed(8, 2) + start.packed(0, 2)
    mark = b"II" if head.order == "<" else b"MM"
    return mark + magic + start.packed(head.length, head.room) + laid_out(items, head, head.length)


def parsed(payload: bytes, head: Header) -> tuple[Item, ...]:
    """The items of a TIFF stream, in the byte order of `head`. ContainerError if it is no whole one."""
    own = tiff_ifd.header(payload)
    first = tiff_ifd.directory(payload, own, own.first) if own is not None else None
    if own is None or first is None or first.cut:
        raise ContainerError("the exif payload is no TIFF stream")
    items, whole = extract(payload, own, first)
    if not whole:
        raise ContainerError("the exif payload is larger than can be written")
    return _converted(items, own, head)


def laid_out(items: Sequence[Item], head: Header, at: int) -> bytes:
    """A directory of these items as it stands at `at`, which is even, followed by its values."""
    entries: list[bytes] = []
    behind: list[bytes] = []
    pos = at + head.counter + len(items) * head.entry + head.room
    for item in items:
        field, tail = placed(item, head, pos)
        entries.append(field)
        behind.append(tail + bytes(len(tail) % 2))
        pos += len(behind[-1])
    return head.packed(len(items), head.counter) + b"".join((*entries, bytes(head.room), *behind))


def placed(item: Item, head: Header, at: int) -> tuple[bytes, bytes]:
    """An item's entry, and what goes to `at` because it does not fit into the entry."""
    tail, kind = b"", item.type
    if item.below is not None:
        # LONG and LONG8: as wide as an offset, so that it fills its place in either byte order.
        kind = 16 if head.big else 4
        tail = laid_out(item.below, head, at)
        field = head.packed(at, head.room)
    elif item.value is None:
        field = bytes((_NOWHERE,)) * head.room
    elif len(item.value) <= head.room:
        field = item.value.ljust(head.room, b"\0")
    else:
        tail = item.value
        field = head.packed(at, head.room)
    lead = head.packed(item.tag, 2) + head.packed(kind, 2) + head.packed(item.count, head.room)
    return lead + field, tail


class _Reader:
    def __init__(self, data: bytes, head: Header) -> None:
        self.data = data
        self.head = head
        self.visited: set[int] = set()
        self.left = MAX_ITEMS
        self.room = MAX_BYTES
        self.whole = True

    def items(self, entries: Sequence[Entry], pointers: set[int]) -> tuple[Item, ...]:
        found: list[Item] = []
        for entry in entries:
            self.left -= 1
            item = self.item(entry, pointers) if self.left >= 0 else None
            if item is None:
                self.whole = False
                break
            found.append(item)
        return tuple(found)

    def item(self, entry: Entry, pointers: set[int]) -> Item | None:
        if entry.length is None:
            raw = self.data[entry.value : entry.value + self.head.room]
            return Item(entry.tag, entry.type, entry.count, raw)
        if entry.tag in pointers:
            return Item(entry.tag, entry.type, 1, None, self.below(entry))
        self.room -= min(entry.length, len(self.data))
        if self.room < 0:
            return None
        return Item(entry.tag, entry.type, entry.count, tiff_ifd.value(self.data, entry))

    def below(self, entry: Entry) -> tuple[Item, ...] | None:
        offset = next(iter(tiff_ifd.numbers(self.data, self.head, entry, 1)), 0)
        if offset in self.visited:
            return None
        self.visited.add(offset)
        one = tiff_ifd.directory(self.data, self.head, offset)
        return None if one is None else self.items(one.entries, {_INTEROP} if entry.tag == 0x8769 else set())


def _converted(items: Sequence[Item], own: Header, head: Header) -> tuple[Item, ...]:
    """The items as `head` writes them: values swapped, broken ones left out. Maker notes stay as they are."""
    out: list[Item] = []
    for item in items:
        unit = UNITS.get(item.type)
        if item.below is not None:
            out.append(replace(item, count=1, below=_converted(item.below, own, head)))
        elif item.value is not None and unit is not None:
            if unit == 8 and item.type in {16, 17, 18} and not head.big:
                raise ContainerError("the exif payload holds eight-byte numbers, which classic TIFF cannot")
            value = item.value if own.order == head.order else tiff_ifd.swapped(item.value, unit)
            out.append(replace(item, value=value))
    return tuple(out)
