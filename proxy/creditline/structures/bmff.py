"""ISO base media file format (ISO 14496-12): boxes, and the item tables of image files (ISO 23008-12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from creditline.model.errors import ContainerError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BOXES = 100_000
"""Children of one box; real ones hold some hundred, an empty box takes 8 bytes."""

MAX_EXTENTS = 50_000
"""Extents of one item table: where no field of an extent is stored, 6 bytes could stand for 65,535 of them."""

MAX_ITEMS = 100_000
"""Items whose properties are looked at; real files hold some dozens, grids some hundreds."""

MAX_BLOCKS = 1_000
"""Metadata blocks of one file that are read; real files hold a dozen, and each is work for its reader."""

C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""User type of the `uuid` box that holds a C2PA manifest store (C2PA 2.x, A.5)."""

XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
"""User type of the `uuid` box that holds an XMP packet (XMP specification part 3, 1.2.6)."""

C2PA_PURPOSES = frozenset({b"manifest", b"original", b"update"})
"""Purposes of a C2PA box that holds a store; `merkle` boxes hold hashes only."""

XMP_TYPE = "application/rdf+xml"
"""Content type of the item that is an XMP packet (ISO 23008-12 A.3)."""

_PLAIN_SIZE = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Box:
    """`start` to `end` is the box, its header ends at `body`.

    `cut`: it runs past the end of what holds it. `open`: its size is 0, which means "to the end".
    """

    kind: str
    start: int
    body: int
    end: int
    cut: bool = False
    open: bool = False


@dataclass(frozen=True, slots=True)
class ItemInfo:
    """One `infe` box (ISO 14496-12 8.11.6)."""

    id: int
    kind: str
    protected: bool = False
    content_type: str = ""
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Extent:
    """A piece of an item; `offset` counts from the entry's `base`."""

    offset: int
    length: int
    index: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """Where one item lies. `method` 0: in the file, 1: in `idat`, 2: in other items; `reference` 0: this file."""

    id: int
    method: int
    reference: int
    base: int
    extents: tuple[Extent, ...]


@dataclass(frozen=True, slots=True)
class ItemLocations:
    """An `iloc` box (ISO 14496-12 8.11.3): widths of its fields in bytes, its entries, foreign bytes behind."""

    version: int
    flags: bytes
    offset_size: int
    length_size: int
    base_size: int
    index_size: int
    entries: tuple[Entry, ...]
    tail: bytes = b""


def box_at(data: bytes, start: int, end: int) -> Box | None:
    """The box that begins at `start` of a container that ends at `end`, or None if there is none."""
    if end - start < 8:
        return None
    size = int.from_bytes(data[start : start + 4])
    kind = data[start + 4 : start + 8].decode("latin-1")
    body = start + 8
    if size == 0:
        return Box(kind, start, body, end, open=True)
    if size == 1:
        size, body = int.from_bytes(data[start + 8 : start + 16]), start + 16
    if size < body - start or body > end:
        return None
    return Box(kind, start, body, min(start + size, end), cut=start + size > end)


def boxes(data: bytes, start: int, end: int) -> Iterator[Box]:
    """The boxes of a container in order, up to the first place where there is none; MAX_BOXES at most."""
    for _ in range(MAX_BOXES):
        box = box_at(data, start, end)
        if box is None:
            return
        yield box
        start = box.end


def write_box(kind: bytes, body: bytes) -> bytes:
    """One box. ContainerError if it would be longer than 4 GiB."""
    if len(body) + 8 > _PLAIN_SIZE:
        raise ContainerError(f"{len(body)} bytes do not fit into one box")
    return b"".join(((len(body) + 8).to_bytes(4), kind, body))


def meta_body(data: bytes, box: Box) -> int:
    """Where the children of a `meta` box begin: QuickTime leaves out the version and flags that ISO has."""
    return box.body if data[box.body + 4 : box.body + 8] == b"hdlr" else min(box.body + 4, box.end)


