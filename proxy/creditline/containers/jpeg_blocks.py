"""Which segments of a JPEG make which metadata block: split payloads joined, headers taken off."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from creditline.containers import irb_hosts, jpeg_trailers
from creditline.containers.jpeg_segments import EXIF, ICC, JUMBF, MPF, PHOTOSHOP, XMP, XMP_EXTENSION
from creditline.containers.splice import Found
from creditline.model.picture import Block, Problem
from creditline.structures import jumbf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from creditline.containers.jpeg_segments import Unit

EXTENSION_HEADER = len(XMP_EXTENSION) + 40
"""Signature, 32-digit GUID, u32 full length, u32 offset (XMP specification part 3, 1.1.3.1)."""

_TIFF_STARTS = (b"II*\0", b"MM\0*")

_NAMED = rb"HasExtendedXMP(?:\s{0,64}=\s{0,64}[\"']|[^<>]{0,256}>\s{0,64})([0-9A-Fa-f]{32})"


@dataclass(frozen=True, slots=True)
class _Part:
    """One segment's share of a block: where it lies, which block it belongs to, its turn, its header and bytes."""

    index: int
    unit: Unit
    group: tuple[int | bytes, ...]
    turn: int
    head: bytes
    body: bytes


def collect(data: bytes, units: Sequence[Unit]) -> list[Found]:
    """Every metadata block, in the order of its first segment; linear in the size of the file."""
    found: list[Found] = []
    photoshop: list[tuple[int, Unit, bytes]] = []
    exif: list[_Part] = []
    profiles: dict[int, int] = {}
    parts: dict[str, list[_Part]] = {"xmp_extended": [], "icc": [], "c2pa": []}
    for index, unit in enumerate(units):
        if unit.kind == "trailer":
            found += [Found(block, (index,)) for block in jpeg_trailers.blocks(data, unit.start)]
        if not (unit.kind.startswith("APP") or unit.kind == "COM"):
            continue
        body = data[unit.body : unit.end]
        single = _single(unit, body)
        if unit.kind == "APP1" and body[:5] == EXIF[:5]:  # the sixth byte is not always zero
            begins = not exif or index > exif[-1].index + 1 or body[6:10] in _TIFF_STARTS
            turn = index if begins else exif[-1].turn
            exif.append(_Part(index, unit, (turn,), turn, b"", body[6:]))
        elif single is not None:
            carrier, payload = single
            found.append(Found(Block(carrier, unit.location, payload, _cut(unit, carrier)), (index,)))
        elif unit.kind == "APP13" and body.startswith(PHOTOSHOP):
            photoshop.append((index, unit, body[len(PHOTOSHOP) :]))
        elif unit.kind == "APP1" and body.startswith(XMP_EXTENSION):
            parts["xmp_extended"].append(_extension_part(index, unit, body))
        elif unit.kind == "APP2" and body.startswith(ICC):
            head = body[len(ICC) : len(ICC) + 2].ljust(2, b"\0")
            profiles[head[0]] = profiles.get(head[0], 0) + 1  # a number seen again is of another profile
            part = _Part(index, unit, (profiles[head[0]],), head[0], head, body[len(ICC) + 2 :])
            parts["icc"].append(part)
        elif unit.kind == "APP11" and body.startswith(JUMBF):
            parts["c2pa"].append(_jumbf_part(index, unit, body))
    # Exif 3.0 knows no continuation; ExifTool writes one, and a segment without a TIFF header can be nothing else.
    found += [_join("exif", group, b"".join(part.body for part in group), None) for group in _grouped(exif)]
    if parts["xmp_extended"]:
        main = (one.block.payload for one in found if one.block.carrier == "xmp")
        found += _extensions(
            parts["xmp_extended"], {guid.upper() for packet in main for guid in re.findall(_NAMED, packet)}
        )
    if parts["icc"]:
        found += _profiles(parts["icc"])
    if parts["c2pa"]:
        found += _stores(parts["c2pa"])
    if photoshop:
        indexes = tuple(index for index, _, _ in photoshop)
        problem = next((p for _, unit, _ in photoshop if (p := _cut(unit, "photoshop"))), None)
        stream = b"".join(body for _, _, body in photoshop)
        found += [Found(block, indexes) for block in irb_hosts.read(stream, photoshop[0][1].location, problem)]
    return sorted(found, key=lambda one: one.units[0])


def box_instances(data: bytes, units: Sequence[Unit]) -> dict[int, int]:
    """The JUMBF box instance number (En) of each APP11 unit that has one, by the unit's index."""
    return {
        index: int.from_bytes(data[unit.body + 2 : unit.body + 4])
        for index, unit in enumerate(units)
        if unit.kind == "APP11" and data[unit.body : unit.body + 2] == JUMBF
    }


