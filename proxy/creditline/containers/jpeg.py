"""JPEG: finds the metadata segments and swaps them, everything else byte for byte as it was."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from creditline.containers import irb_hosts, jpeg_trailers, jpeg_writers
from creditline.containers.jpeg_blocks import box_instances, collect
from creditline.containers.jpeg_segments import MPF, walk
from creditline.containers.splice import Plan, check, growth, place, render
from creditline.model.errors import ContainerError
from creditline.model.picture import Layout, Segment
from creditline.structures import mpf

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from creditline.containers.jpeg_segments import Unit, Walk
    from creditline.containers.splice import Found

FORMAT = "jpeg"
FORMATS = (FORMAT,)
CARRIERS = ("exif", "xmp", "xmp_extended", "iptc", "photoshop", "c2pa", "icc", "mpf", "comment")

_RANKS = {"c2pa": 0, "exif": 1, "xmp": 2, "xmp_extended": 3, "photoshop": 4, "icc": 5, "mpf": 6, "comment": 7}
"""Order of newcomers that go to the same place."""

_WRITERS: dict[str, Callable[[bytes], bytes]] = {
    "exif": jpeg_writers.exif,
    "xmp": jpeg_writers.xmp,
    "xmp_extended": jpeg_writers.xmp_extended,
    "icc": jpeg_writers.icc,
    "mpf": jpeg_writers.mpf,
    "comment": jpeg_writers.comment,
}


def find(data: bytes) -> Layout:
    """Segments, blocks and size of a JPEG, up to where it breaks; ContainerError only if it never began.

    Carriers not seen in a header that ends too early are `unexamined`, never absent; so is IPTC where the file
    ends in a trailer that may hold it (AFCP, FotoStation) and cannot be followed.
    """
    walked = walk(data)
    blocks = tuple(one.block for one in collect(data, walked.units) if one.shown)
    seen = {block.carrier for block in blocks}
    tail = walked.units[-1]
    hidden = {"iptc"} if tail.kind == "trailer" and not jpeg_trailers.parts(data, tail.start)[1] else set()
    missed = hidden if walked.complete else set(CARRIERS)
    width, height = _size(data, walked.units)
    return Layout(
        format=FORMAT,
        width=width,
        height=height,
        frames=1,
        carriers=CARRIERS,
        segments=tuple(Segment(unit.kind, unit.start, unit.end - unit.start) for unit in walked.units),
        blocks=blocks,
        unexamined=tuple(carrier for carrier in CARRIERS if carrier in missed - seen),
        problems=walked.problems,
    )


def replace(data: bytes, changes: Mapping[str, Sequence[bytes]]) -> bytes:
    """`data` with the named carriers holding exactly the given payloads; nothing else changes.

    `iptc` is edited inside the image resources; a `photoshop` stream brings its own IIM unless `iptc` is named
    too. A multi-picture index that is not itself named has its offsets put right. The main XMP packet must name
    `jpeg_writers.guid()` of an extension written with it. ContainerError for a file without a whole header, for
    a carrier that JPEG cannot hold and for a payload that does not fit.
    """
    check(changes, FORMAT, CARRIERS)
    walked = walk(data)
    if not walked.complete:
        raise ContainerError("the header of this JPEG is broken, so nothing can be written into it")
    units = walked.units
    found = collect(data, units)
    plan = Plan()
    for carrier, wanted in changes.items():
        if carrier in _WRITERS:
            plan |= _place(carrier, found, wanted, _WRITERS[carrier], units)
        elif carrier == "c2pa":
            plan |= _place(carrier, found, wanted, _store_writer(data, units, found, wanted), units)
    resources, records = _place_resources(found, changes, units)
    plan |= resources
    spans = [(unit.start, unit.end) for unit in units]
    if plan:
        plan |= _index_fix(data, walked, found, plan, spans)
    plan |= _trailer_fix(data, units, plan, spans, records)
    return render(data, spans, plan)


def _place(
    carrier: str,
    found: Sequence[Found],
    wanted: Sequence[bytes],
    write: Callable[[bytes], bytes],
    units: Sequence[Unit],
) -> Plan:
    mine = [one for one in found if one.block.carrier == carrier]
    shown = [one for one in mine if one.shown]
    plan = place(shown, wanted, write, before=_anchor(carrier, found, units), rank=_RANKS[carrier])
    if plan or not wanted:  # an extension that no packet names goes with the carrier
        plan |= Plan({index: b"" for one in mine if not one.shown for index in one.units})
    return plan


def _place_resources(
    found: Sequence[Found], changes: Mapping[str, Sequence[bytes]], units: Sequence[Unit]
) -> tuple[Plan, list[bytes]]:
    """The edits of the header, and what the trailers' records shall be."""
    hosts = irb_hosts.hosts(found)
    streams, added = irb_hosts.edited(hosts, changes.get("photoshop"), changes.get("iptc"))
    replaced: dict[int, bytes] = {}
    before = _anchor("photoshop", found, units)
    records: list[bytes] = []
    for host, stream in zip(hosts, streams, strict=True):
        if units[host.units[0]].kind == "trailer":
            records.append(stream)
            continue
        before = host.units[-1] + 1
        if stream != host.stream:
            write = jpeg_writers.bare_iptc if host.bare else jpeg_writers.photoshop
            replaced |= dict.fromkeys(host.units, b"")
            replaced[host.units[0]] = write(stream) if stream else b""
    inserted = tuple((before, _RANKS["photoshop"], jpeg_writers.photoshop(stream)) for stream in added)
    return Plan(replaced, inserted), records


