"""IPTC behind a JPEG's picture, where archive programs put it: AFCP (AXS) and FotoStation (FotoWare) trailers.

Both are found from the end of the file, one before the other; neither has a public specification, so the layouts are
those that ExifTool documents (`AFCP.pm`, `FotoStation.pm`) and the corpus's files bear out.

AFCP: `AXS!` (big-endian) or `AXS*`, u16 version, u16 entries, 4 bytes; entries of tag, u32 size, u32 offset in the
file; their data; 12 bytes at the end: the same mark, u32 where the trailer begins, 4 bytes.
FotoStation: data, then u16 tag, u32 size of data and this footer, `A1 B2 C3 D4`; tag 1 is IIM, filled up with zeros.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from creditline.model.picture import Block

if TYPE_CHECKING:
    from collections.abc import Sequence

AFCP = (b"AXS!", b"AXS*")
FOTOSTATION = b"\xa1\xb2\xc3\xd4"

MAX_TRAILERS = 32
"""FotoStation writes up to four; each costs a few bytes, so a hostile file could stack a million."""
MAX_ENTRIES = 64
"""Entries of an AFCP directory: real ones have two."""

_IIM_TAG = 1
_FOOTER = 10
_HEAD = 12


class Part(NamedTuple):
    """IIM records inside the trailer: `start` and `end` of them in the file, the one trailer that holds them."""

    name: str
    start: int
    end: int
    first: int
    last: int


def parts(data: bytes, start: int) -> tuple[list[Part], bool]:
    """The IIM records in the trailers of `data` behind `start`, in file order; and whether all could be followed."""
    found: list[Part] = []
    end = len(data)
    for _ in range(MAX_TRAILERS):
        if data[max(end - _HEAD, start) : max(end - 8, start)] in AFCP:
            first = _afcp_start(data, start, end)
            records = None if first is None else _afcp_records(data, first, end)
            if first is None or records is None:
                return found[::-1], False
            found += [Part("AFCP", at, at + size, first, end) for at, size in records[::-1] if size]
            end = first
        elif data[max(end - 4, start) : end] == FOTOSTATION:
            size = int.from_bytes(data[end - 8 : end - 4])
            if not _FOOTER <= size <= end - start:
                return found[::-1], False
            tag, stop = int.from_bytes(data[end - _FOOTER : end - 8]), end - _FOOTER
            if tag == _IIM_TAG and stop > end - size:
                found.append(Part("FotoStation", end - size, stop, end - size, end))
            end -= size
        else:
            return found[::-1], True
    return found[::-1], False


def blocks(data: bytes, start: int) -> list[Block]:
    """The `iptc` blocks in the trailers behind `start`."""
    return [
        Block("iptc", f"{part.name}@{part.first}", data[part.start : part.end]) for part in parts(data, start)[0]
    ]


def rewritten(data: bytes, start: int, wanted: Sequence[bytes], at: int) -> bytes:
    """The bytes from `start` on, with `wanted` as the records (none: empty), when they come to stand at `at`.

    AFCP counts its offsets from the file's start, so it changes whenever anything before it grows.
    """
    out: list[bytes] = []
    kept = start
    every = parts(data, start)[0]
    grown = at - start
    for number, part in enumerate(every):
        records = wanted[number] if number < len(wanted) else b""
        out.append(data[kept : part.first])
        if part.name == "FotoStation":
            size = len(records) + _FOOTER
            new = records + data[part.last - _FOOTER : part.last - 8] + size.to_bytes(4) + FOTOSTATION
        else:
            new = _afcp_with(data, part, records, part.first + grown)
        out.append(new)
        grown += len(new) - (part.last - part.first)
        kept = part.last
    out.append(data[kept:])
    return b"".join(out)


def _order(mark: bytes) -> Literal["big", "little"]:
    return "big" if mark == AFCP[0] else "little"


def _afcp_start(data: bytes, start: int, end: int) -> int | None:
    """Where the trailer begins: as it says, or, when bytes before it came or went, at the last mark before its end."""
    mark = data[end - _HEAD : end - 8]
    stated = int.from_bytes(data[end - 8 : end - 4], _order(mark))
    if start <= stated <= end - 2 * _HEAD and data[stated : stated + 4] == mark:
        return stated
    nearest = data.rfind(mark, start, max(end - _HEAD, start))
    return nearest if nearest >= 0 else None


def _afcp_entries(data: bytes, first: int, end: int) -> list[tuple[bytes, int, int, int]] | None:
    """Tag, size, place of the data and place of the entry; None when they do not fit."""
    mark = data[first : first + 4]
    order = _order(mark)
    moved = first - int.from_bytes(data[end - 8 : end - 4], order)
    count = int.from_bytes(data[first + 6 : first + 8], order)
    if count > MAX_ENTRIES:
        return None
    entries = []
    low = first + _HEAD + 12 * count
    for entry in range(first + _HEAD, low, 12):
        size = int.from_bytes(data[entry + 4 : entry + 8], order)
        place = int.from_bytes(data[entry + 8 : entry + 12], order) + moved
        if place < low or place + size > end - _HEAD:
            return None
        entries.append((data[entry : entry + 4], size, place, entry))
    return entries


def _afcp_records(data: bytes, first: int, end: int) -> list[tuple[int, int]] | None:
    entries = _afcp_entries(data, first, end)
    if entries is None:
        return None
    records = [(place, size) for tag, size, place, _ in entries if tag == b"IPTC"]
    return records[:1]


def _afcp_with(data: bytes, part: Part, records: bytes, at: int) -> bytes:
    """One AFCP trailer with other records, standing at `at`; its other data follow in their order."""
    entries = _afcp_entries(data, part.first, part.last) or []
    order = _order(data[part.first : part.first + 4])
    grown = len(records) - (part.end - part.start)
    out = bytearray(data[part.first : part.start] + records + data[part.end : part.last])
    for _, size, place, entry in entries:
        mine = place == part.start and size == part.end - part.start
        new = place - part.first + at + (grown if place >= part.end and not mine else 0)
        slot = entry - part.first
        out[slot + 4 : slot + 12] = (len(records) if mine else size).to_bytes(4, order) + new.to_bytes(4, order)
    out[-8:-4] = at.to_bytes(4, order)
    return bytes(out)