def c2pa_store(body: bytes) -> bytes | None:
    """The manifest store in the body of a `uuid` box, or None if it holds none (C2PA 2.x, A.5.1)."""
    if body[:16] != C2PA:
        return None
    purpose, nul, rest = body[20:84].partition(b"\0")
    if not nul or purpose not in C2PA_PURPOSES or len(rest) < 8:
        return None
    return body[20 + len(purpose) + 1 + 8 :]


def write_c2pa(store: bytes) -> bytes:
    """The `uuid` box of a manifest store."""
    return write_box(b"uuid", b"".join((C2PA, bytes(4), b"manifest\0", bytes(8), store)))


def tiff(body: bytes) -> bytes | None:
    """The TIFF stream behind the offset that starts an Exif item or box (ISO 23008-12 A.2.1); None if it is cut.

    Some writers state an offset that misses the header; where the stream plainly begins elsewhere it is taken
    from there.
    """
    start = 4 + int.from_bytes(body[:4])
    if body[start : start + 2] in {b"II", b"MM"}:
        return body[start:]
    for prefix in (4, 10, 0, 6):
        if body[prefix : prefix + 4] in {b"II*\0", b"MM\0*"}:
            return body[prefix:]
    return body[start:] if 4 < start < len(body) or (start == 4 and len(body) > 4) else None


def write_tiff(stream: bytes) -> bytes:
    """An Exif item as cameras write it: offset 6, the JPEG header, the TIFF stream."""
    return b"\0\0\0\6Exif\0\0" + stream


def parse_infe(body: bytes) -> ItemInfo | None:
    """The item that an `infe` box describes, or None if it is too short."""
    wide = body[:1] >= b"\x03"
    at = 8 if wide else 6
    identifier = int.from_bytes(body[4:at])
    protected = body[at : at + 2] != b"\0\0"
    if body[:1] < b"\x02":
        if len(body) < 8:
            return None
        _, content_type, encoding = _texts(body[8:], 3)
        return ItemInfo(identifier, "mime", protected, content_type, encoding)
    if len(body) < at + 6:
        return None
    kind = body[at + 2 : at + 6].decode("latin-1")
    _, content_type, encoding = _texts(body[at + 6 :], 3)
    if kind != "mime":
        return ItemInfo(identifier, kind, protected)
    return ItemInfo(identifier, kind, protected, content_type, encoding)


def write_infe(identifier: int, kind: str, content_type: str = "") -> bytes:
    """An `infe` box of version 2, without a name."""
    tail = content_type.encode() + b"\0" if content_type else b""
    return write_box(b"infe", b"".join((b"\2\0\0\0", identifier.to_bytes(2), b"\0\0", kind.encode(), b"\0", tail)))


