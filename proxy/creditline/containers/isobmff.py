"""HEIC and AVIF: finds metadata in items and boxes and swaps it, all else stays as it was (ISO 23008-12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from creditline.containers import isobmff_boxes
from creditline.containers.isobmff_edits import ItemEdits
from creditline.containers.isobmff_items import stored, tables
from creditline.containers.isobmff_moves import Draft, assemble
from creditline.containers.isobmff_properties import properties
from creditline.containers.isobmff_units import walk
from creditline.containers.splice import check
from creditline.model.errors import ContainerError
from creditline.model.picture import Layout, Problem
from creditline.structures import bmff

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from creditline.containers.isobmff_units import Walk
    from creditline.model.picture import Block

CARRIERS = ("exif", "xmp", "iptc", "c2pa", "icc")
"""`iptc` is no part of the standard; a few writers make items of it."""

WRITABLE = ("exif", "xmp", "iptc", "c2pa")
"""The profile belongs to the pixels and is only read."""

_IN_ITEMS = ("exif", "xmp", "iptc")


@dataclass(frozen=True, slots=True)
class ImageFile:
    """The finder of one of the formats that share this container; which it is, `sniff` tells from the brands."""

    FORMATS: tuple[str, ...]
    CARRIERS: tuple[str, ...] = CARRIERS
    WRITABLE: tuple[str, ...] = WRITABLE

    def find(self, data: bytes) -> Layout:
        """Boxes, blocks and size, up to where the file breaks; ContainerError only if it never began.

        Carriers not seen in a file that ends too early, whose tables are broken, or that keeps its items in the
        compact `mini` box, are `unexamined`, never absent. Width and height are those of the primary item.
        """
        walked = walk(data)
        found = tables(data, walked)
        looks = properties(data, walked, found[0].primary if found else None)
        boxed = [one.block for one in isobmff_boxes.collect(data, walked)]
        blocks = (*(one.block for one in stored(data, walked, found)), *boxed, *looks.profiles)
        problems = [*walked.problems, *(problem for table in found for problem in table.problems)]
        compact = not found and bool(walked.at("mini"))
        if compact:
            problems.append(Problem("not_supported", "the items lie in a compact (mini) box, which is not read"))
        elif not found and not walked.at("moov"):
            problems.append(Problem("container_broken", "there is neither a meta nor a moov box"))
        seen = {block.carrier for block in blocks}
        width, height = looks.width, looks.height
        if width is None:
            width, height = isobmff_boxes.track_size(data, walked)
        return Layout(
            format=self.FORMATS[0],
            width=width,
            height=height,
            frames=None if compact else isobmff_boxes.frames(data, walked) or 1,
            carriers=self.CARRIERS,
            segments=walked.segments,
            blocks=blocks,
            unexamined=tuple(c for c in self.CARRIERS if problems and c not in seen),
            problems=tuple(problems),
        )

    def replace(self, data: bytes, changes: Mapping[str, Sequence[bytes]]) -> bytes:
        """`data` with the named carriers holding exactly the given payloads; picture data stays as it is.

        New items go to the end of the file and are linked to the primary item; what leaves is blanked where it
        lay. Offsets of everything that moves are put right. ContainerError for a broken or compact (`mini`)
        file, for a carrier that is only read, and where an offset cannot be put right.
        """
        check(changes, self.FORMATS[0], self.CARRIERS)
        walked = walk(data)
        found = tables(data, walked)
        if not walked.complete or any(table.problems for table in found):
            raise ContainerError("this file is broken or cut off, so nothing can be written into it")
        blocks = stored(data, walked, found)
        if len(blocks) > bmff.MAX_BLOCKS:
            raise ContainerError(f"this file has more than {bmff.MAX_BLOCKS} metadata items")
        boxed = isobmff_boxes.collect(data, walked)
        isobmff_boxes.keep(_profiles(data, walked, changes), changes, ["icc"])
        draft = Draft()
        items = ItemEdits(data, walked, found, blocks, draft)
        for carrier, wanted in changes.items():
            mine = [one for one in blocks if one.block.carrier == carrier]
            if carrier in _IN_ITEMS:
                for one, payload in zip(mine, wanted, strict=False):
                    if one.block.payload != payload or one.block.problem is not None:
                        items.change(one, payload)
                for one in mine[len(wanted) :]:
                    items.drop(one)
            others = [one for one in boxed if one.block.carrier == carrier]
            rest = wanted[len(mine) :]
            if carrier == "c2pa":
                draft.take(isobmff_boxes.edits(walked, boxed, carrier, wanted))
            elif others:
                draft.take(isobmff_boxes.edits(walked, boxed, carrier, rest[: len(others)]))
            if carrier in _IN_ITEMS:
                for payload in rest[len(others) :]:
                    items.add(carrier, payload)
        items.finish()
        return assemble(data, walked, draft, found) if draft else data


def _profiles(data: bytes, walked: Walk, changes: Mapping[str, Sequence[bytes]]) -> Sequence[Block]:
    if "icc" not in changes:
        return ()
    found = tables(data, walked)
    return properties(data, walked, found[0].primary if found else None).profiles


HEIC = ImageFile(("heic",))
AVIF = ImageFile(("avif",))
