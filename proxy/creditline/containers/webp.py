"""WebP: finds the metadata chunks and swaps them, everything else byte for byte as it was."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from creditline.containers.splice import Found, Plan, check, growth, place, render
from creditline.containers.webp_chunks import MAX_RIFF, chunk, walk
from creditline.model.errors import ContainerError
from creditline.model.picture import Block, Layout, Problem, Segment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from creditline.containers.webp_chunks import Unit

FORMAT = "webp"
FORMATS = (FORMAT,)
CARRIERS = ("exif", "xmp", "c2pa", "icc", "stealth")
"""`stealth` only where the picture is lossless; `find` leaves it out elsewhere."""

EXIF_PREFIX = b"Exif\0\0"
"""Strays in from JPEG in many files; read, never written."""

_CHUNKS = {"exif": "EXIF", "xmp": "XMP ", "icc": "ICCP", "c2pa": "C2PA"}
_CARRIERS = {kind: carrier for carrier, kind in _CHUNKS.items()}
_RANKS = {"icc": 0, "exif": 1, "xmp": 2, "c2pa": 3}
_FLAGS = {"icc": 0x20, "exif": 0x08, "xmp": 0x04}
"""Bits of the first VP8X byte that announce a chunk."""

ALPHA = 0x10
ANIMATION = 0x02
_PICTURE = {"VP8X", "ICCP", "ANIM", "ANMF", "ALPH", "VP8 ", "VP8L"}
"""Chunks that metadata follows; ICCP among them, as it must come before the picture."""


def find(data: bytes) -> Layout:
    """Chunks, blocks and size of a WebP, up to where it breaks; ContainerError only if it never began.

    `stealth` is always `unexamined` here; so is what was not seen before a file that breaks off.
    """
    walked = walk(data)
    units = walked.units
    blocks = tuple(one.block for one in _collect(data, units))
    seen = {block.carrier for block in blocks}
    width, height = _size(data, units)
    lossless = any(unit.kind == "VP8L" for unit in units)
    carriers = tuple(carrier for carrier in CARRIERS if lossless or carrier != "stealth")
    frames = sum(unit.kind == "ANMF" for unit in units)
    return Layout(
        format=FORMAT,
        width=width,
        height=height,
        frames=frames or 1,
        carriers=carriers,
        segments=tuple(Segment(unit.kind, unit.start, unit.end - unit.start) for unit in units),
        blocks=blocks,
        unexamined=tuple(c for c in carriers if c == "stealth" or (not walked.complete and c not in seen)),
        problems=walked.problems,
    )


def replace(data: bytes, changes: Mapping[str, Sequence[bytes]]) -> bytes:
    """`data` with the named carriers holding exactly the given payloads; nothing else changes.

    A simple file becomes an extended one when it gets a carrier; its VP8X flags follow the carriers named. The
    RIFF size grows by as much as the file does. ContainerError for a broken file, for a carrier that WebP cannot
    hold and for a file past 4 GiB.
    """
    check(changes, FORMAT, tuple(_CHUNKS))
    walked = walk(data)
    units = walked.units
    if not walked.complete:
        raise ContainerError("this WebP is broken or cut off, so nothing can be written into it")
    found = _collect(data, units)
    plan = Plan()
    flags: dict[int, bool] = {}
    for carrier, wanted in changes.items():
        mine = [one for one in found if one.block.carrier == carrier]
        write = functools.partial(chunk, _CHUNKS[carrier].encode())
        edits = place(mine, wanted, write, before=_anchor(carrier, units), rank=_RANKS[carrier])
        if edits and carrier in _FLAGS:
            flags[_FLAGS[carrier]] = bool(wanted)
        plan |= edits
    if not plan:
        return data
    plan |= _extended(data, units, plan, flags)
    plan |= _padding(data, units, plan)
    return render(data, _spans(units), plan | _header(data, units, plan))


def _collect(data: bytes, units: Sequence[Unit]) -> list[Found]:
    found = []
    for index, unit in enumerate(units):
        carrier = _CARRIERS.get(unit.kind)
        if carrier is None:
            continue
        body = data[unit.body : unit.stop]
        problem = Problem("truncated", f"the file ends inside {unit.location}", carrier) if unit.cut else None
        payload = body.removeprefix(EXIF_PREFIX) if carrier == "exif" else body
        found.append(Found(Block(carrier, unit.location, payload, problem), (index,)))
    return found


def _spans(units: Sequence[Unit]) -> list[tuple[int, int]]:
    return [(unit.start, unit.end) for unit in units]


def _anchor(carrier: str, units: Sequence[Unit]) -> int:
    """Before which unit the first block of its kind goes: ICCP, picture, EXIF, XMP, unknown chunks, C2PA."""
    if carrier == "icc":
        return 2 if len(units) > 1 and units[1].kind == "VP8X" else 1
    if carrier == "c2pa":
        return next((n for n, unit in enumerate(units) if unit.kind == "trailer"), len(units))
    before = _PICTURE | ({"EXIF"} if carrier == "xmp" else set())
    return max((n + 1 for n, unit in enumerate(units) if unit.kind in before), default=1)


def _extended(data: bytes, units: Sequence[Unit], plan: Plan, flags: Mapping[int, bool]) -> Plan:
    """The VP8X chunk with its flags set and cleared, put in front where a file that gains a carrier has none."""
    control = next((n for n, unit in enumerate(units) if unit.kind == "VP8X"), None)
    if control is None:
        width, height = _size(data, units)
        if not plan.inserted:
            return Plan()
        if width is None or height is None:
            raise ContainerError("this WebP has no picture whose size could be read")
        bits = ALPHA if _has_alpha(data, units) else 0
        kept = {
            _FLAGS[c]
            for n, u in enumerate(units)
            if n not in plan.replaced and (c := _CARRIERS.get(u.kind)) in _FLAGS
        }
        for bit in kept | {bit for bit, on in flags.items() if on}:
            bits |= bit
        body = bytes((bits, 0, 0, 0)) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        return Plan(inserted=((1, -1, chunk(b"VP8X", body)),))
    unit = units[control]
    if unit.stop == unit.body:
        raise ContainerError("the VP8X chunk of this WebP is empty")
    bits = data[unit.body]
    for bit, on in flags.items():
        bits = bits | bit if on else bits & ~bit
    if bits == data[unit.body]:
        return Plan()
    return Plan({control: data[unit.start : unit.body] + bytes((bits,)) + data[unit.body + 1 : unit.end]})


def _padding(data: bytes, units: Sequence[Unit], plan: Plan) -> Plan:
    """A last chunk without its pad byte gets it as soon as another follows."""
    last = next((n for n, unit in enumerate(units) if unit.unpadded), None)
    if last is None or last in plan.replaced or not any(at > last for at, _, _ in plan.inserted):
        return Plan()
    return Plan({last: data[units[last].start : units[last].end] + b"\0"})


def _header(data: bytes, units: Sequence[Unit], plan: Plan) -> Plan:
    trailer = next((n for n, unit in enumerate(units) if unit.kind == "trailer"), len(units))
    size = int.from_bytes(data[4:8], "little") + growth(plan, _spans(units), trailer)
    if size > MAX_RIFF:
        raise ContainerError("the file would grow past the 4 GiB that WebP allows")
    return Plan({0: data[:4] + size.to_bytes(4, "little") + data[8:12]})


def _has_alpha(data: bytes, units: Sequence[Unit]) -> bool:
    lossless = next((unit for unit in units if unit.kind == "VP8L"), None)
    if lossless is not None:
        return bool(int.from_bytes(data[lossless.body + 4 : lossless.body + 5]) & 0x10)
    return any(unit.kind == "ALPH" for unit in units)


def _size(data: bytes, units: Sequence[Unit]) -> tuple[int | None, int | None]:
    """The canvas of VP8X, else the picture's own size (RFC 6386 9.1, WebP Lossless Bitstream 3)."""
    for unit in units:
        head = data[unit.body : min(unit.stop, unit.body + 10)]
        if unit.kind == "VP8X" and len(head) == 10:
            return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1
        if unit.kind == "VP8L" and len(head) >= 5 and head[0] == 0x2F:
            bits = int.from_bytes(head[1:5], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        if unit.kind == "VP8 " and len(head) == 10 and head[3:6] == b"\x9d\x01\x2a":
            width = int.from_bytes(head[6:8], "little") & 0x3FFF
            height = int.from_bytes(head[8:10], "little") & 0x3FFF
            return width or None, height or None
    return None, None
