"""Payloads as JPEG segments: the reverse of the joining, split where a segment's 64 KiB end."""

from __future__ import annotations

import hashlib

from creditline.containers.jpeg_segments import (
    EXIF,
    ICC,
    JUMBF,
    MAX_BODY,
    MPF,
    PHOTOSHOP,
    XMP,
    XMP_EXTENSION,
    segment,
)
from creditline.model.errors import ContainerError
from creditline.structures import jumbf

APP1, APP2, APP11, APP13, COM = 0xE1, 0xE2, 0xEB, 0xED, 0xFE

MAX_EXIF = MAX_BODY - len(EXIF)
MAX_XMP = 65_502
"""XMP specification part 3, 1.1.3: what remains of a segment after the namespace."""

EXTENSION_DATA = 65_400
"""Customary size of one piece of extended XMP."""

MAX_ICC_CHUNKS = 255
ICC_DATA = MAX_BODY - len(ICC) - 2
PHOTOSHOP_DATA = MAX_BODY - len(PHOTOSHOP) - 1
"""Even, so that a reader that takes each segment for itself finds 16-bit alignment kept."""

JUMBF_DATA = 64_000
"""As much per segment as the C2PA reference implementation writes: a store put back gets its old bytes."""

FIRST_INSTANCE = 0x0211
"""Box instance number (En) that the C2PA reference implementation uses."""


def exif(tiff: bytes) -> bytes:
    """One APP1 segment; Exif has no continuation. ContainerError past MAX_EXIF bytes."""
    if len(tiff) > MAX_EXIF:
        raise ContainerError(
            f"{len(tiff)} bytes of Exif do not fit into a JPEG (at most {MAX_EXIF})",
            next_step="Drop the thumbnail or the maker note first.",
        )
    return segment(APP1, EXIF + tiff)


def xmp(packet: bytes) -> bytes:
    """One APP1 segment. ContainerError past MAX_XMP bytes."""
    if len(packet) > MAX_XMP:
        raise ContainerError(
            f"{len(packet)} bytes of XMP do not fit into one JPEG segment (at most {MAX_XMP})",
            next_step="Take the padding out, or move large properties into extended XMP (xmp_extended).",
        )
    return segment(APP1, XMP + packet)


def guid(extended: bytes) -> str:
    """What the main packet must give as `xmpNote:HasExtendedXMP`: the upper-case MD5 of the extension."""
    return hashlib.md5(extended, usedforsecurity=False).hexdigest().upper()


def xmp_extended(extended: bytes) -> bytes:
    """APP1 segments of EXTENSION_DATA bytes under `guid(extended)`, which the caller names in the main packet."""
    head = XMP_EXTENSION + guid(extended).encode() + len(extended).to_bytes(4)
    return b"".join(
        segment(APP1, head + at.to_bytes(4) + extended[at : at + EXTENSION_DATA])
        for at in range(0, max(len(extended), 1), EXTENSION_DATA)
    )


def photoshop(stream: bytes) -> bytes:
    """APP13 segments that continue one another."""
    return b"".join(
        segment(APP13, PHOTOSHOP + stream[at : at + PHOTOSHOP_DATA])
        for at in range(0, len(stream), PHOTOSHOP_DATA)
    )


def bare_iptc(records: bytes) -> bytes:
    """An APP13 segment of IIM records with no header, as some writers leave them."""
    return segment(APP13, records)


def icc(profile: bytes) -> bytes:
    """APP2 segments, numbered from 1. ContainerError past 255 of them."""
    chunks = [profile[at : at + ICC_DATA] for at in range(0, max(len(profile), 1), ICC_DATA)]
    if len(chunks) > MAX_ICC_CHUNKS:
        raise ContainerError(f"a colour profile of {len(profile)} bytes does not fit into a JPEG")
    return b"".join(
        segment(APP2, ICC + bytes((number, len(chunks))) + chunk) for number, chunk in enumerate(chunks, 1)
    )


def mpf(index: bytes) -> bytes:
    """One APP2 segment, the offsets as given."""
    return segment(APP2, MPF + index)


def comment(text: bytes) -> bytes:
    """One COM segment."""
    return segment(COM, text)


def c2pa(store: bytes, instance: int) -> bytes:
    """APP11 segments of one box instance, the box header repeated in each. ContainerError if `store` is no box."""
    size = jumbf.header_size(store)
    if len(store) < size or store[4:8] != b"jumb" or jumbf.declared_length(store) not in {None, len(store)}:
        raise ContainerError("the manifest store is not one whole JUMBF box")
    start, head = JUMBF + instance.to_bytes(2), store[:size]
    return b"".join(
        segment(APP11, start + number.to_bytes(4) + (head if at else b"") + store[at : at + JUMBF_DATA])
        for number, at in enumerate(range(0, len(store), JUMBF_DATA), 1)
    )
