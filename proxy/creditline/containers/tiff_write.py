"""Rewrites directories of a TIFF: new values and larger directories go to the end, strips and tiles never move.

What then belongs to nothing is overwritten with zeros, and cut off where it ends the file: a field taken out is
out, and a file edited again and again does not grow.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from creditline.containers import tiff_exif
from creditline.containers.tiff_walk import taken, walk
from creditline.model.errors import ContainerError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from creditline.containers.tiff_exif import Item
    from creditline.containers.tiff_walk import Walk

MAX_OFFSET = 0xFFFFFFFF
"""Classic TIFF counts bytes in 32 bits."""

MAX_COUNT = 0xFFFF
"""Classic TIFF counts the entries of a directory in 16 bits; nobody needs more in BigTIFF."""

HEADROOM = 64 << 20
"""What directories and an Exif stream may take besides the values: more than the caps on them allow."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What changes in one directory of the chain: entries that go, named by where they stand, and new ones."""

    dropped: frozenset[int] = frozenset()
    added: tuple[Item, ...] = ()

    def __or__(self, other: Edit) -> Edit:
        return Edit(self.dropped | other.dropped, self.added + other.added)


def rewrite(data: bytes, walked: Walk, edits: Mapping[int, Edit]) -> bytes:
    """`data` with these edits, by number of the directory in the chain of a complete walk.

    A directory left without entries leaves the chain. ContainerError if that is the first one, or if the file
    would grow past what its offsets can say.
    """
    left = {n: len(walked.chain[n].entries) - len(edit.dropped) + len(edit.added) for n, edit in edits.items()}
    if left.get(0) == 0:
        raise ContainerError("this TIFF would be left with an empty first directory")
    staying = [n for n in range(len(walked.chain)) if left.get(n) != 0]
    shrunk = _shrunk(data, walked, edits, staying)
    added = {index: edits[n].added for index, n in enumerate(staying) if n in edits and edits[n].added}
    if not added:
        return shrunk
    tails = sum(len(item.value or b"") for items in added.values() for item in items)
    if not walked.header.big and len(shrunk) + tails + HEADROOM > MAX_OFFSET:
        raise ContainerError("the file would grow past the 4 GiB that TIFF allows")
    rooms = [walked.chain[n].end - walked.chain[n].offset for n in staying]
    return _grown(shrunk, added, rooms)


def _shrunk(data: bytes, walked: Walk, edits: Mapping[int, Edit], staying: list[int]) -> bytes:
    """`data` without the dropped entries; nothing moves."""
    head = walked.header
    out = bytearray(data)
    spare: list[tuple[int, int]] = []
    place = head.first_at
    for index, n in enumerate(staying):
        one = walked.chain[n]
        dropped = edits[n].dropped if n in edits else frozenset()
        following = walked.chain[staying[index + 1]].offset if index + 1 < len(staying) else 0
        if dropped:
            fields = [data[entry.at : entry.at + head.entry] for entry in one.entries if entry.at not in dropped]
            body = head.packed(len(fields), head.counter) + b"".join(fields) + head.packed(following, head.room)
            out[one.offset : one.offset + len(body)] = body
            spare.append((one.offset + len(body), one.end))
            place = one.offset + len(body) - head.room
        elif one.next_at is not None:
            place = one.next_at
            out[place : place + head.room] = head.packed(following, head.room)
    return _scrubbed(out, [*taken(data, walked), *spare])


def _grown(data: bytes, added: Mapping[int, tuple[Item, ...]], rooms: Sequence[int]) -> bytes:
    """`data` with new entries; a directory stays where it is as long as it fits into its former room."""
    walked = walk(data)
    head = walked.header
    out = bytearray(data)
    place: int | None = head.first_at
    for n, one in enumerate(walked.chain):
        if n not in added:
            place = one.next_at
            continue
        fields = [data[entry.at : entry.at + head.entry] for entry in one.entries]
        if len(fields) + len(added[n]) > MAX_COUNT:
            raise ContainerError("a directory of this TIFF has no room for more entries")
        length = head.counter + (len(fields) + len(added[n])) * head.entry + head.room
        out += bytes(len(out) % 2)
        # Into its former room, as far as the file still has that, or at the file's end, it stays where it is.
        roomy = length <= rooms[n] and one.offset + length <= len(data)
        offset = one.offset if roomy or one.end == len(out) else len(out)
        out += bytes(max(0, offset + length - len(out)))
        for item in added[n]:
            out += bytes(len(out) % 2)
            field, tail = tiff_exif.placed(item, head, len(out))
            fields.append(field)
            out += tail
        # TIFF 6.0 section 2: ascending by tag. Stable, so that a tag that stood twice keeps its first value.
        fields.sort(key=lambda field: head.number(field, 0, 2) or 0)
        body = head.packed(len(fields), head.counter) + b"".join(fields) + head.packed(one.following, head.room)
        out[offset : offset + length] = body
        if place is not None and offset != one.offset:
            out[place : place + head.room] = head.packed(offset, head.room)
        place = offset + length - head.room
    return _scrubbed(out, taken(data, walked))


def _scrubbed(out: bytearray, before: list[tuple[int, int]]) -> bytes:
    """Zeros over the spans that nothing owns any longer; off with them where the file ends there."""
    data = bytes(out)
    used = _merged([(start, min(end, len(data))) for start, end in taken(data, walk(data)) if start < end])
    starts = [start for start, _ in used]

    def free(start: int, end: int) -> bool:
        at = bisect_left(starts, end)
        return start < end <= len(out) and not (at and used[at - 1][1] > start)

    for start, end in sorted(set(before), key=lambda span: span[1], reverse=True):
        if not free(start, end):
            continue
        out[start:end] = bytes(end - start)
        padded = end % 2 and data[end : end + 1] == b"\0" and free(start, end + 1)
        if end + bool(padded) == len(out):
            del out[start:]
    return bytes(out)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
