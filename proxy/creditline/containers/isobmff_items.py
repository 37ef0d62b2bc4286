"""Which items of an image file hold which metadata block: pieces joined, headers taken off (ISO 23008-12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from creditline.model.errors import ContainerError
from creditline.model.picture import Block, Problem
from creditline.structures import bmff

if TYPE_CHECKING:
    from collections.abc import Sequence

    from creditline.containers.isobmff_units import Walk

MAX_JOINED = 2
"""All items together read at most this many times the file's own bytes: extents may overlap."""

MAX_LINKS = 100_000
"""References looked at; a file has a few for each item."""

METAS = ("meta", "moov/meta", "moov/trak/meta")
"""Where a table of items may lie; image sequences repeat it in a track."""

_READ = {"pitm", "infe", "iref", "cdsc"}

type Range = tuple[int, int]
"""Start and end in the file."""


@dataclass(frozen=True, slots=True)
class Item:
    """An item of one table: `infe` is its unit, `ranges` where its bytes lie, `why` why they cannot be told."""

    info: bmff.ItemInfo
    infe: int
    entry: bmff.Entry | None
    ranges: tuple[Range, ...] = ()
    why: Problem | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One `meta` box with its items; `header` is its unit, `iloc` that of the item table, `links` cdsc pairs."""

    header: int
    primary: int | None
    items: tuple[Item, ...]
    iloc: int | None
    locations: bmff.ItemLocations | None
    links: frozenset[tuple[int, int]] = frozenset()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """A block and the items that are it: one per table that names the same bytes."""

    block: Block
    items: tuple[tuple[int, Item], ...]


def tables(data: bytes, walked: Walk) -> list[Table]:
    """Every table of items, that of the file first."""
    found = [_table(data, walked, header) for path in METAS for header in walked.at(path)]
    return [one for one in found if one.items or walked.units[one.header].path == "meta"]


def stored(data: bytes, walked: Walk, found: Sequence[Table]) -> list[Stored]:
    """The metadata blocks in items: those that describe the primary item first, then in the order of the table.

    An item whose extents are all empty carries nothing. Past MAX_BLOCKS one more says that there are others.
    """
    groups: dict[tuple[str, tuple[object, ...]], list[tuple[int, Item]]] = {}
    ranked: dict[tuple[str, tuple[object, ...]], int] = {}
    for number, table in enumerate(found):
        for item in table.items:
            carrier = carrier_of(item.info)
            if carrier is None or (item.entry is not None and not item.ranges and item.why is None):
                continue
            key: tuple[str, tuple[object, ...]] = (
                carrier,
                item.ranges if item.ranges and item.why is None else (number, item.infe),
            )
            groups.setdefault(key, []).append((number, item))
            linked = (item.info.id, table.primary) in table.links
            ranked[key] = min(ranked.get(key, 2), 0 if linked else 1)
    left = MAX_JOINED * len(data)
    blocks: list[Stored] = []
    for key in sorted(groups, key=lambda key: ranked[key]):
        if len(blocks) >= bmff.MAX_BLOCKS:
            why = Problem("limit", f"more than {bmff.MAX_BLOCKS} metadata items", key[0])
            blocks.append(Stored(Block(key[0], "meta", b"", why), ()))
            break
        block, spent = _block(data, walked, key[0], groups[key][0][1], left)
        left -= spent
        blocks.append(Stored(block, tuple(groups[key])))
    return blocks


def carrier_of(info: bmff.ItemInfo) -> str | None:
    """Which carrier an item is, by its type; `iptc` items are not standardised, but some writers make them."""
    if info.kind == "mime":
        return "xmp" if info.content_type.lower() == bmff.XMP_TYPE else None
    return {"Exif": "exif", "iptc": "iptc"}.get(info.kind)


def item_bytes(data: bytes, item: Item) -> bytes:
    """The item's bytes; bounded only by its ranges, which lie in the file."""
    return b"".join(data[start:end] for start, end in item.ranges)


