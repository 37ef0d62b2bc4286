"""The last step of a splice in a file of the ISO base media family: sizes, and every offset that has moved."""

from __future__ import annotations

import bisect
import struct
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from creditline.containers.splice import Plan, render
from creditline.model.errors import ContainerError
from creditline.structures import bmff

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from creditline.containers.isobmff_items import Table
    from creditline.containers.isobmff_units import Unit, Walk

FRAGMENTED = frozenset({"moof", "sidx", "ssix", "mfra", "styp"})
"""Boxes with offsets of their own: nothing before them is moved."""

MEDIA_HEADER = 8
"""Of the `mdat` box that new items go into."""

_CHUNKS = {"moov/trak/mdia/minf/stbl/stco": "I", "moov/trak/mdia/minf/stbl/co64": "Q"}
_OFFSETS_ELSEWHERE = frozenset({"moov/trak/mdia/minf/stbl/saio"})


@dataclass(slots=True)
class Draft:
    """Edits as they gather. `inserted`: (before unit, header that they belong to, bytes).

    `locations` holds the new item table of an `iloc` unit, still with the file's old positions; what lies in
    `media` has the positions it would have in a box at the old end of the file.
    """

    replaced: dict[int, bytes] = field(default_factory=dict)
    inserted: list[tuple[int, int | None, bytes]] = field(default_factory=list)
    locations: dict[int, bmff.ItemLocations] = field(default_factory=dict)
    media: list[bytes] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.replaced or self.inserted or self.locations or self.media)

    def take(self, plan: Plan) -> None:
        """Edits of boxes at the top level."""
        self.replaced.update(plan.replaced)
        self.inserted += [(at, None, new) for at, _, new in plan.inserted]


def assemble(data: bytes, walked: Walk, draft: Draft, found: Sequence[Table]) -> bytes:
    """The file with the edits: box sizes and all offsets put right, a `free` box behind `meta` used up first.

    ContainerError if a number does not fit, or if an offset that is not understood would have to move.
    """
    units = walked.units
    for iloc, table in draft.locations.items():
        draft.replaced[iloc] = bmff.write_box(b"iloc", bmff.write_locations(table))
    _fit_sizes(data, walked, draft)
    before, total = _growth(units, draft)
    starts = [unit.start for unit in units]

    def move(position: int) -> int:
        if position >= len(data):
            return position + total
        return position + before[bisect.bisect_right(starts, position) - 1]

    _check_fragments(units, before)
    for one in found:
        if one.iloc is not None and one.locations is not None:
            wanted = draft.locations.get(one.iloc, one.locations)
            moved = replace(wanted, entries=tuple(_moved(entry, wanted, move) for entry in wanted.entries))
            if moved != one.locations:
                head, body = data[units[one.iloc].start : units[one.iloc].body], bmff.write_locations(moved)
                draft.replaced[one.iloc] = (
                    bmff.write_box(b"iloc", body) if one.iloc in draft.locations else head + body
                )
    if any(before):
        _move_chunks(data, units, draft, move)
    if draft.media:
        draft.inserted.append((len(units), None, bmff.write_box(b"mdat", b"".join(draft.media))))
    ranked = tuple((at, -_depth(units, owner), new) for at, owner, new in draft.inserted)
    return render(data, [(unit.start, unit.end) for unit in units], Plan(draft.replaced, ranked))


def media_position(data: bytes, draft: Draft) -> int:
    """Where the next piece of `media` will lie, as positions are written into `Draft.locations`."""
    return len(data) + MEDIA_HEADER + sum(map(len, draft.media))


def _depth(units: Sequence[Unit], owner: int | None) -> int:
    depth = 0
    while owner is not None:
        owner, depth = units[owner].parent, depth + 1
    return depth


