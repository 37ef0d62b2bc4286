"""PNG and APNG: finds the metadata chunks and swaps them, everything else byte for byte as it was."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from creditline.containers import irb_hosts, png_text
from creditline.containers.png_blocks import carrier_of, collect
from creditline.containers.png_chunks import NOT_CHUNKS, chunk, walk
from creditline.containers.splice import Plan, check, place, render
from creditline.model.errors import ContainerError
from creditline.model.picture import Layout, Segment
from creditline.structures import photoshop_irb

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from creditline.containers.png_chunks import Unit
    from creditline.containers.splice import Found

FORMAT = "png"
FORMATS = (FORMAT,)
CARRIERS = ("exif", "xmp", "iptc", "photoshop", "c2pa", "icc", "png_text", "stealth")
WRITABLE = tuple(carrier for carrier in CARRIERS if carrier != "stealth")
"""Stealth data lies in the pixels, which a container never touches."""

_RANKS = {"c2pa": 0, "icc": 1, "exif": 2, "xmp": 3, "photoshop": 4, "png_text": 5}
"""Order of newcomers that go to the same place."""

_COLOUR = {"cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "mDCV", "mDCv", "cLLI", "cLLi"}
"""Chunks that say what colours mean; they stay next to IHDR (W3C PNG 5.6)."""


def find(data: bytes) -> Layout:
    """Chunks, blocks and size of a PNG, up to where it breaks; ContainerError only if it never began.

    `stealth` is always `unexamined` here; so is what was not seen before a file that breaks off.
    """
    walked = walk(data)
    blocks = tuple(one.block for one in collect(data, walked.units))
    seen = {block.carrier for block in blocks}
    width, height = _size(data, walked.units)
    return Layout(
        format=FORMAT,
        width=width,
        height=height,
        frames=_frames(data, walked.units),
        carriers=CARRIERS,
        segments=tuple(Segment(unit.kind, unit.start, unit.end - unit.start) for unit in walked.units),
        blocks=blocks,
        unexamined=("stealth",) if walked.complete else tuple(c for c in CARRIERS if c not in seen),
        problems=walked.problems,
    )


def replace(data: bytes, changes: Mapping[str, Sequence[bytes]]) -> bytes:
    """`data` with the named carriers holding exactly the given payloads; nothing else changes.

    Exif is written as eXIf, XMP as plain iTXt, image resources as a compressed raw profile, an ICC profile as
    iCCP. `iptc` is edited inside the image resources; a `photoshop` stream brings its own IIM unless `iptc` is
    named too. ContainerError for a file not whole up to IEND, for a carrier that PNG cannot hold and for a
    `png_text` payload that is no text chunk.
    """
    check(changes, FORMAT, WRITABLE)
    walked = walk(data)
    units = walked.units
    if not walked.complete or units[1].kind != "IHDR":
        raise ContainerError("this PNG is broken or cut off, so nothing can be written into it")
    found = collect(data, units)
    plan = Plan()
    for carrier, wanted in changes.items():
        if carrier in _WRITERS:
            plan |= _place(carrier, found, wanted, units)
    plan |= _place_resources(found, changes, units)
    return render(data, [(unit.start, unit.end) for unit in units], plan)


def _exif(tiff: bytes) -> bytes:
    return chunk(b"eXIf", tiff)


def _xmp(packet: bytes) -> bytes:
    return chunk(b"iTXt", png_text.xmp_body(packet))


def _icc(profile: bytes) -> bytes:
    return chunk(b"iCCP", b"icc\0\0" + zlib.compress(profile, 9))


def _c2pa(store: bytes) -> bytes:
    return chunk(b"caBX", store)


def _text(payload: bytes) -> bytes:
    kind, body = payload[:4].decode("latin-1"), payload[4:]
    keyword = body.partition(b"\0")[0]
    if kind not in png_text.KINDS or b"\0" not in body or not 1 <= len(keyword) <= 79:
        raise ContainerError("a png_text payload begins with tEXt, zTXt or iTXt and a keyword of 1 to 79 bytes")
    carrier = carrier_of(kind, body)
    if carrier != "png_text":
        raise ContainerError(f"this text chunk holds {carrier}", next_step=f"Name the carrier {carrier} instead.")
    return chunk(payload[:4], body)


def _resources(stream: bytes) -> bytes:
    name = b"iptc" if photoshop_irb.iims(photoshop_irb.parse(stream)) else b"8bim"
    return chunk(b"zTXt", png_text.raw_profile_body(name, stream))


def _bare_iptc(records: bytes) -> bytes:
    return chunk(b"zTXt", png_text.raw_profile_body(b"iptc", records))


_WRITERS: dict[str, Callable[[bytes], bytes]] = {
    "c2pa": _c2pa,
    "icc": _icc,
    "exif": _exif,
    "xmp": _xmp,
    "png_text": _text,
}


def _place(carrier: str, found: Sequence[Found], wanted: Sequence[bytes], units: Sequence[Unit]) -> Plan:
    mine = [one for one in found if one.block.carrier == carrier]
    before, rank = _anchor(carrier, units), _RANKS[carrier]
    plan = place(mine, wanted, _WRITERS[carrier], before=before, rank=rank)
    if carrier != "icc" or all(units[one.units[0]].kind == "iCCP" for one in mine) or not plan:
        return plan
    # A profile in a text chunk may lie where no iCCP is allowed: it moves to the front.
    gone = Plan({index: b"" for one in mine for index in one.units})
    return gone | Plan(inserted=tuple((before, rank, _icc(profile)) for profile in wanted))


def _place_resources(
    found: Sequence[Found], changes: Mapping[str, Sequence[bytes]], units: Sequence[Unit]
) -> Plan:
    hosts = irb_hosts.hosts(found)
    streams, added = irb_hosts.edited(hosts, changes.get("photoshop"), changes.get("iptc"))
    replaced: dict[int, bytes] = {}
    for host, stream in zip(hosts, streams, strict=True):
        if stream != host.stream:
            write = _bare_iptc if host.bare else _resources
            replaced[host.units[0]] = write(stream) if stream else b""
    before = hosts[-1].units[-1] + 1 if hosts else _anchor("photoshop", units)
    return Plan(replaced, tuple((before, _RANKS["photoshop"], _resources(stream)) for stream in added))


def _anchor(carrier: str, units: Sequence[Unit]) -> int:
    """Before which unit the first block of its kind goes: C2PA and ICC behind IHDR, others behind the colours."""
    place_at = 2
    if carrier in {"c2pa", "icc"}:
        return place_at
    for index, unit in enumerate(units):
        if unit.kind in {"PLTE", "IDAT"}:
            break
        if unit.kind in _COLOUR:
            place_at = index + 1
    return place_at


def _size(data: bytes, units: Sequence[Unit]) -> tuple[int | None, int | None]:
    header = next((unit for unit in units if unit.kind == "IHDR" and unit.stop - unit.body >= 8), None)
    if header is None:
        return None, None
    width = int.from_bytes(data[header.body : header.body + 4])
    height = int.from_bytes(data[header.body + 4 : header.body + 8])
    return width or None, height or None


def _frames(data: bytes, units: Sequence[Unit]) -> int | None:
    """Frames that acTL announces, 1 for a still picture, None if there is no chunk at all."""
    chunks = [unit for unit in units if unit.kind not in NOT_CHUNKS]
    control = next((unit for unit in chunks if unit.kind == "acTL" and unit.stop - unit.body >= 4), None)
    if control is not None:
        return int.from_bytes(data[control.body : control.body + 4]) or 1
    return 1 if chunks else None
