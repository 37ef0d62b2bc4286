"""Items of an image file put in, changed and taken out, as edits of its tables (ISO 14496-12 8.11)."""

from __future__ import annotations

import bisect
from dataclasses import replace
from typing import TYPE_CHECKING

from creditline.containers.isobmff_items import item_bytes
from creditline.containers.isobmff_moves import media_position
from creditline.model.errors import ContainerError
from creditline.structures import bmff

if TYPE_CHECKING:
    from collections.abc import Sequence

    from creditline.containers.isobmff_items import Item, Range, Stored, Table
    from creditline.containers.isobmff_moves import Draft
    from creditline.containers.isobmff_units import Walk

_KINDS = {"exif": ("Exif", ""), "xmp": ("mime", bmff.XMP_TYPE), "iptc": ("iptc", "")}
"""Carrier → type and content type of its item."""


class ItemEdits:
    """Gathers what shall become of items; `finish` writes it into a draft.

    A payload that fits goes where the old one lay, another into new media data at the end of the file. What
    leaves is blanked where it lay, unless another item shares those bytes.
    """

    def __init__(
        self, data: bytes, walked: Walk, found: Sequence[Table], blocks: Sequence[Stored], draft: Draft
    ) -> None:
        self._data, self._walked, self._found, self._draft = data, walked, found, draft
        self._shared = _shared(found, blocks)
        self._media = [n for n, unit in enumerate(walked.units) if unit.kind in {"mdat", "idat"}]
        self._starts = [walked.units[n].start for n in self._media]
        self._entries: list[dict[int, bmff.Entry]] = [{} for _ in found]
        self._dropped: list[dict[int, Item]] = [{} for _ in found]
        self._added: list[tuple[int, str]] = []
        self._blanked: list[Range] = []
        self._written: list[tuple[int, bytes]] = []

    def change(self, one: Stored, payload: bytes) -> None:
        """Give a block another payload."""
        if one.block.problem is not None:
            self.drop(one)
            self.add(one.block.carrier, payload)
            return
        body = item_bytes(self._data, one.items[0][1])
        if one.block.carrier == "exif":
            payload = body[: len(body) - len(one.block.payload)] + payload
        if payload and len(payload) <= len(body) and self._in_one_piece(one):
            for number, item in one.items:
                if item.entry is not None:
                    extents = (replace(item.entry.extents[0], length=len(payload)),)
                    self._entries[number][item.info.id] = replace(item.entry, extents=extents)
            start, end = one.items[0][1].ranges[0]
            self._written.append((start, payload.ljust(end - start, b"\0")))
            return
        at = media_position(self._data, self._draft)
        for number, item in one.items:
            self._entries[number][item.info.id] = _entry(
                item.info.id, self._found[number].locations, at, len(payload)
            )
        self._blank(one)
        self._draft.media.append(payload)

    def drop(self, one: Stored) -> None:
        """Take a block out, with everything that refers to it."""
        self._blank(one)
        for number, item in one.items:
            self._dropped[number][item.info.id] = item

    def add(self, carrier: str, payload: bytes) -> None:
        """A new item that describes the primary one. ContainerError if the file has no table for it."""
        if not self._found or self._found[0].locations is None or not self._walked.at("meta/iinf"):
            raise ContainerError(
                "this file has no table of items that metadata could be added to",
                next_step="Save the picture in the usual form of HEIF or AVIF, with a meta box.",
            )
        identifier = self._free_id(self._found[0])
        at = media_position(self._data, self._draft)
        body = bmff.write_tiff(payload) if carrier == "exif" else payload
        self._entries[0][identifier] = _entry(identifier, self._found[0].locations, at, len(body))
        self._draft.media.append(body)
        self._added.append((identifier, carrier))

    def finish(self) -> None:
        """Write all of it into the draft."""
        for number, table in enumerate(self._found):
            if self._entries[number] or self._dropped[number]:
                self._finish_table(number, table)
        self._finish_media()

    def _finish_table(self, number: int, table: Table) -> None:
        added = self._added if number == 0 else []
        dropped = self._dropped[number]
        if table.iloc is None or table.locations is None:
            if added:
                raise ContainerError("the item table of this file is broken")
        else:
            known = {entry.id for entry in table.locations.entries}
            new = self._entries[number]
            entries = [new.get(e.id, e) for e in table.locations.entries if e.id not in dropped]
            entries += [entry for identifier, entry in new.items() if identifier not in known]
            self._draft.locations[table.iloc] = replace(table.locations, entries=tuple(entries))
        for item in dropped.values():
            self._draft.replaced[item.infe] = b""
        self._finish_infos(table, len(dropped), added)
        self._finish_references(table, set(dropped), added)

    def _finish_infos(self, table: Table, dropped: int, added: Sequence[tuple[int, str]]) -> None:
        header = next(n for n in self._walked.parts(table.header) if self._walked.units[n].kind == "iinf")
        unit = self._walked.units[header]
        wide = 4 if self._data[unit.body] else 2
        count = int.from_bytes(self._data[unit.end - wide : unit.end]) + len(added) - dropped
        if not 0 <= count < 1 << 8 * wide:
            raise ContainerError("the list of items of this file cannot hold another number")
        self._draft.replaced[header] = self._data[unit.start : unit.end - wide] + count.to_bytes(wide)
        new = b"".join(bmff.write_infe(identifier, *_KINDS[carrier]) for identifier, carrier in added)
        if new:
            self._draft.inserted.append((unit.last, header, new))

    def _finish_references(self, table: Table, dropped: set[int], added: Sequence[tuple[int, str]]) -> None:
        units = self._walked.units
        header = next((n for n in self._walked.parts(table.header) if units[n].kind == "iref"), None)
        version = self._data[units[header].body] if header is not None else 0
        kept = 0
        for n in self._walked.parts(header) if header is not None else ():
            unit = units[n]
            source, targets = bmff.parse_reference(self._data[unit.body : unit.end], version)
            left = () if source in dropped else tuple(t for t in targets if t not in dropped)
            kept += bool(left or not targets)
            if left != targets:
                kind = self._data[unit.start + 4 : unit.start + 8]
                self._draft.replaced[n] = bmff.write_reference(kind, version, source, left) if left else b""
        if not added or table.primary is None:
            if header is not None and not kept and dropped:
                self._draft.replaced[header] = b""
            return
        if header is None and table.primary > 0xFFFF:
            version = 1
        new = b"".join(bmff.write_reference(b"cdsc", version, item, (table.primary,)) for item, _ in added)
        if header is not None:
            self._draft.inserted.append((units[header].last, header, new))
            return
        parts = self._walked.parts(table.header)
        before = next((n for n in parts if units[n].path == "meta/iprp"), units[table.header].last)
        box = bmff.write_box(b"iref", bytes((version, 0, 0, 0)) + new)
        self._draft.inserted.append((before, table.header, box))

    def _finish_media(self) -> None:
        """Bytes blanked and overwritten; a box of media data that is all blank goes."""
        written: dict[int, list[tuple[int, bytes]]] = {}
        cleared: dict[int, int] = {}
        for start, end in self._blanked:
            self._note(written, start, bytes(end - start))
            cleared[self._media_at(start)] = cleared.get(self._media_at(start), 0) + end - start
        for start, new in self._written:
            self._note(written, start, new)
            cleared[self._media_at(start)] = 0
        for n, pieces in written.items():
            unit = self._walked.units[n]
            if cleared[n] == unit.end - unit.body:
                self._draft.replaced[n] = b""
                continue
            content = bytearray(self._data[unit.start : unit.end])
            for start, new in pieces:
                content[start - unit.start : start - unit.start + len(new)] = new
            self._draft.replaced[n] = bytes(content)

    def _note(self, written: dict[int, list[tuple[int, bytes]]], start: int, new: bytes) -> None:
        written.setdefault(self._media_at(start), []).append((start, new))

    def _media_at(self, position: int) -> int:
        """The unit of media data that begins last before a position, or -1."""
        index = bisect.bisect_right(self._starts, position) - 1
        return self._media[index] if index >= 0 else -1

    def _own(self, one: Stored) -> bool:
        """Whether the bytes are this block's alone, and lie in media data."""
        if id(one) in self._shared:
            return False
        for start, end in one.items[0][1].ranges:
            n = self._media_at(start)
            if n < 0 or not (self._walked.units[n].body <= start and end <= self._walked.units[n].end):
                return False
        return True

    def _in_one_piece(self, one: Stored) -> bool:
        """Whether the bytes can be overwritten and their length stated anew."""
        tables = [self._found[number].locations for number, _ in one.items]
        single = all(item.entry is not None and len(item.entry.extents) == 1 for _, item in one.items)
        return single and all(table is not None and table.length_size for table in tables) and self._own(one)

    def _blank(self, one: Stored) -> None:
        if self._own(one):
            self._blanked += one.items[0][1].ranges

    def _free_id(self, table: Table) -> int:
        """An item id in 16 bits that nothing in the file uses."""
        used = {item.info.id for item in table.items} | set(self._entries[0]) | {table.primary or 0, 0}
        used |= {entry.id for entry in table.locations.entries} if table.locations else set()
        for pair in table.links:
            used |= set(pair)
        for n in self._walked.parts(table.header):
            unit = self._walked.units[n]
            if unit.kind == "grpl":
                for group in bmff.boxes(self._data, unit.body, unit.end):
                    used.add(int.from_bytes(self._data[group.body + 4 : group.body + 8]))
        small = {identifier for identifier in used if identifier <= 0xFFFF}
        if max(small) < 0xFFFF:
            return max(small) + 1
        gap = next((n for n in range(1, 0x10000) if n not in small), None)
        if gap is None:
            raise ContainerError("this file has no room for another item")
        return gap


