"""Bytes in, one `Inspection` out: the finder says where, the readers say what, the crosswalk says which field.

Nothing here raises on a picture's content: what cannot be read becomes a state and an error (contract §3).
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING

from creditline.analysis import cmi, provenance
from creditline.analysis.consent import consent
from creditline.analysis.sync import sync
from creditline.containers.sniff import find
from creditline.metadata.generators.detect import detect
from creditline.model.errors import CarrierError, CreditlineError
from creditline.model.picture import Block, Layout, Presence, Problem
from creditline.model.reading import C2paReading, Carrier, Inspection, Property

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    type Read = tuple[tuple[Property, ...], tuple[Problem, ...]]

NO_MANIFEST, NOT_EXAMINED = C2paReading(state="none"), C2paReading(state="not_examined")

PROVENANCE_KEY = "dcterms:provenance"
IIM_DIGEST = ("photoshop", "8BIM:0425")


class _Found:
    """What has been gathered of one file so far."""

    __slots__ = ("broken", "problems", "properties")

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.properties: list[Property] = []
        self.problems = list(problems)
        self.broken: set[str] = set()


def read(
    data: bytes,
    *,
    path: str | None = None,
    pixels: bool = True,
    user_anchors: str | None = None,
    layout: Layout | None = None,
) -> Inspection:
    """Everything `data` says about its origin. `user_anchors` are the user's own C2PA roots, as PEM text.

    `pixels` allows readers that decode the picture; without them, or where it cannot be decoded, `stealth` is
    `not_examined`. `layout` is what `find` says of `data`, for who has asked already.
    """
    layout = layout or find(data)
    found = _Found(layout.problems)
    if layout.format == "unknown":
        found.problems.append(
            Problem("not_a_picture", "the bytes are those of no picture format that Creditline knows")
        )
    for block in layout.blocks:
        _read_block(block, found)
    stealth = _stealth(data, layout, found) if pixels else Carrier("stealth", Presence.NOT_EXAMINED)
    c2pa = _c2pa(data, layout, found, user_anchors)
    properties = (*found.properties, *c2pa.properties)
    generations = detect(properties)
    fields = cmi.crosswalk(properties, generations)
    orientation = _orientation(found.properties) or layout.orientation
    in_sync = _iim_in_sync(layout, found)
    return Inspection(
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        bytes=len(data),
        format=layout.format,
        width=layout.width,
        height=layout.height,
        orientation=orientation,
        frames=layout.frames,
        carriers=_carriers(layout, found, c2pa, stealth),
        fields=fields,
        resolved=cmi.resolve(fields, iim_in_sync=in_sync),
        c2pa=c2pa,
        ai=provenance.judge(properties, generations, c2pa, _shown(layout, orientation)),
        consent=consent(properties, c2pa),
        private=cmi.private_fields(fields),
        errors=tuple(found.problems),
        properties=properties,
        sync=sync(fields, in_sync),
    )


def _reader(carrier: str) -> Callable[[bytes], Read] | None:
    """The reader of one carrier; imported here so that a picture without it costs nothing."""
    if carrier == "exif":
        from creditline.metadata import exif

        return exif.read_with_problems
    if carrier in {"xmp", "xmp_extended"}:
        from creditline.metadata import xmp

        return xmp.read_with_problems
    if carrier == "iptc":
        from creditline.metadata import iptc_iim

        return iptc_iim.read_with_problems
    if carrier == "photoshop":
        from creditline.metadata import photoshop

        return photoshop.read_with_problems
    if carrier == "png_text":
        from creditline.metadata import png_text

        return png_text.read_with_problems
    if carrier == "icc":
        from creditline.metadata import icc

        return icc.read_with_problems
    if carrier == "comment":
        from creditline.metadata import comment

        return comment.read_with_problems
    if carrier == "mp4_metadata":
        from creditline.metadata import mp4

        return mp4.read_with_problems
    if carrier == "svg_metadata":
        from creditline.metadata import svg

        return svg.read_with_problems
    return None


def _read_block(block: Block, found: _Found) -> None:
    if block.problem is not None:
        found.problems.append(block.problem)
        found.broken.add(block.carrier)
        return
    reader = _reader(block.carrier)
    if reader is None:
        return
    try:
        properties, problems = reader(block.payload)
    except CreditlineError as error:
        found.problems.append(Problem(error.code, str(error), block.carrier))
        found.broken.add(block.carrier)
        return
    found.properties += [
        p if p.carrier == block.carrier else Property(block.carrier, p.key, p.value) for p in properties
    ]
    found.problems += [Problem(p.code, p.message, block.carrier) for p in problems]


def _stealth(data: bytes, layout: Layout, found: _Found) -> Carrier:
    """The record hidden in the pixels, where the format keeps them as they were written."""
    if "stealth" not in layout.carriers:
        return Carrier("stealth", Presence.NOT_EXAMINED)
    from creditline.metadata import stealth

    try:
        hidden = stealth.read(data)
    except CreditlineError as error:
        found.problems.append(Problem(error.code, str(error), "stealth"))
        # What cannot be decoded may hold a record or not; only a signature without its record is a broken one.
        there = isinstance(error, CarrierError)
        return Carrier("stealth", Presence.UNREADABLE if there else Presence.NOT_EXAMINED)
    if hidden is None:
        return Carrier("stealth", Presence.ABSENT)
    found.properties += hidden.properties
    digest = hashlib.sha256(hidden.payload).hexdigest()
    return Carrier("stealth", Presence.PRESENT, hidden.location, len(hidden.payload), digest)


def _c2pa(data: bytes, layout: Layout, found: _Found, user_anchors: str | None) -> C2paReading:
    """The manifest store's reading; a pointer in XMP without a store is `remote` and is not fetched."""
    blocks = [block for block in layout.blocks if block.carrier == "c2pa"]
    if not blocks:
        if layout.format == "unknown" or "c2pa" in layout.unexamined or not _absence_certain(layout):
            return NOT_EXAMINED
        url = next((p.value for p in found.properties if p.key == PROVENANCE_KEY), None)
        if isinstance(url, str) and url.lower().startswith(("http://", "https://")):
            return C2paReading(state="remote", remote_url=url)
        return NO_MANIFEST
    from creditline.metadata import c2pa_store

    try:
        reading = c2pa_store.read(data, layout.format, user_anchors=user_anchors)
    except CreditlineError as error:
        found.problems.append(Problem(error.code, str(error), "c2pa"))
        found.broken.add("c2pa")
        return C2paReading(state="unreadable")
    if reading.state == "none":  # a block of that name is there, and the SDK finds no store in it
        found.problems.append(Problem("carrier_broken", "the manifest's place holds no manifest store", "c2pa"))
        reading = C2paReading(state="unreadable")
    if reading.state == "unreadable":
        found.broken.add("c2pa")
    return reading