def parse_reference(body: bytes, version: int) -> tuple[int, tuple[int, ...]]:
    """From which item to which items one reference box points (ISO 14496-12 8.11.12)."""
    wide = 4 if version else 2
    count = int.from_bytes(body[wide : wide + 2])
    first = wide + 2
    count = min(count, max(0, len(body) - first) // wide)
    targets = tuple(int.from_bytes(body[first + n * wide : first + (n + 1) * wide]) for n in range(count))
    return int.from_bytes(body[:wide]), targets


def write_reference(kind: bytes, version: int, source: int, targets: tuple[int, ...]) -> bytes:
    """One reference box."""
    wide = 4 if version else 2
    body = b"".join((source.to_bytes(wide), len(targets).to_bytes(2), *(t.to_bytes(wide) for t in targets)))
    return write_box(kind, body)


def parse_associations(body: bytes) -> dict[int, tuple[int, ...]]:
    """Item → its properties by number from 1, of an `ipma` box (ISO 14496-12 8.11.14); what is cut is left out."""
    wide = 4 if body[:1] > b"\0" else 2
    width = 2 if body[3:4] and body[3] & 1 else 1
    mask = 0x7FFF if width == 2 else 0x7F
    found: dict[int, tuple[int, ...]] = {}
    pos = 8
    for _ in range(min(int.from_bytes(body[4:8]), MAX_ITEMS)):
        first = pos + wide + 1
        if first > len(body):
            break
        identifier, count = int.from_bytes(body[pos : pos + wide]), body[first - 1]
        pos = first + count * width
        properties = tuple(int.from_bytes(body[at : at + width]) & mask for at in range(first, pos, width))
        found.setdefault(identifier, properties)
    return found


def parse_locations(body: bytes) -> ItemLocations:
    """The item table; `write_locations(parse_locations(body)) == body`.

    ContainerError for a table that is cut, of an unknown version, or with more than MAX_EXTENTS extents.
    """
    reader = _Numbers(body)
    version = reader.take(1)
    flags = reader.take(3).to_bytes(3)
    widths = reader.take(2)
    offset_size, length_size, base_size, index_size = (widths >> shift & 15 for shift in (12, 8, 4, 0))
    numbered = index_size if version else 0
    if version > 2 or {offset_size, length_size, base_size, numbered} - {0, 4, 8}:
        raise ContainerError("the item table has an unknown form")
    wide = 4 if version == 2 else 2
    entries: list[Entry] = []
    left = MAX_EXTENTS
    for _ in range(reader.take(wide)):
        identifier = reader.take(wide)
        method = reader.take(2) if version else 0
        reference = reader.take(2)
        base = reader.take(base_size)
        count = reader.take(2)
        left -= count + 1
        if left < 0:
            raise ContainerError(f"the item table has more than {MAX_EXTENTS} extents", code="limit")
        extents = []
        for _ in range(count):
            index = reader.take(numbered)
            offset = reader.take(offset_size)
            extents.append(Extent(offset, reader.take(length_size), index))
        entries.append(Entry(identifier, method, reference, base, tuple(extents)))
    return ItemLocations(
        version, flags, offset_size, length_size, base_size, index_size, tuple(entries), body[reader.pos :]
    )


def write_locations(table: ItemLocations) -> bytes:
    """The body of an `iloc` box. ContainerError if a number does not fit into its field."""
    wide = 4 if table.version == 2 else 2
    widths = table.offset_size << 12 | table.length_size << 8 | table.base_size << 4 | table.index_size
    out = [bytes((table.version,)), table.flags, widths.to_bytes(2)]
    try:
        out.append(len(table.entries).to_bytes(wide))
        for entry in table.entries:
            out.append(entry.id.to_bytes(wide))
            out += [entry.method.to_bytes(2)] if table.version else []
            out += [entry.reference.to_bytes(2), entry.base.to_bytes(table.base_size)]
            out.append(len(entry.extents).to_bytes(2))
            for extent in entry.extents:
                out.append(extent.index.to_bytes(table.index_size if table.version else 0))
                out.append(extent.offset.to_bytes(table.offset_size))
                out.append(extent.length.to_bytes(table.length_size))
    except OverflowError:
        raise ContainerError("the item table of this file cannot hold the new positions") from None
    return b"".join((*out, table.tail))


def _texts(data: bytes, count: int) -> list[str]:
    """NUL-terminated texts, as many as asked for; missing ones are empty."""
    parts = data.split(b"\0", count)[:count]
    return [part.decode("utf-8", "replace") for part in parts] + [""] * (count - len(parts))


class _Numbers:
    """Big-endian numbers taken off one after the other; ContainerError past the end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.pos = 0

    def take(self, size: int) -> int:
        """The next number of `size` bytes; 0 for one that takes none."""
        end = self.pos + size
        if end > len(self._data):
            raise ContainerError("the item table is cut off", code="truncated")
        value = int.from_bytes(self._data[self.pos : end])
        self.pos = end
        return value