def _entry(identifier: int, table: bmff.ItemLocations | None, position: int, length: int) -> bmff.Entry:
    """One extent in this file, in the fields that the table has."""
    if table is None or not table.length_size or not (table.offset_size or table.base_size):
        raise ContainerError("the item table of this file cannot hold another place")
    if table.base_size:  # the C2PA reference implementation moves an entry twice whose base is 0
        return bmff.Entry(identifier, 0, 0, position, (bmff.Extent(0, length),))
    return bmff.Entry(identifier, 0, 0, 0, (bmff.Extent(position, length),))


def _shared(found: Sequence[Table], blocks: Sequence[Stored]) -> set[int]:
    """Blocks (by identity) some of whose bytes another item uses too."""
    owners = {id(item): id(one) for one in blocks for _, item in one.items}
    counted = {id(one) for one in blocks}
    pieces: list[tuple[int, int, int]] = []
    for table in found:
        for item in table.items:
            owner = owners.get(id(item), id(item))
            pieces += [(start, end, owner) for start, end in item.ranges]
    pieces = sorted(set(pieces))
    shared: set[int] = set()
    reach, holder = 0, 0
    for start, end, owner in pieces:
        if start < reach and owner != holder:
            shared |= {owner, holder}
        if end > reach:
            reach, holder = end, owner
    return shared & counted