def _absence_certain(layout: Layout) -> bool:
    """Whether a carrier that was not found is truly absent.

    Metadata follows the pixels in PNG and WebP, so a file that breaks off may have had more; in JPEG it all
    comes before the first scan.
    """
    if not layout.problems:
        return True
    return layout.format == "jpeg" and any(segment.kind == "SOS" for segment in layout.segments)


@cache
def _nothing(carrier: str, state: Presence) -> Carrier:
    """A carrier of which there is nothing to say but its state; there are some thirty of these."""
    return Carrier(carrier, state)


def _carriers(layout: Layout, found: _Found, c2pa: C2paReading, stealth: Carrier) -> tuple[Carrier, ...]:
    certain = _absence_certain(layout)
    carriers: list[Carrier] = []
    for name in layout.carriers:
        if name == "stealth":
            carriers.append(stealth)
            continue
        blocks = [block for block in layout.blocks if block.carrier == name]
        if not blocks:
            unexamined = name in layout.unexamined or not certain
            carriers.append(_nothing(name, Presence.NOT_EXAMINED if unexamined else Presence.ABSENT))
            continue
        payload = blocks[0].payload if len(blocks) == 1 else b"".join(block.payload for block in blocks)
        state = Presence.UNREADABLE if name in found.broken else Presence.PRESENT
        if name == "c2pa" and c2pa.state == "not_examined":
            state = Presence.NOT_EXAMINED
        location = ", ".join(block.location for block in blocks)
        carriers.append(Carrier(name, state, location, len(payload), hashlib.sha256(payload).hexdigest()))
    return tuple(carriers)


def _orientation(properties: list[Property]) -> int | None:
    for item in properties:
        if item.key == "IFD0:Orientation" and isinstance(item.value, str) and item.value.isdecimal():
            value = int(item.value)
            return value if 1 <= value <= 8 else None
    return None


def _shown(layout: Layout, orientation: int | None) -> tuple[int, int] | None:
    """Width and height as a viewer shows the picture; 5 to 8 turn it by a quarter (Exif 3.0, Orientation)."""
    if layout.width is None or layout.height is None:
        return None
    turned = orientation is not None and orientation >= 5
    return (layout.height, layout.width) if turned else (layout.width, layout.height)


def _iim_in_sync(layout: Layout, found: _Found) -> bool | None:
    """Whether the IIM digest of the Photoshop resources fits the IIM (MWG 2.0, 5.3); None without a digest."""
    records = next((b for b in layout.blocks if b.carrier == "iptc" and b.problem is None), None)
    if records is None:
        return None
    digest = next((p.value for p in found.properties if (p.carrier, p.key) == IIM_DIGEST), None)
    if digest is None:
        return None
    return digest == hashlib.md5(records.payload, usedforsecurity=False).hexdigest()
