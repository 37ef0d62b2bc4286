"""Puts single entries of one Exif block into another, or into a new one, as the bytes that they are.

Nothing that is there moves: what grows is written anew at the end of the TIFF stream and pointed to, so a maker's
note keeps its place and its inner offsets (Exif 3.0, 4.6.5). Entries keep their type and count; numbers follow the
stream's byte order, undefined bytes stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from creditline.model.errors import CarrierError
from creditline.structures import tiff_ifd
from creditline.structures.tiff_ifd import UNITS, Header
from creditline.vocab import exif_tags

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

PREFIXES = (b"Exif\0\0", b"Exif\0\xff")
GROUPS = ("IFD0", "ExifIFD", "GPS")
MAKER_NOTE = 0x927C
MAX_VALUE = 1 << 22
"""Bytes of one entry that is carried over: records of generators reach some 100 kB."""

_POINTERS = {"ExifIFD": 0x8769, "GPS": 0x8825}
_NAMES = {"IFD0": exif_tags.IFD0, "ExifIFD": exif_tags.EXIF, "GPS": exif_tags.GPS}
_TAGS = {
    **{f"{group}:{name}": (group, tag) for group, names in _NAMES.items() for tag, name in names.items()},
    # Some writers put these into the other directory, where they are read under these keys.
    "IFD0:UserComment": ("IFD0", 0x9286),
    "IFD0:BodySerialNumber": ("IFD0", 0xA431),
}
COMPANIONS = {
    "ExifIFD:DateTimeOriginal": ("ExifIFD:SubSecTimeOriginal", "ExifIFD:OffsetTimeOriginal"),
    "ExifIFD:DateTimeDigitized": ("ExifIFD:SubSecTimeDigitized", "ExifIFD:OffsetTimeDigitized"),
}
"""Entries that belong to another: fractions and time zone of a time."""


class Raw(NamedTuple):
    """One entry as it stands: so many `values` of its type, in the byte order `order` (`<` or `>`)."""

    group: str
    tag: int
    type: int
    values: int
    value: bytes
    order: str


def entries(payload: bytes, keys: Collection[str], *, groups: Collection[str] = ()) -> tuple[Raw, ...]:
    """The entries under these keys (as `exif.read` gives them) and, of `groups`, all; missing ones are left out.

    CarrierError for a stream without a header.
    """
    data, head = _opened(payload)
    wanted = {_TAGS[key] for key in keys if key in _TAGS}
    found: list[Raw] = []
    for group, one in _directories(data, head).items():
        for entry in one.entries:
            if (group, entry.tag) not in wanted and group not in groups:
                continue
            value = tiff_ifd.value(data, entry)
            if value is not None and len(value) <= MAX_VALUE and entry.tag not in _POINTERS.values():
                found.append(Raw(group, entry.tag, entry.type, entry.count, value, head.order))
    return tuple(found)


def text(key: str, value: str) -> Raw:
    """An entry that says `value`, for the few tags that take text; UserComment with its character code."""
    group, tag = _TAGS[key]
    if tag == 0x9286:
        # Big-endian whatever the stream's order, as the writers whose records stand there do (piexif's helper).
        data = b"ASCII\0\0\0" + value.encode() if value.isascii() else b"UNICODE\0" + value.encode("utf-16-be")
        return Raw(group, tag, 7, len(data), data, ">")
    data = value.encode() + b"\0"
    return Raw(group, tag, 2, len(data), data, ">")


def has_maker_note(payload: bytes) -> bool:
    """Whether the stream holds a maker's note, whose inner offsets may count from the stream's start."""
    data, head = _opened(payload)
    one = _directories(data, head).get("ExifIFD")
    return one is not None and one.find(MAKER_NOTE) is not None


def edited(payload: bytes | None, added: Sequence[Raw]) -> bytes:
    """The stream with these entries, each in place of one of its tag; None makes a new one in their byte order.

    CarrierError for a stream without a whole first directory.
    """
    if payload is None:
        order = added[0].order if added else ">"
        mark = b"II" if order == "<" else b"MM"
        start = Header(order, big=False, first=0)
        payload = mark + start.packed(42, 2) + start.packed(0, 4)
    data, head = _opened(payload)
    directories = _directories(data, head)
    if head.first and "IFD0" not in directories:
        raise CarrierError("The Exif block has no whole first directory.", code="exif_truncated")
    if any(one.cut for one in directories.values()):
        raise CarrierError("An Exif directory breaks off.", code="exif_truncated")
    out = bytearray(data)
    by_group: dict[str, list[Raw]] = {}
    for item in added:
        by_group.setdefault(item.group, []).append(item)
    pointers: dict[str, int] = {}
    for group in ("ExifIFD", "GPS"):
        if group in by_group:
            pointers[group] = _append(out, data, head, directories.get(group), by_group[group], {})
    if by_group:
        first = _append(out, data, head, directories.get("IFD0"), by_group.get("IFD0", []), pointers)
        out[head.first_at : head.first_at + head.room] = head.packed(first, head.room)
    return bytes(out)


def _opened(payload: bytes) -> tuple[bytes, Header]:
    data = payload[6:] if payload[:6] in PREFIXES else payload
    head = tiff_ifd.header(data)
    if head is None:
        raise CarrierError("The Exif block does not begin with a TIFF header.", code="exif_header")
    return data, head


def _directories(data: bytes, head: Header) -> dict[str, tiff_ifd.Directory]:
    """IFD0 and what hangs below it, as far as it can be read."""
    found: dict[str, tiff_ifd.Directory] = {}
    first = tiff_ifd.directory(data, head, head.first) if head.first else None
    if first is None:
        return found
    found["IFD0"] = first
    for group, tag in _POINTERS.items():
        offset = next(iter(tiff_ifd.numbers(data, head, first.find(tag), 1)), 0)
        below = tiff_ifd.directory(data, head, offset) if offset else None
        if below is not None:
            found[group] = below
    return found


def _append(
    out: bytearray,
    data: bytes,
    head: Header,
    old: tiff_ifd.Directory | None,
    added: Sequence[Raw],
    pointers: Mapping[str, int],
) -> int:
    """A directory with the old entries and the new ones at the end of `out`; where it lies."""
    gone = {item.tag for item in added} | {_POINTERS[group] for group in pointers}
    fields = (
        [data[one.at : one.at + head.entry] for one in old.entries if one.tag not in gone]
        if old is not None
        else []
    )
    for item in added:
        value = _value(item, head)
        if len(value) > head.room:
            out += bytes(len(out) % 2)
            place = head.packed(len(out), head.room)
            out += value
        else:
            place = value.ljust(head.room, b"\0")
        fields.append(
            head.packed(item.tag, 2) + head.packed(item.type, 2) + head.packed(item.values, head.room) + place
        )
    fields += [
        head.packed(_POINTERS[group], 2)
        + head.packed(13 if head.big else 4, 2)
        + head.packed(1, head.room)
        + head.packed(at, head.room if not head.big else 4).ljust(head.room, b"\0")
        for group, at in pointers.items()
    ]
    fields.sort(key=lambda field: head.number(field, 0, 2) or 0)  # TIFF 6.0 section 2: ascending by tag
    out += bytes(len(out) % 2)
    start = len(out)
    following = old.following if old is not None else 0
    out += head.packed(len(fields), head.counter) + b"".join(fields) + head.packed(following, head.room)
    return start


def _value(item: Raw, head: Header) -> bytes:
    if item.order == head.order or item.type not in UNITS:
        return item.value
    return tiff_ifd.swapped(item.value, UNITS[item.type])