def _single(unit: Unit, body: bytes) -> tuple[str, bytes] | None:
    """Carrier and payload of a segment that is a block by itself."""
    if unit.kind == "COM":
        return "comment", body
    if unit.kind == "APP1" and body.startswith(XMP):
        return "xmp", body[len(XMP) :]
    if unit.kind == "APP2" and body.startswith(MPF):
        return "mpf", body[len(MPF) :]
    if unit.kind == "APP13" and body[:1] == b"\x1c":
        return "iptc", body
    return None


def _cut(unit: Unit, carrier: str) -> Problem | None:
    return Problem("truncated", f"the file ends inside {unit.location}", carrier) if unit.cut else None


def _join(
    carrier: str, parts: Sequence[_Part], payload: bytes, why: str | None, code: str = "carrier_broken"
) -> Found:
    """The block these parts make; a part that the file's end cuts counts before any other trouble."""
    problem = next((p for part in parts if (p := _cut(part.unit, carrier))), None)
    if problem is None and why is not None:
        problem = Problem(code, why, carrier)
    indexes = sorted(part.index for part in parts)
    location = min(parts, key=lambda part: part.index).unit.location
    return Found(Block(carrier, location, payload, problem), tuple(indexes))


def _grouped(parts: Sequence[_Part]) -> list[list[_Part]]:
    groups: dict[tuple[int | bytes, ...], list[_Part]] = {}
    for part in parts:
        groups.setdefault(part.group, []).append(part)
    return [sorted(group, key=lambda part: part.turn) for group in groups.values()]


def _extension_part(index: int, unit: Unit, body: bytes) -> _Part:
    head = body[len(XMP_EXTENSION) : EXTENSION_HEADER]
    return _Part(index, unit, (head[:32].upper(),), int.from_bytes(head[36:40]), head, body[EXTENSION_HEADER:])


def _extensions(parts: Sequence[_Part], named: set[bytes]) -> list[Found]:
    """One block per GUID; where a main packet names GUIDs, the others are kept from view (XMP part 3, 1.1.3.1)."""
    found = []
    for group in _grouped(parts):
        guid = group[0].head[:32].upper()
        payload = b"".join(part.body for part in group)
        why, code, at = None, "carrier_broken", 0
        for part in group:
            if len(part.head) < 40 or part.turn != at:
                why = "parts of the extended XMP are missing or overlap"
            at += len(part.body)
        if why is None and {int.from_bytes(part.head[32:36]) for part in group} != {len(payload)}:
            why = "the extended XMP is not as long as it says"
        if why is None and hashlib.md5(payload, usedforsecurity=False).hexdigest().upper().encode() != guid:
            why, code = "the extended XMP does not match its digest", "digest_mismatch"
        one = _join("xmp_extended", group, payload, why, code)
        found.append(replace(one, shown=not named or guid in named))
    return found


def _profiles(parts: Sequence[_Part]) -> list[Found]:
    """The colour profile, joined by chunk number (ICC.1 Annex B.4); copies of it are blocks of their own."""
    found = []
    for group in _grouped(parts):
        numbers = [part.turn for part in group]
        complete = numbers == list(range(1, len(group) + 1)) and {part.head[1] for part in group} == {len(group)}
        why = None if complete else "parts of the colour profile are missing or numbered wrongly"
        found.append(_join("icc", group, b"".join(part.body for part in group), why))
    return found


def _jumbf_part(index: int, unit: Unit, body: bytes) -> _Part:
    size = jumbf.header_size(body[8:])
    head = body[8 : 8 + size]
    return _Part(index, unit, (body[2:4], head), int.from_bytes(body[4:8]), head, body[8 + size :])


def _stores(parts: Sequence[_Part]) -> list[Found]:
    """C2PA manifest stores, joined per box instance (ISO 19566-5 D.2); other JUMBF boxes are left alone."""
    found = []
    for group in _grouped(parts):
        first = group[0]
        box = first.head + b"".join(part.body for part in group)
        headless = first.turn > 1
        if first.head[4:8] != b"jumb" or (jumbf.label(box) != jumbf.C2PA and not headless):
            continue
        numbers = [part.turn for part in group]
        why = None
        if headless or numbers != list(range(numbers[0], numbers[0] + len(group))):
            why = "parts of the manifest store are missing"
        elif jumbf.declared_length(box) not in {None, len(box)}:
            why = "the manifest store is not as long as it says"
        found.append(_join("c2pa", group, box, why))
    return found
