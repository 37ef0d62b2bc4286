"""A picture as bytes: where its metadata blocks lie, before anyone reads what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

FORMATS = (
    "jpeg",
    "png",
    "webp",
    "gif",
    "tiff",
    "dng",
    "heic",
    "avif",
    "jxl",
    "svg",
    "mp4",
    "mov",
    "webm",
    "unknown",
)
"""What `format` may say; decided from the bytes, never from a name or a media type."""

CARRIERS = (
    "exif",
    "xmp",
    "xmp_extended",
    "iptc",
    "photoshop",
    "c2pa",
    "icc",
    "mpf",
    "png_text",
    "comment",
    "stealth",
    "svg_metadata",
    "mp4_metadata",
)
"""Kinds of metadata block, in the order in which they are listed."""

MEDIA_TYPES = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "tiff": "image/tiff",
    "dng": "image/x-adobe-dng",
    "heic": "image/heic",
    "avif": "image/avif",
    "jxl": "image/jxl",
    "svg": "image/svg+xml",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
}
"""The registered media type of each format."""


class Presence(StrEnum):
    """Four things that are never mistaken for one another."""

    PRESENT = "present"
    ABSENT = "absent"
    UNREADABLE = "unreadable"
    NOT_EXAMINED = "not_examined"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that went wrong while reading, with a stable code."""

    code: str
    message: str
    carrier: str | None = None

    def to_json(self) -> dict[str, str | None]:
        """`errors[]` of the inspection (contract §3)."""
        return {"code": self.code, "carrier": self.carrier, "message": self.message}


@dataclass(frozen=True, slots=True)
class Segment:
    """One unit of a container: a JPEG segment, a PNG or RIFF chunk, a trailer.

    `offset` and `length` are in bytes of the file and cover the unit whole, header and padding included.
    """

    kind: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Block:
    """One carrier's payload as its reader takes it: container headers taken off, split segments joined.

    Payloads: `exif` the TIFF stream · `xmp` the packet · `xmp_extended` the joined extension ·
    `photoshop` the image resource blocks · `iptc` bare IIM records · `c2pa` the JUMBF manifest store ·
    `mp4_metadata` a whole `udta` or `meta` box · `svg_metadata` the metadata elements as text ·
    `icc` the profile · `mpf` the index · `comment` the text · `png_text` the chunk type (4 bytes) and data.
    A block whose `problem` is set was found but could not be put together.
    """

    carrier: str
    location: str
    payload: bytes
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """What a finder says of a file: its units in order, its metadata blocks, its size in pixels.

    `carriers` lists every carrier that this format can hold, found or not; `unexamined` those of them
    that the finder does not look for. Pixels are as coded, before orientation. `orientation` (1–8) is what the
    container itself says, where that is no part of the `exif` block.
    """

    format: str
    width: int | None
    height: int | None
    frames: int | None
    carriers: tuple[str, ...]
    segments: tuple[Segment, ...] = ()
    blocks: tuple[Block, ...] = ()
    unexamined: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    orientation: int | None = None