def _table(data: bytes, walked: Walk, header: int) -> Table:
    problems: list[Problem] = []
    primary = None
    infes: list[tuple[int, bmff.ItemInfo]] = []
    links: set[tuple[int, int]] = set()
    iloc = idat = None
    version = 0
    for n in walked.parts(header):
        unit = walked.units[n]
        body = data[unit.body : unit.end] if unit.kind in _READ else b""
        if unit.kind == "pitm" and len(body) >= 6:
            primary = int.from_bytes(body[4:8] if body[0] else body[4:6])
        elif unit.kind == "infe":
            info = bmff.parse_infe(body)
            if info is None:
                problems.append(Problem("container_broken", f"the item {unit.location} is too short"))
            else:
                infes.append((n, info))
        elif unit.kind == "iref":
            version = body[0] if body else 0
        elif unit.kind == "cdsc" and len(links) < MAX_LINKS:
            source, targets = bmff.parse_reference(body, version)
            links.update((source, target) for target in targets)
        elif unit.kind == "iloc" and iloc is None:
            iloc = n
        elif unit.kind == "idat" and idat is None:
            idat = n
    locations = None
    if iloc is not None:
        unit = walked.units[iloc]
        try:
            locations = bmff.parse_locations(data[unit.body : unit.end])
        except ContainerError as error:
            problems.append(Problem(error.code, str(error)))
    entries = {entry.id: entry for entry in reversed(locations.entries)} if locations else {}
    at = walked.units[idat] if idat is not None else None
    within = (at.body, at.end) if at is not None else None
    items = []
    for n, info in infes:
        entry = entries.get(info.id)
        ranges, why = _ranges(info, entry, locations, len(data), within)
        items.append(Item(info, n, entry, ranges, why))
    return Table(header, primary, tuple(items), iloc, locations, frozenset(links), tuple(problems))


def _ranges(
    info: bmff.ItemInfo,
    entry: bmff.Entry | None,
    locations: bmff.ItemLocations | None,
    size: int,
    idat: Range | None,
) -> tuple[tuple[Range, ...], Problem | None]:
    """Where the item's bytes lie; what lies past the file's end is cut off and said."""
    if entry is None or locations is None:
        return (), Problem("container_broken", f"item {info.id} has no place")
    method = entry.method & 15
    space = {0: (0, size), 1: idat}.get(method)
    if entry.reference or space is None:
        return (), Problem("not_supported", f"item {info.id} lies in another file or item")
    ranges: list[Range] = []
    why = None
    for extent in entry.extents:
        start = space[0] + entry.base + extent.offset
        end = start + extent.length if locations.length_size else space[1]
        if start > space[1] or end > space[1]:
            why = Problem("truncated", f"item {info.id} reaches past the end of what holds it")
        start, end = min(start, space[1]), min(end, space[1])
        if end > start:
            ranges.append((start, end))
    return tuple(ranges), why


def _block(data: bytes, walked: Walk, carrier: str, item: Item, left: int) -> tuple[Block, int]:
    """The block of one item, and how many bytes were joined for it."""
    location = f"{walked.units[item.infe].path.rpartition('/')[0].rpartition('/')[0]}/item:{item.info.id}"
    length = sum(end - start for start, end in item.ranges)
    why = item.why
    if item.info.protected or item.info.encoding:
        why = Problem("not_supported", f"item {item.info.id} is encrypted or compressed")
    elif length > left:
        why, length = Problem("limit", "the items are longer than the file can be"), 0
    if why is not None:
        return Block(carrier, location, b"", Problem(why.code, why.message, carrier)), 0
    body = item_bytes(data, item)
    if carrier != "exif":
        return Block(carrier, location, body), length
    stream = bmff.tiff(body)
    if stream is None:
        why = Problem("carrier_broken", "the Exif item is cut off", carrier)
        return Block(carrier, location, b"", why), length
    return Block(carrier, location, stream), length
