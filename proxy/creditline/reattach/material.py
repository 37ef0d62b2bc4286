"""A picture as restoring needs it: what it says, and the blocks that say it. Read once, used for many copies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from creditline.analysis.read import read
from creditline.containers.sniff import find, writable

if TYPE_CHECKING:
    from creditline.model.picture import Block, Layout
    from creditline.model.reading import Inspection


_UNSTANDARD = {"heic": ("iptc",), "avif": ("iptc",)}
"""What a few writers put into a format and no standard knows there: read, never added."""


@dataclass(frozen=True, slots=True)
class Material:
    """One picture's reading and metadata blocks. `writable` are the carriers that its format takes."""

    reading: Inspection
    layout: Layout = field(repr=False)
    writable: tuple[str, ...]

    def blocks(self, carrier: str) -> list[Block]:
        """The sound blocks of one carrier, in the order of the file."""
        return [b for b in self.layout.blocks if b.carrier == carrier and b.problem is None]

    def broken(self, carrier: str) -> bool:
        """Whether one of the carrier's blocks was found but could not be read."""
        found = [b for b in self.layout.blocks if b.carrier == carrier]
        return any(b.problem is not None for b in found) or any(
            str(c.state) == "unreadable" for c in self.reading.carriers if c.carrier == carrier
        )


def material(data: bytes, *, user_anchors: str | None = None) -> Material:
    """What `data` gives to a restoration, or has already. Never raises on a picture's content."""
    layout = find(data)
    reading = read(data, pixels=False, user_anchors=user_anchors, layout=layout)
    taken = tuple(c for c in writable(layout.format) if c not in _UNSTANDARD.get(layout.format, ()))
    return Material(reading, layout, taken)
