"""What the properties of an image file's items say: size, colour profiles (ISO 23008-12 6.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from creditline.model.picture import Block
from creditline.structures import bmff

if TYPE_CHECKING:
    from creditline.containers.isobmff_units import Walk

PROFILES = frozenset({b"prof", b"rICC"})
"""Colour types that hold an ICC profile (ISO 14496-12 12.1.5); `nclx` are numbers."""


@dataclass(frozen=True, slots=True)
class Properties:
    """Size as coded, before rotation and cropping; profiles, those of the primary item first."""

    width: int | None = None
    height: int | None = None
    profiles: tuple[Block, ...] = ()


def properties(data: bytes, walked: Walk, primary: int | None) -> Properties:
    """The size of the primary item; without one, the size that the file's first picture has."""
    boxes: list[bmff.Box] = []
    associated: dict[int, tuple[int, ...]] = {}
    for n in walked.at("meta/iprp"):
        unit = walked.units[n]
        for box in bmff.boxes(data, unit.body, unit.end):
            if box.kind == "ipco" and not boxes:
                boxes = list(bmff.boxes(data, box.body, box.end))
            elif box.kind == "ipma":
                associated = bmff.parse_associations(data[box.body : box.end]) | associated
    mine = [number - 1 for number in associated.get(primary, ())] if primary is not None else []
    order = [n for n in mine if 0 <= n < len(boxes)]
    sizes = [boxes[n] for n in order if boxes[n].kind == "ispe"] or [box for box in boxes if box.kind == "ispe"]
    profiles = []
    for n in dict.fromkeys([*order, *range(len(boxes))]):
        box = boxes[n]
        content = data[box.body + 4 : box.end]
        if box.kind == "colr" and data[box.body : box.body + 4] in PROFILES and content:
            profiles.append(Block("icc", f"meta/iprp/ipco/colr@{box.start}", content))
    if not sizes:
        return Properties(profiles=tuple(profiles))
    at = sizes[0].body + 4
    width, height = int.from_bytes(data[at : at + 4]), int.from_bytes(data[at + 4 : at + 8])
    return Properties(width or None, height or None, tuple(profiles))
