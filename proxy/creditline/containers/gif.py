"""GIF: finds the extensions that hold metadata and swaps them, everything else byte for byte as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.containers.gif_units import HEADER, XMP_TRAILER, packed, sub_blocks, walk
from creditline.containers.splice import Found, Plan, check, place, render
from creditline.model.errors import ContainerError
from creditline.model.picture import Block, Layout, Problem, Segment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from creditline.containers.gif_units import Unit

FORMAT = "gif"
FORMATS = (FORMAT,)
CARRIERS = ("xmp", "c2pa", "icc", "comment")

_APPLICATIONS = {b"XMP DataXMP": "xmp", b"C2PA_GIF\x01\0\0": "c2pa", b"ICCRGBG1012": "icc"}
_RANKS = {"c2pa": 0, "icc": 1, "xmp": 2, "comment": 3}
"""Order of newcomers that go to the same place."""


def find(data: bytes) -> Layout:
    """Units, blocks and size of a GIF, up to where it breaks; ContainerError only if it never began.

    `frames` counts the images. What was not seen before a file that breaks off is `unexamined`.
    """
    walked = walk(data)
    units = walked.units
    blocks = tuple(one.block for one in _collect(data, units))
    seen = {block.carrier for block in blocks}
    whole = len(data) >= HEADER
    return Layout(
        format=FORMAT,
        width=int.from_bytes(data[6:8], "little") or None if whole else None,
        height=int.from_bytes(data[8:10], "little") or None if whole else None,
        frames=sum(unit.kind == "image" for unit in units) or None,
        carriers=CARRIERS,
        segments=tuple(Segment(unit.kind, unit.start, unit.end - unit.start) for unit in units),
        blocks=blocks,
        unexamined=() if walked.complete else tuple(carrier for carrier in CARRIERS if carrier not in seen),
        problems=walked.problems,
    )


def replace(data: bytes, changes: Mapping[str, Sequence[bytes]]) -> bytes:
    """`data` with the named carriers holding exactly the given payloads; nothing else changes.

    A GIF87a file becomes GIF89a when it gets an extension, and stays so. Newcomers go before the first image and
    its control extension, C2PA directly behind the header. ContainerError for a file not whole up to its trailer
    byte, for a carrier that GIF cannot hold, for an empty payload, and for XMP that is not UTF-8 without NULs.
    """
    check(changes, FORMAT, CARRIERS)
    walked = walk(data)
    units = walked.units
    if not walked.complete:
        raise ContainerError("this GIF is broken or cut off, so nothing can be written into it")
    found = _collect(data, units)
    plan = Plan()
    for carrier, wanted in changes.items():
        mine = [one for one in found if one.block.carrier == carrier]
        before = 1 if carrier == "c2pa" else _before_images(units)
        plan |= place(mine, wanted, _WRITERS[carrier], before=before, rank=_RANKS[carrier])
    if any(plan.replaced.values()) or plan.inserted:
        plan |= Plan({0: b"GIF89a" + data[6 : units[0].end]})
    return render(data, [(unit.start, unit.end) for unit in units], plan)


def _collect(data: bytes, units: Sequence[Unit]) -> list[Found]:
    found = []
    for index, unit in enumerate(units):
        carrier = "comment" if unit.kind == "comment" else _APPLICATIONS.get(unit.name)
        if carrier is None:
            continue
        body = data[unit.body : unit.stop] if unit.raw else sub_blocks(data, unit.body, unit.stop)
        problem = Problem("truncated", f"the file ends inside {unit.location}", carrier) if unit.cut else None
        if carrier == "xmp" and not unit.raw and b"<" not in body[:64]:
            # The packet ran on as if its text were lengths: its end is unknown.
            problem = Problem("truncated", f"the packet in {unit.location} has no end", carrier)
        if body or problem:
            found.append(Found(Block(carrier, unit.location, body, problem), (index,)))
    return found


def _before_images(units: Sequence[Unit]) -> int:
    """Behind what follows the header (looping, colour, credentials), before the first image and its control."""
    leading = {"application", "comment", "padding", "extension"}
    return next(n for n in range(1, len(units)) if units[n].kind not in leading)


def _application(name: bytes, payload: bytes) -> bytes:
    if not payload:
        raise ContainerError("an empty payload cannot be written into a GIF")
    return b"".join((b"\x21\xff\x0b", name, packed(payload)))


def _c2pa(store: bytes) -> bytes:
    return _application(b"C2PA_GIF\x01\0\0", store)


def _icc(profile: bytes) -> bytes:
    return _application(b"ICCRGBG1012", profile)


def _comment(text: bytes) -> bytes:
    if not text:
        raise ContainerError("an empty comment cannot be written into a GIF")
    return b"\x21\xfe" + packed(text)


def _xmp(packet: bytes) -> bytes:
    try:
        sound = "\0" not in packet.decode("utf-8")
    except UnicodeDecodeError:
        sound = False
    if not sound or not packet:
        raise ContainerError("GIF holds XMP as UTF-8 only", next_step="Write the packet as UTF-8 first.")
    return b"".join((b"\x21\xff\x0bXMP DataXMP", packet, XMP_TRAILER))


_WRITERS: dict[str, Callable[[bytes], bytes]] = {"xmp": _xmp, "c2pa": _c2pa, "icc": _icc, "comment": _comment}
