"""JPEG XL: finds the metadata boxes and swaps them, everything else byte for byte as it was (ISO 18181-2)."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from creditline.containers import jxl_header
from creditline.containers.splice import Found, Plan, check, place, render
from creditline.model.errors import CarrierError, ContainerError, LimitError
from creditline.model.picture import Block, Layout, Problem, Segment
from creditline.structures import bmff, jumbf

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

FORMAT = "jxl"
FORMATS = (FORMAT,)
CARRIERS = ("exif", "xmp", "c2pa")

NAKED = b"\xff\x0a"
"""A codestream without boxes: it cannot hold metadata, so its carriers are absent."""

SIGNATURE = b"\0\0\0\x0cJXL \r\n\x87\n"
FILE_TYPE = bmff.write_box(b"ftyp", b"jxl \0\0\0\0jxl ")

MAX_INFLATED = 16 << 20
"""Bytes that one compressed box may grow to: real XMP packets reach some MB, Brotli packs a millionfold."""

MAX_INFLATED_TOTAL = 4 * MAX_INFLATED
"""All boxes of a file together, so that a thousand bombs cost no more than four."""

MAX_STORE = 1 << 20
"""A manifest store should not be compressed at all; the reference implementation reads this much of one."""

_KINDS = {"exif": b"Exif", "xmp": b"xml ", "c2pa": b"jumb"}
_CARRIERS = {kind.decode(): carrier for carrier, kind in _KINDS.items()}
_RANKS = {"c2pa": 0, "exif": 1, "xmp": 2}


def find(data: bytes) -> Layout:
    """Boxes, blocks and size of a JPEG XL file, up to where it breaks; ContainerError only if it never began.

    Compressed (`brob`) boxes are inflated. `jbrd` among the segments says that the file can be turned back
    into a JPEG. `frames` is None for an animation: how long it is only its frames tell.
    """
    if data.startswith(NAKED):
        head = jxl_header.read(data)
        segment = Segment("codestream", 0, len(data))
        problems = () if head.width else (Problem("truncated", "the header of the codestream is cut off"),)
        return Layout(FORMAT, head.width, head.height, head.frames, CARRIERS, (segment,), problems=problems)
    units, broken = _walk(data)
    blocks = tuple(one.block for one in _collect(data, units))
    seen = {block.carrier for block in blocks}
    head = jxl_header.read(_codestream(data, units))
    return Layout(
        format=FORMAT,
        width=head.width,
        height=head.height,
        frames=head.frames,
        carriers=CARRIERS,
        segments=tuple(Segment(_name(unit), unit.start, unit.end - unit.start) for unit in units),
        blocks=blocks,
        unexamined=tuple(carrier for carrier in CARRIERS if broken and carrier not in seen),
        problems=broken,
    )


def replace(data: bytes, changes: Mapping[str, Sequence[bytes]]) -> bytes:
    """`data` with the named carriers holding exactly the given payloads; the codestream stays as it is.

    A naked codestream is put into boxes when it gets a carrier. What changes is written uncompressed. Where
    there is a `jbrd` box, changed Exif or XMP means that the JPEG can no longer be rebuilt bit for bit; the
    picture is not touched. ContainerError for a broken file and for a carrier that JPEG XL cannot hold.
    """
    check(changes, FORMAT, CARRIERS)
    if data.startswith(NAKED):
        if not any(changes.values()):
            return data
        data = SIGNATURE + FILE_TYPE + bmff.write_box(b"jxlc", data)
    units, broken = _walk(data)
    if broken:
        raise ContainerError("this JPEG XL file is broken or cut off, so nothing can be written into it")
    found = _collect(data, units)
    if len(found) > bmff.MAX_BLOCKS:
        raise ContainerError(f"this file has more than {bmff.MAX_BLOCKS} metadata boxes")
    before = max((n + 1 for n, unit in enumerate(units) if unit.kind in {"ftyp", "jxll"}), default=1)
    plan = Plan()
    for carrier, wanted in changes.items():
        mine = [one for one in found if one.block.carrier == carrier]
        edits = place(mine, wanted, _WRITERS[carrier], before=before, rank=_RANKS[carrier])
        if any(units[at - 1].open for at, _, _ in edits.inserted if at == len(units)):
            edits = Plan(edits.replaced, tuple((before, rank, new) for _, rank, new in edits.inserted))
        plan |= edits
    return render(data, [(unit.start, unit.end) for unit in units], plan)


def _walk(data: bytes) -> tuple[list[bmff.Box], tuple[Problem, ...]]:
    """Every byte of `data` in exactly one box; a box of kind `unread` for what is none."""
    if not data.startswith(SIGNATURE):
        raise ContainerError("the file does not begin with the signature of JPEG XL")
    units = list(bmff.boxes(data, 0, len(data)))
    last = units[-1]
    if last.end < len(data):
        limited = len(units) >= bmff.MAX_BOXES
        code = "limit" if limited else "truncated" if len(data) - last.end < 8 else "container_broken"
        why = f"more than {bmff.MAX_BOXES} boxes" if limited else f"there is no box at {last.end}"
        units.append(bmff.Box("unread", last.end, last.end, len(data)))
        return units, (Problem(code, why),)
    if last.cut:
        return units, (Problem("truncated", f"the file ends inside the box {_name(last).strip()}@{last.start}"),)
    if not any(unit.kind in {"jxlc", "jxlp"} for unit in units):
        return units, (Problem("truncated", "the file ends before its codestream"),)
    return units, ()


def _name(unit: bmff.Box) -> str:
    return unit.kind if unit.kind.isprintable() else unit.kind.encode("latin-1").hex()


def _collect(data: bytes, units: Sequence[bmff.Box]) -> list[Found]:
    found: list[Found] = []
    left = MAX_INFLATED_TOTAL
    for index, unit in enumerate(units):
        compressed = unit.kind == "brob"
        kind = data[unit.body : unit.body + 4].decode("latin-1") if compressed else unit.kind
        carrier = _CARRIERS.get(kind)
        if carrier is None:
            continue
        if len(found) >= bmff.MAX_BLOCKS:
            limit = Problem("limit", f"more than {bmff.MAX_BLOCKS} metadata boxes", carrier)
            return [*found, Found(Block(carrier, f"box@{unit.start}", b"", limit), (index,))]
        location = f"{unit.kind.strip()}@{unit.start}" if not compressed else f"brob:{kind.strip()}@{unit.start}"
        problem = Problem("truncated", f"the file ends inside {location}", carrier) if unit.cut else None
        body = data[unit.body : unit.end]
        if compressed:
            body = b""
            if problem is None:
                cap = min(left, MAX_STORE if carrier == "c2pa" else MAX_INFLATED)
                body, problem = _inflated(data[unit.body + 4 : unit.end], cap, carrier)
                left -= len(body) if problem is None else cap
        block = _block(carrier, location, body, problem, compressed=compressed)
        if block is not None:
            found.append(Found(block, (index,)))
    return found


def _block(carrier: str, location: str, body: bytes, problem: Problem | None, *, compressed: bool) -> Block | None:
    """The block in a box, or None for a JUMBF box that is no manifest store."""
    if problem is not None:
        return Block(carrier, location, b"", problem)
    if carrier == "c2pa":
        store = body if compressed and body[4:8] == b"jumb" else bmff.write_box(b"jumb", body)
        return Block(carrier, location, store) if jumbf.label(store) == jumbf.C2PA else None
    if carrier == "exif":
        stream = bmff.tiff(body)
        if stream is None:
            return Block(carrier, location, b"", Problem("carrier_broken", "the Exif box is cut off", carrier))
        return Block(carrier, location, stream)
    return Block(carrier, location, body)


def _inflated(body: bytes, cap: int, carrier: str) -> tuple[bytes, Problem | None]:
    try:
        return _brotli(body, cap), None
    except (CarrierError, LimitError) as error:
        return b"", Problem(error.code, str(error), carrier)


def _brotli(body: bytes, cap: int) -> bytes:
    """The inflated box (RFC 7932). CarrierError if it is broken, LimitError past `cap` bytes."""
    import brotli  # type: ignore[import-untyped]

    stream = brotli.Decompressor()
    try:
        out: bytes = stream.process(body, output_buffer_limit=cap + 1)
        while not stream.is_finished() and len(out) <= cap:
            more: bytes = stream.process(b"", output_buffer_limit=cap + 1 - len(out))
            if not more:
                break
            out += more
    except brotli.error:
        raise CarrierError("the compressed box is broken") from None
    if len(out) > cap:
        raise LimitError(f"the compressed box grows to more than {cap} bytes")
    if not stream.is_finished():
        raise CarrierError("the compressed box breaks off")
    return out


def _codestream(data: bytes, units: Sequence[bmff.Box]) -> bytes:
    """The beginning of the codestream: the first whole one, or the part with number 0."""
    for unit in units:
        if unit.kind == "jxlc":
            return data[unit.body : unit.body + jxl_header.LONGEST]
        if unit.kind == "jxlp" and not int.from_bytes(data[unit.body : unit.body + 4]) & 0x7FFFFFFF:
            return data[unit.body + 4 : min(unit.end, unit.body + 4 + jxl_header.LONGEST)]
    return b""


def _c2pa(store: bytes) -> bytes:
    if store[4:8] != b"jumb" or jumbf.declared_length(store) not in {None, len(store)}:
        raise ContainerError("a manifest store is one JUMBF box")
    return bmff.write_box(b"jumb", store[jumbf.header_size(store) :])


def _exif(stream: bytes) -> bytes:
    return bmff.write_box(b"Exif", bytes(4) + stream)


_WRITERS: dict[str, Callable[[bytes], bytes]] = {
    "c2pa": _c2pa,
    "exif": _exif,
    "xmp": functools.partial(bmff.write_box, b"xml "),
}
