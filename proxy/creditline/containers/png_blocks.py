"""Which chunks of a PNG hold which metadata block: text inflated, raw profiles decoded, the rest as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.containers import irb_hosts, png_text
from creditline.containers.splice import Found
from creditline.model.errors import CarrierError, LimitError
from creditline.model.picture import Block, Problem
from creditline.structures import photoshop_irb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from creditline.containers.png_chunks import Unit

MAX_INFLATED_TOTAL = 4 * png_text.MAX_INFLATED
"""All chunks of a file together, so that a thousand bombs cost no more than four."""

DEFLATE_RATIO = 1_032
"""No deflate stream grows by more (RFC 1951: 258 bytes from 2 bits)."""

EXIF_PREFIX = b"Exif\0\0"
XMP_PREFIX = b"http://ns.adobe.com/xap/1.0/\0"

_PROFILES = {
    b"exif": "exif",
    b"app1": "exif",
    b"iptc": "iptc",
    b"8bim": "photoshop",
    b"xmp": "xmp",
    b"icc": "icc",
    b"icm": "icc",
}


def collect(data: bytes, units: Sequence[Unit]) -> list[Found]:
    """Every metadata block in file order, also behind the picture data; inflates at most MAX_INFLATED_TOTAL."""
    found: list[Found] = []
    left = MAX_INFLATED_TOTAL
    for index, unit in enumerate(units):
        if unit.kind not in {"eXIf", "caBX", "iCCP", *png_text.KINDS}:
            continue
        blocks, spent = _read(unit, data[unit.body : unit.stop], min(left, png_text.MAX_INFLATED))
        left -= spent
        found += [Found(block, (index,)) for block in blocks]
    return found


def carrier_of(kind: str, body: bytes) -> str:
    """What a text chunk carries: `png_text`, or the carrier that its keyword stands for."""
    keyword = png_text.parse(kind, body).keyword
    if keyword == png_text.XMP_KEYWORD:
        return "xmp"
    if keyword.startswith(png_text.RAW_PROFILE):
        return _PROFILES.get(keyword[len(png_text.RAW_PROFILE) :].lower(), "png_text")
    return "png_text"


def _read(unit: Unit, body: bytes, cap: int) -> tuple[list[Block], int]:
    """The blocks of one chunk, and how many bytes were inflated for them."""
    carrier = {"eXIf": "exif", "caBX": "c2pa", "iCCP": "icc"}.get(unit.kind) or carrier_of(unit.kind, body)
    cut = Problem("truncated", f"the file ends inside {unit.location}", carrier) if unit.cut else None
    if carrier == "png_text":
        return [Block(carrier, unit.location, unit.kind.encode() + body, cut)], 0
    if unit.kind in {"eXIf", "caBX"}:
        payload = body.removeprefix(EXIF_PREFIX) if carrier == "exif" else body
        return [Block(carrier, unit.location, payload, cut)], 0
    if cut is not None:
        return [Block(carrier, unit.location, b"", cut)], 0
    try:
        if unit.kind == "iCCP":
            profile = png_text.inflate(body.partition(b"\0")[2][1:], cap)
            return [Block(carrier, unit.location, profile)], len(profile)
        text = png_text.parse(unit.kind, body)
        content = text.content(cap)
        spent = len(content) if text.compressed else 0
        if text.keyword == png_text.XMP_KEYWORD:
            return [Block(carrier, unit.location, content)], spent
        # Some writers put the records in as they are, without the hexadecimal notation.
        profile = content if carrier == "iptc" and content[:1] == b"\x1c" else png_text.raw_profile(content)
        return _profile_blocks(carrier, unit.location, profile), spent
    except LimitError as error:
        return [Block(carrier, unit.location, b"", Problem(error.code, str(error), carrier))], cap
    except CarrierError as error:
        # What a broken stream inflated to is not known: it counts as the most that it can have been.
        spent = min(cap, len(body) * DEFLATE_RATIO)
        return [Block(carrier, unit.location, b"", Problem(error.code, str(error), carrier))], spent


def _profile_blocks(carrier: str, location: str, profile: bytes) -> list[Block]:
    if carrier in {"exif", "xmp"}:
        if profile.startswith(XMP_PREFIX):
            return [Block("xmp", location, profile[len(XMP_PREFIX) :])]
        return [Block(carrier, location, profile.removeprefix(EXIF_PREFIX))]
    if carrier in {"iptc", "photoshop"}:
        if profile[:4] in photoshop_irb.SIGNATURES:
            return irb_hosts.read(profile, location)
        return [Block(carrier, location, profile)]
    return [Block(carrier, location, profile)]
