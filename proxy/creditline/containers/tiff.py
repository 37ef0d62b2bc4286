"""TIFF, BigTIFF and DNG: finds the metadata in the directories and swaps it, without moving strips or tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.containers import irb_hosts, tiff_exif
from creditline.containers.splice import Found, check
from creditline.containers.tiff_exif import Item
from creditline.containers.tiff_layout import frames, orientation, segments, size
from creditline.containers.tiff_walk import walk
from creditline.containers.tiff_write import Edit, rewrite
from creditline.model.errors import ContainerError
from creditline.model.picture import Block, Layout, Problem
from creditline.structures import photoshop_irb, tiff_ifd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from creditline.containers.tiff_walk import Walk
    from creditline.structures.tiff_ifd import Entry

FORMATS = ("tiff", "dng")
CARRIERS = ("exif", "xmp", "iptc", "photoshop", "c2pa", "icc")

DNG_VERSION = 0xC612
_IPTC = 0x83BB
_PHOTOSHOP = 0x8649
_TAGS = {0x02BC: "xmp", _IPTC: "iptc", _PHOTOSHOP: "photoshop", 0x8773: "icc", 0xCD41: "c2pa"}
_KINDS = {
    "xmp": (0x02BC, 1),
    "icc": (0x8773, 7),
    "c2pa": (0xCD41, 7),
    "iptc": (_IPTC, 7),
    "photoshop": (_PHOTOSHOP, 1),
}
"""Tag and type that each carrier is written with (1 BYTE, 7 UNDEFINED)."""

MAX_BLOCKS = 2_000
"""One or two per page in real files; entries of a hostile file could make 100,000."""

MAX_SHARE = 2
"""Times the file's length that all payloads together may take: pages may share a packet, but not without end."""

MAX_RECORDS = 20_000
"""IIM records stepped over to find where padding begins."""

type Slots = list[tuple[int, Entry]]
"""Where blocks lie: number of the directory in the chain, and the entry."""


def find(data: bytes) -> Layout:
    """Directories, blocks and size of a TIFF, up to where it breaks; ContainerError only if it never began.

    The chain of pages is searched, directories below it are not. `exif` is what the first directory says beyond
    how pixels are stored, as a TIFF stream of its own. The size is that of the first picture that is no preview;
    `frames` counts the pages. What was not seen before a file that breaks off is `unexamined`.
    """
    walked = walk(data)
    found, slots, whole = _collect(data, walked)
    whole = whole and walked.complete
    limited = () if whole or not walked.complete else (Problem("limit", "more metadata blocks than are read"),)
    blocks = tuple(one.block for one in found)
    seen = {block.carrier for block in blocks}
    width, height = size(data, walked)
    return Layout(
        format="dng" if walked.chain and walked.chain[0].find(DNG_VERSION) else "tiff",
        width=width,
        height=height,
        frames=frames(walked),
        carriers=CARRIERS,
        segments=segments(data, walked, [entry for _, entry in slots]),
        blocks=blocks,
        unexamined=() if whole else tuple(carrier for carrier in CARRIERS if carrier not in seen),
        problems=(*walked.problems, *limited),
        orientation=orientation(data, walked),
    )


def replace(data: bytes, changes: Mapping[str, Sequence[bytes]]) -> bytes:
    """`data` with the named carriers holding exactly the given payloads; pixels stay where and what they are.

    Of an `exif` payload only what belongs to the carrier is taken (see `tiff_exif`), in the file's byte order;
    maker notes are copied as they stand. `iptc` is edited where it lies, in its own tag or inside the image
    resources; a `photoshop` stream brings its own IIM unless `iptc` is named too. ContainerError for a broken
    file, an empty payload, more than one Exif stream, or more payloads than there are pages to hold them.
    """
    check(changes, "tiff", CARRIERS)
    walked = walk(data)
    if not walked.complete:
        raise ContainerError("this TIFF is broken or cut off, so nothing can be written into it")
    if any(not payload for wanted in changes.values() for payload in wanted):
        raise ContainerError("an empty payload cannot be written into a TIFF")
    found, slots, whole = _collect(data, walked)
    if not whole:
        raise ContainerError(
            "this TIFF holds more metadata blocks than are read, so nothing can be written into it"
        )
    edits = _Edits(walked, slots)
    for carrier in ("xmp", "icc", "c2pa"):
        if carrier in changes:
            mine = [one for one in found if one.block.carrier == carrier]
            _swap(carrier, mine, changes[carrier], edits)
    _swap_resources(found, changes, edits)
    if "exif" in changes:
        _swap_exif([one.block.payload for one in found if one.block.carrier == "exif"], changes["exif"], edits)
    return rewrite(data, walked, edits.by_page) if edits.by_page else data


class _Edits:
    """Edits as they are gathered, by directory."""

    def __init__(self, walked: Walk, slots: Slots) -> None:
        self.walked = walked
        self.slots = slots
        self.by_page: dict[int, Edit] = {}

    def drop(self, slot: int) -> int:
        """Takes out a block's entry; the number of its directory."""
        page, entry = self.slots[slot]
        self.merge(page, Edit(dropped=frozenset({entry.at})))
        return page

    def add(self, page: int, carrier: str, payload: bytes) -> None:
        tag, kind = _KINDS[carrier]
        self.merge(page, Edit(added=(Item(tag, kind, len(payload), payload),)))

    def place(self, carrier: str, payloads: Sequence[bytes], first: int) -> None:
        """Payloads that had no entry before, one per directory from `first` on."""
        for page, payload in enumerate(payloads, first):
            if page >= len(self.walked.chain):
                raise ContainerError(
                    f"this TIFF has no room for {len(payloads)} more payloads of {carrier}",
                    next_step="Give one payload.",
                )
            self.add(page, carrier, payload)

    def merge(self, page: int, edit: Edit) -> None:
        self.by_page[page] = self.by_page.get(page, Edit()) | edit


