"""IPTC and Photoshop resources share a place: edits of either, worked out per place that holds them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from creditline.model.picture import Block, Problem
from creditline.structures import photoshop_irb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from creditline.containers.splice import Found


class Host(NamedTuple):
    """A stream of image resources, or of bare IIM records, and the units that hold it."""

    stream: bytes
    bare: bool
    units: tuple[int, ...]


def read(stream: bytes, location: str, problem: Problem | None = None) -> list[Block]:
    """The `photoshop` block and the `iptc` blocks that a stream of image resources makes."""
    resources = photoshop_irb.parse(stream)
    cut = photoshop_irb.cut_resource(resources)
    limited = cut is not None and len(resources) > photoshop_irb.MAX_RESOURCES
    if problem is None and cut is not None:
        code, why = (
            ("limit", "too many image resources") if limited else ("truncated", "an image resource is cut off")
        )
        problem = Problem(code, why, "photoshop")
    place = f"{location}/8BIM:{photoshop_irb.IIM:04X}"
    blocks = [Block("photoshop", location, stream, problem)]
    blocks += [Block("iptc", place, iim) for iim in photoshop_irb.iims(resources)]
    if limited:
        blocks.append(Block("iptc", place, b"", Problem("limit", "too many image resources", "iptc")))
    elif _stray(resources):
        why = "IPTC records stand where no image resource holds them"
        blocks.append(Block("iptc", place, b"", Problem("irb_broken", why, "iptc")))
    elif cut == photoshop_irb.IIM:
        blocks.append(Block("iptc", place, b"", Problem("truncated", "the IPTC resource is cut off", "iptc")))
    return blocks


def _stray(resources: Sequence[photoshop_irb.Resource]) -> bool:
    """Whether the resources break off in what looks like IIM, or before a further resource of it.

    Some writers give the IIM resource a wrong size, often 0; what it held cannot be told from what follows.
    """
    tail = resources[-1].data if resources and resources[-1].is_junk else b""
    return re.match(rb"\x1c[\x01-\x09]", tail) is not None or b"8BIM\x04\x04" in tail[4:]


def hosts(found: Sequence[Found]) -> list[Host]:
    """The places among `found`: each `photoshop` block, and each `iptc` block that lies in none."""
    return [
        Host(one.block.payload, one.block.carrier == "iptc", one.units)
        for one in found
        if one.block.carrier == "photoshop" or (one.block.carrier == "iptc" and "/8BIM:" not in one.block.location)
    ]


def edited(
    places: Sequence[Host], photoshop: Sequence[bytes] | None, iptc: Sequence[bytes] | None
) -> tuple[list[bytes], list[bytes]]:
    """The new stream of each place (empty: take it out), and streams of image resources that need a new place.

    None leaves a carrier alone. `photoshop` comes first: a stream brings its own IIM unless `iptc` is named too.
    """
    streams = [host.stream for host in places]
    added: list[bytes] = []
    if photoshop is not None:
        resourceful = [n for n, host in enumerate(places) if not host.bare]
        for n in resourceful:
            streams[n] = b""
        for n, stream in zip(resourceful, photoshop, strict=False):
            streams[n] = stream
        added = [stream for stream in photoshop[len(resourceful) :] if stream]
    if iptc is None:
        return streams, added
    return _with_iptc(places, streams, added, list(iptc))


def _with_iptc(
    places: Sequence[Host], streams: list[bytes], added: list[bytes], waiting: list[bytes]
) -> tuple[list[bytes], list[bytes]]:
    everything = [*streams, *added]
    bare = [host.bare for host in places] + [False] * len(added)
    shares: list[list[bytes]] = []
    for stream, plain in zip(everything, bare, strict=True):
        slots = 1 if plain else len(photoshop_irb.iims(photoshop_irb.parse(stream)))
        shares.append(waiting[:slots])
        waiting = waiting[slots:]
    home = next((n for n, (s, plain) in enumerate(zip(everything, bare, strict=True)) if s and not plain), None)
    if waiting and home is not None:
        shares[home] += waiting
    for n, share in enumerate(shares):
        everything[n] = (share[0] if share else b"") if bare[n] else photoshop_irb.with_iims(everything[n], share)
    if waiting and home is None:
        everything.append(photoshop_irb.with_iims(b"", waiting))
    return everything[: len(streams)], [stream for stream in everything[len(streams) :] if stream]
