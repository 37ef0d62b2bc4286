"""The multi-picture index of a JPEG (CIPA DC-007): its offsets, kept right when the file changes length."""

from __future__ import annotations

import struct

from creditline.model.errors import ContainerError

MP_ENTRIES = 0xB002
"""Tag of the table of pictures: 16 bytes each, attribute u32, size u32, offset u32, two dependent u16."""

ENTRY_SIZE = 16

MAX_PICTURES = 4_096
"""An index lies in one segment of 64 KiB, so it cannot hold more."""


def shifted(index: bytes, *, primary: int, others: int, beyond: int) -> bytes:
    """The index after a splice: the first picture grew by `primary` bytes, what follows it moved by `others`.

    Offsets count from the index's own first byte; those under `beyond` point into the first picture and stay.
    An index that cannot be read is given back as it is. ContainerError if a number leaves u32.
    """
    order = {b"II": "<", b"MM": ">"}.get(index[:2])
    table = None if order is None else _table(index, order)
    if order is None or table is None:
        return index
    out = bytearray(index)
    start, count = table
    for number in range(count):
        at = start + number * ENTRY_SIZE + 4
        size, offset = struct.unpack_from(order + "II", index, at)
        if number == 0 and offset == 0 and size:
            size += primary
        elif offset and offset >= beyond:
            offset += others
        if not (0 <= size <= 0xFFFFFFFF and 0 <= offset <= 0xFFFFFFFF):
            raise ContainerError("the multi-picture index cannot hold the new offsets")
        struct.pack_into(order + "II", out, at, size, offset)
    return bytes(out)


def _table(index: bytes, order: str) -> tuple[int, int] | None:
    """Where the picture entries begin in `index` and how many there are."""
    try:
        (ifd,) = struct.unpack_from(order + "I", index, 4)
        (count,) = struct.unpack_from(order + "H", index, ifd)
        for number in range(count):
            tag, _, size, offset = struct.unpack_from(order + "HHII", index, ifd + 2 + 12 * number)
            if tag == MP_ENTRIES:
                pictures = min(size // ENTRY_SIZE, MAX_PICTURES)
                return (offset, pictures) if offset + pictures * ENTRY_SIZE <= len(index) else None
    except struct.error:
        return None
    return None