def _collect(data: bytes, walked: Walk) -> tuple[list[Found], Slots, bool]:
    """Blocks in the order of directories and tags, and whether these are all.

    The units of each are indexes into the slots.
    """
    found: list[Found] = []
    slots: Slots = []
    room = MAX_SHARE * len(data)
    if walked.chain:
        found += _exif(data, walked)
    for page, directory in enumerate(walked.chain):
        for entry in directory.entries:
            carrier = _TAGS.get(entry.tag)
            if carrier is None or entry.count == 0:
                continue
            room -= min(entry.length or 0, len(data))
            if room < 0 or len(found) >= MAX_BLOCKS:
                return found, slots, False
            blocks = _blocks(data, carrier, entry, page)
            found += [Found(block, (len(slots),)) for block in blocks]
            slots.append((page, entry))
    return found, slots, True


def _blocks(data: bytes, carrier: str, entry: Entry, page: int) -> list[Block]:
    location = f"IFD{page}:{entry.tag:04X}@{entry.value}"
    payload = tiff_ifd.value(data, entry)
    problem = None
    if payload is None:
        length = entry.length or 0
        payload = data[entry.value : entry.value + length]
        code, why = (
            ("truncated", "lies outside the file") if length else ("container_broken", "has an unknown type")
        )
        problem = Problem(code, f"the value of {location} {why}", carrier)
    if carrier == "photoshop":
        return irb_hosts.read(payload, location, problem)
    if carrier == "iptc":
        payload = _records(payload, entry)
    return [Block(carrier, location, payload, problem)]


def _exif(data: bytes, walked: Walk) -> list[Found]:
    first = walked.chain[0]
    items, whole = tiff_exif.extract(data, walked.header, first)
    if not items and whole:
        return []
    problem = None if whole else Problem("limit", "the first directory says more than is read", "exif")
    return [Found(Block("exif", f"IFD0@{first.offset}", tiff_exif.stream(items, walked.header), problem), ())]


def _records(raw: bytes, entry: Entry) -> bytes:
    """IIM records out of a value that may be counted, padded and byte-swapped as four-byte numbers.

    Photoshop and libtiff declare the tag LONG although it holds bytes; a writer that takes that at its word turns
    them around in a file of the other byte order.
    """
    if entry.type != 4:
        return raw
    if raw[:1] != b"\x1c" and raw[3:4] == b"\x1c":
        raw = tiff_ifd.swapped(raw, 4)
    pos = 0
    for _ in range(MAX_RECORDS):
        if raw[pos : pos + 1] != b"\x1c":
            break
        length = int.from_bytes(raw[pos + 3 : pos + 5])
        wide = length & 0x7FFF if length & 0x8000 else 0
        pos += 5 + (wide + int.from_bytes(raw[pos + 5 : pos + 5 + wide]) if wide else length)
    rest = raw[pos:]
    return raw[:pos] if 0 < len(rest) < 4 and not rest.strip(b"\0") else raw


def _swap(carrier: str, mine: Sequence[Found], wanted: Sequence[bytes], edits: _Edits) -> None:
    """Blocks already right stay, others give way in their directory; more go to the directories behind."""
    last = -1
    for number, one in enumerate(mine):
        payload = wanted[number] if number < len(wanted) else None
        last = edits.slots[one.units[0]][0]
        if payload is not None and one.block.payload == payload and one.block.problem is None:
            continue
        edits.drop(one.units[0])
        if payload is not None:
            edits.add(last, carrier, payload)
    edits.place(carrier, wanted[len(mine) :], last + 1)


def _swap_resources(found: Sequence[Found], changes: Mapping[str, Sequence[bytes]], edits: _Edits) -> None:
    if "photoshop" not in changes and "iptc" not in changes:
        return
    hosts = irb_hosts.hosts(found)
    if not any(host.bare or photoshop_irb.iims(photoshop_irb.parse(host.stream)) for host in hosts):
        # Records that come to a file without any get the tag that is made for them.
        hosts.insert(0, irb_hosts.Host(b"", bare=True, units=()))
    streams, added = irb_hosts.edited(hosts, changes.get("photoshop"), changes.get("iptc"))
    last = -1
    for host, stream in zip(hosts, streams, strict=True):
        page = edits.slots[host.units[0]][0] if host.units else 0
        last = max(last, page if not host.bare else -1)
        # An entry whose value is lost holds nothing, and is there all the same.
        lost = not host.stream and bool(host.units) and ("iptc" if host.bare else "photoshop") in changes
        if stream == host.stream and not lost:
            continue
        if host.units:
            edits.drop(host.units[0])
        if stream:
            edits.add(page, "iptc" if host.bare else "photoshop", stream)
    edits.place("photoshop", added, last + 1)


def _swap_exif(present: Sequence[bytes], wanted: Sequence[bytes], edits: _Edits) -> None:
    if list(present) == list(wanted):
        return
    if len(wanted) > 1:
        raise ContainerError("a TIFF holds one Exif stream", next_step="Give one exif payload.")
    items = tiff_exif.parsed(wanted[0], edits.walked.header) if wanted else ()
    items = tuple(item for item in items if tiff_exif.is_exif(item))
    dropped = frozenset(entry.at for entry in edits.walked.chain[0].entries if tiff_exif.is_exif(entry))
    edits.merge(0, Edit(dropped, items))