def _trailer_fix(
    data: bytes,
    units: Sequence[Unit],
    plan: Plan,
    spans: Sequence[tuple[int, int]],
    records: Sequence[bytes],
) -> Plan:
    """The trailer with these records; one that counts from the file's start also changes when it moves."""
    if units[-1].kind != "trailer":
        return Plan()
    start, end = spans[-1]
    if not plan and list(records) == [block.payload for block in jpeg_trailers.blocks(data, start)]:
        return Plan()  # offsets that are wrong already are nobody's business
    trailer = jpeg_trailers.rewritten(data, start, records, start + growth(plan, spans, len(units) - 1))
    return Plan({len(units) - 1: trailer}) if trailer != data[start:end] else Plan()


def _store_writer(
    data: bytes, units: Sequence[Unit], found: Sequence[Found], wanted: Sequence[bytes]
) -> Callable[[bytes], bytes]:
    """Writes each store under a box instance number that no other box in the file uses."""
    numbers = box_instances(data, units)
    stores = [one for one in found if one.block.carrier == "c2pa"]
    leaving = {
        index
        for n, one in enumerate(stores)
        if [one.block.payload] != list(wanted[n : n + 1])
        for index in one.units
    }
    taken = {number for index, number in numbers.items() if index not in leaving}
    preferred = [numbers[index] for index in sorted(leaving)]
    free = (
        n for n in dict.fromkeys([*preferred, jpeg_writers.FIRST_INSTANCE, *range(1, 0x10000)]) if n not in taken
    )
    return lambda store: jpeg_writers.c2pa(store, next(free))


def _anchor(carrier: str, found: Sequence[Found], units: Sequence[Unit]) -> int:
    """Before which unit the first block of its kind goes: JFIF, Exif, XMP, extensions, APP13, ICC, comment."""
    header = list(itertools.takewhile(lambda unit: unit.kind not in {"SOS", "EOI"}, units))
    jfif = 1
    while jfif < len(header) and header[jfif].kind == "APP0":
        jfif += 1
    if carrier == "c2pa" and jfif == 1 and any(one.block.carrier == "exif" and one.units[0] == 1 for one in found):
        return 2  # where the C2PA reference implementation puts it: behind the first segment
    after = {"xmp": {"exif"}, "xmp_extended": {"exif", "xmp"}}.get(carrier)
    if after is not None:
        last = [one.units[-1] for one in found if one.block.carrier in after and one.units[-1] < len(header)]
        return max([jfif, *(index + 1 for index in last)])
    kinds = {
        "photoshop": {"APP1"},
        "icc": {"APP1", "APP13"},
        "mpf": {"APP1", "APP13", "APP2"},
        "comment": {f"APP{n}" for n in range(16)},
    }.get(carrier, set())
    return max([jfif, *(index + 1 for index, unit in enumerate(header) if unit.kind in kinds)])


def _index_fix(
    data: bytes, walked: Walk, found: Sequence[Found], plan: Plan, spans: Sequence[tuple[int, int]]
) -> Plan:
    """Offsets in the multi-picture index count from the index, so a splice behind it breaks them (CIPA DC-007)."""
    units = walked.units
    trailer = next((n for n, unit in enumerate(units) if unit.kind == "trailer"), len(units))
    end = spans[trailer - 1][1]
    grown = growth(plan, spans, trailer)
    fixed: dict[int, bytes] = {}
    for one in found:
        index = one.units[0]
        if one.block.carrier != "mpf" or index in plan.replaced or one.block.problem is not None:
            continue
        unit = units[index]
        base = unit.body + len(MPF)
        others = grown - growth(plan, spans, index)
        payload = mpf.shifted(one.block.payload, primary=grown, others=others, beyond=end - base)
        if payload != one.block.payload:
            fixed[index] = data[unit.start : base] + payload
    return Plan(fixed)


def _size(data: bytes, units: Sequence[Unit]) -> tuple[int | None, int | None]:
    """Width and height of the first frame header; DNL gives a height that the header leaves open (T.81 B.2.5)."""
    frame = next((unit for unit in units if unit.kind.startswith("SOF") and unit.end - unit.body >= 6), None)
    if frame is None:
        return None, None
    height = int.from_bytes(data[frame.body + 1 : frame.body + 3])
    width = int.from_bytes(data[frame.body + 3 : frame.body + 5])
    late = next((unit for unit in units if unit.kind == "DNL"), None)
    if not height and late is not None:
        height = int.from_bytes(data[late.body : late.body + 2])
    return width or None, height or None
