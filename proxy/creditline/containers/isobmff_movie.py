"""MP4 and MOV: finds what a movie file says of its origin; only XMP and C2PA boxes are written (ISO 14496-12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from creditline.containers import isobmff_boxes
from creditline.containers.isobmff_items import tables
from creditline.containers.isobmff_moves import Draft, assemble
from creditline.containers.isobmff_units import walk
from creditline.containers.splice import check
from creditline.model.errors import ContainerError
from creditline.model.picture import Block, Layout, Problem
from creditline.structures import bmff, movie_texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from creditline.containers.isobmff_units import Walk

CARRIERS = ("xmp", "c2pa", "mp4_metadata")
WRITABLE = ("xmp", "c2pa")

_PLACES = frozenset({"meta", "moov/meta", "moov/udta", "moov/trak/udta", "moov/trak/meta"})
"""Boxes with a list of texts: user data, and `meta` boxes with keys."""


@dataclass(frozen=True, slots=True)
class MovieFile:
    """The finder of one of the formats that share this container; which it is, `sniff` tells from the brands."""

    FORMATS: tuple[str, ...]
    CARRIERS: tuple[str, ...] = CARRIERS
    WRITABLE: tuple[str, ...] = WRITABLE

    def find(self, data: bytes) -> Layout:
        """Boxes, blocks and size, up to where the file breaks; ContainerError only if it never began.

        Each `udta` or `meta` box that holds texts is one `mp4_metadata` block, header included. Width and height
        are those of the first video track, before rotation; `frames` None where fragments hold them.
        """
        walked = walk(data)
        boxed = [one.block for one in isobmff_boxes.collect(data, walked)]
        blocks = (*boxed, *_texts(data, walked))
        seen = {block.carrier for block in blocks}
        width, height = isobmff_boxes.track_size(data, walked)
        return Layout(
            format=self.FORMATS[0],
            width=width,
            height=height,
            frames=isobmff_boxes.frames(data, walked),
            carriers=self.CARRIERS,
            segments=walked.segments,
            blocks=blocks,
            unexamined=tuple(c for c in self.CARRIERS if not walked.complete and c not in seen),
            problems=walked.problems,
        )

    def replace(self, data: bytes, changes: Mapping[str, Sequence[bytes]]) -> bytes:
        """`data` with the named carriers holding exactly the given payloads; media stays as it is.

        A packet that is new goes into a box at the end of the file, a manifest store behind `ftyp`. ContainerError
        for a broken file, for `mp4_metadata` (only read), and for a fragmented file in which something would move.
        """
        check(changes, self.FORMATS[0], self.CARRIERS)
        walked = walk(data)
        if not walked.complete:
            raise ContainerError("this file is broken or cut off, so nothing can be written into it")
        isobmff_boxes.keep(_texts(data, walked), changes, ["mp4_metadata"])
        boxed = isobmff_boxes.collect(data, walked)
        draft = Draft()
        for carrier in WRITABLE:
            if carrier in changes:
                draft.take(isobmff_boxes.edits(walked, boxed, carrier, changes[carrier]))
        return assemble(data, walked, draft, tables(data, walked)) if draft else data


def _texts(data: bytes, walked: Walk) -> list[Block]:
    found = []
    for unit in walked.units:
        if unit.path not in _PLACES:
            continue
        box = bmff.Box(unit.kind, unit.start, unit.body, unit.box_end, unit.cut, unit.open)
        if unit.cut:
            why = Problem("truncated", f"the file ends inside {unit.location}", "mp4_metadata")
            found.append(Block("mp4_metadata", unit.location, b"", why))
        elif movie_texts.holds_texts(data, box):
            found.append(Block("mp4_metadata", unit.location, data[unit.start : unit.box_end]))
        if len(found) >= bmff.MAX_BLOCKS:
            limit = Problem("limit", f"more than {bmff.MAX_BLOCKS} lists of texts", "mp4_metadata")
            return [*found, Block("mp4_metadata", unit.location, b"", limit)]
    return found


MP4 = MovieFile(("mp4",))
MOV = MovieFile(("mov",))
