"""What image and movie files have in common: metadata in `uuid` boxes, and what tracks say of size and frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.containers.splice import Found, Plan, place
from creditline.model.errors import ContainerError
from creditline.model.picture import Block, Problem
from creditline.structures import bmff

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from creditline.containers.isobmff_units import Unit, Walk

PICTURES = frozenset({b"pict", b"vide"})
"""Handlers of tracks that are seen; `auxv` holds alpha or depth."""

_RANKS = {"c2pa": 0, "xmp": 1}


def collect(data: bytes, walked: Walk) -> list[Found]:
    """C2PA stores and XMP packets in `uuid` boxes, and XMP in the user data of a movie, in file order."""
    found: list[Found] = []
    for n, unit in enumerate(walked.units):
        body = b""
        carrier = None
        if unit.path == "uuid" and data[unit.body : unit.body + 16] in {bmff.C2PA, bmff.XMP}:
            body = data[unit.body : unit.end]
            carrier = "xmp" if body[:16] == bmff.XMP else None
            store = bmff.c2pa_store(body)
            carrier, body = ("c2pa", store) if store is not None else (carrier, body[16:])
        elif unit.path == "moov/udta/XMP_":
            carrier, body = "xmp", data[unit.body : unit.end]
        if carrier is not None and len(found) >= bmff.MAX_BLOCKS:
            limit = Problem("limit", f"more than {bmff.MAX_BLOCKS} metadata boxes", carrier)
            return [*found, Found(Block(carrier, unit.location, b"", limit), (n,))]
        if carrier is not None:
            why = Problem("truncated", f"the file ends inside {unit.location}", carrier) if unit.cut else None
            found.append(Found(Block(carrier, unit.location, body, why), (n,)))
    return found


def edits(walked: Walk, found: Sequence[Found], carrier: str, wanted: Sequence[bytes]) -> Plan:
    """The boxes of one carrier with these payloads: C2PA goes behind `ftyp`, XMP to the end of the file."""
    units = walked.units
    if len(found) > bmff.MAX_BLOCKS:
        raise ContainerError(f"this file has more than {bmff.MAX_BLOCKS} metadata boxes")
    mine = [one for one in found if one.block.carrier == carrier]
    before = (1 if units[0].kind == "ftyp" else 0) if carrier == "c2pa" else len(units)
    user_data = {one.units[0] for one in mine if units[one.units[0]].kind == "XMP_"}
    write = bmff.write_c2pa if carrier == "c2pa" else _write_xmp
    plan = place(mine, wanted, write, before=before, rank=_RANKS[carrier])
    if user_data and any(at - 1 in user_data for at, _, _ in plan.inserted):
        plan = Plan(plan.replaced, tuple((len(units), rank, new) for _, rank, new in plan.inserted))
    changed = {n: new for n, new in plan.replaced.items() if new and n in user_data}
    kept = {n: bmff.write_box(b"XMP_", new[24:]) for n, new in changed.items()}
    plan = Plan({**plan.replaced, **kept}, plan.inserted)
    if any(at == len(units) for at, _, _ in plan.inserted) and any(unit.open for unit in units):
        raise ContainerError("the last box of this file has no stated end, so nothing can follow it")
    return plan


def keep(blocks: Sequence[Block], changes: Mapping[str, Sequence[bytes]], carriers: Sequence[str]) -> None:
    """ContainerError if a carrier that is only read here would change."""
    for carrier in carriers:
        own = [block.payload for block in blocks if block.carrier == carrier]
        if carrier in changes and list(changes[carrier]) != own:
            raise ContainerError(
                f"{carrier} cannot be changed in this kind of file",
                next_step=f"Leave {carrier} out; it stays as it is.",
            )


def track_size(data: bytes, walked: Walk) -> tuple[int | None, int | None]:
    """Width and height of the first track that is seen, from its header (ISO 14496-12 8.3.2), before rotation."""
    for track in _tracks(data, walked):
        header = next((walked.units[n] for n in walked.parts(track) if walked.units[n].kind == "tkhd"), None)
        if header is not None:
            at = header.body + (88 if data[header.body : header.body + 1] == b"\1" else 76)
            width, height = int.from_bytes(data[at : at + 2]), int.from_bytes(data[at + 4 : at + 6])
            if at + 8 <= header.end and width and height:
                return width, height
    return None, None


def frames(data: bytes, walked: Walk) -> int | None:
    """How many samples the first track that is seen has, or None if there is none or the table is elsewhere."""
    for track in _tracks(data, walked):
        for n in walked.parts(track):
            unit = walked.units[n]
            if unit.kind in {"stsz", "stz2"} and unit.end - unit.body >= 12:
                return int.from_bytes(data[unit.body + 8 : unit.body + 12]) or None
    return None


def _write_xmp(packet: bytes) -> bytes:
    return bmff.write_box(b"uuid", bmff.XMP + packet)


def _tracks(data: bytes, walked: Walk) -> list[int]:
    """Headers of the tracks whose media handler is one of PICTURES."""
    tracks = walked.at("moov/trak")
    return [track for track in tracks if any(_is_seen(data, walked.units[n]) for n in walked.parts(track))]


def _is_seen(data: bytes, unit: Unit) -> bool:
    return unit.path == "moov/trak/mdia/hdlr" and data[unit.body + 8 : unit.body + 12] in PICTURES