def _fit_sizes(data: bytes, walked: Walk, draft: Draft) -> None:
    """The size fields of all headers around an edit; what `meta` grows by is taken from a `free` box behind it."""
    units = walked.units
    grown = [0] * len(units)
    for n, new in draft.replaced.items():
        grown[n] += len(new) - (units[n].end - units[n].start)
    for _, owner, new in draft.inserted:
        if owner is not None:
            grown[owner] += len(new)
    for n in range(len(units) - 1, -1, -1):
        unit = units[n]
        if unit.parent is not None:
            grown[unit.parent] += grown[n]
        closing = unit.open and bool(draft.media)
        if (unit.is_header or unit.open) and (grown[n] or closing) and draft.replaced.get(n) != b"":
            head = draft.replaced.get(n, data[unit.start : unit.end] if unit.is_header or closing else b"")
            if head:
                draft.replaced[n] = _sized(head, unit, unit.box_end - unit.start + grown[n], closing=closing)
    for header in walked.at("meta"):
        spare = units[header].last
        if spare < len(units) and units[spare].path in {"free", "skip"} and spare not in draft.replaced:
            _use_spare(data, units[spare], spare, grown[header], draft)


def _use_spare(data: bytes, unit: Unit, number: int, grown: int, draft: Draft) -> None:
    size = unit.end - unit.start - grown
    if not grown or unit.open or unit.body - unit.start != 8 or 0 < size < 8 or size < 0:
        return
    content = data[unit.body : unit.end][: max(0, size - 8)]
    draft.replaced[number] = bmff.write_box(unit.kind.encode(), content.ljust(size - 8, b"\0")) if size else b""


def _sized(head: bytes, unit: Unit, size: int, *, closing: bool) -> bytes:
    if unit.open and not closing:
        return head
    if unit.body - unit.start == 16:
        return head[:8] + size.to_bytes(8) + head[16:]
    if size > 0xFFFFFFFF:
        raise ContainerError("a box of this file would grow past the 4 GiB that its size field can say")
    return size.to_bytes(4) + head[4:]


def _growth(units: Sequence[Unit], draft: Draft) -> tuple[list[int], int]:
    """By how much the start of each unit moves, and the end of the file."""
    arriving: dict[int, int] = {}
    for at, _, new in draft.inserted:
        arriving[at] = arriving.get(at, 0) + len(new)
    before: list[int] = []
    grown = 0
    for n, unit in enumerate(units):
        grown += arriving.get(n, 0)
        before.append(grown)
        if n in draft.replaced:
            grown += len(draft.replaced[n]) - (unit.end - unit.start)
    return before, grown + arriving.get(len(units), 0)


def _check_fragments(units: Sequence[Unit], before: Sequence[int]) -> None:
    """ContainerError if something moves in a file whose other offsets are not put right here."""
    elsewhere = any(unit.path in FRAGMENTED or unit.path in _OFFSETS_ELSEWHERE for unit in units)
    if elsewhere and any(before):
        raise ContainerError(
            "this file is fragmented or indexed, and nothing before its media can be moved",
            next_step="Write the metadata before the file is cut into fragments.",
        )


def _moved(entry: bmff.Entry, table: bmff.ItemLocations, move: Callable[[int], int]) -> bmff.Entry:
    """The entry with its file positions moved, in the fields that the table has for them."""
    if entry.method & 15 or entry.reference:
        return entry
    steps = [move(entry.base + extent.offset) - (entry.base + extent.offset) for extent in entry.extents]
    if not any(steps):
        return entry
    same = len(set(steps)) == 1
    if table.base_size and same and (entry.base or not table.offset_size):
        return replace(entry, base=entry.base + steps[0])
    if not table.offset_size:
        raise ContainerError("the item table of this file cannot hold the new positions")
    base = entry.base if all(e.offset + step >= 0 for e, step in zip(entry.extents, steps, strict=True)) else 0
    extents = tuple(
        replace(extent, offset=entry.base + extent.offset + step - base)
        for extent, step in zip(entry.extents, steps, strict=True)
    )
    return replace(entry, base=base, extents=extents)


def _move_chunks(data: bytes, units: Sequence[Unit], draft: Draft, move: Callable[[int], int]) -> None:
    """The chunk offsets of every track (ISO 14496-12 8.7.5)."""
    for n, unit in enumerate(units):
        code = _CHUNKS.get(unit.path)
        if code is None:
            continue
        first, width = unit.body + 8, struct.calcsize(">" + code)
        count = min(int.from_bytes(data[unit.body + 4 : first]), max(0, unit.end - first) // width)
        layout = f">{count}{code}"
        try:
            moved = struct.pack(layout, *map(move, struct.unpack_from(layout, data, first)))
        except struct.error:
            raise ContainerError("the chunk table of this file cannot hold the new positions") from None
        draft.replaced[n] = data[unit.start : first] + moved + data[first + count * width : unit.end]
