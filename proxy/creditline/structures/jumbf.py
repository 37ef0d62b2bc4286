"""JUMBF superboxes (ISO 19566-5): enough syntax to tell a C2PA manifest store from other boxes."""

from __future__ import annotations

C2PA = "c2pa"
"""The label of a C2PA manifest store."""

LABEL_PRESENT = 0x02
"""Toggle bit of a description box: a NUL-terminated label follows (ISO 19566-5 B.3)."""

MAX_LABEL = 256
"""A label is a short name; what runs on without its NUL is none."""


def header_size(box: bytes) -> int:
    """8, or 16 when LBox is 1 and a u64 XLBox follows (ISO 19566-5 B.2)."""
    return 16 if box[:4] == b"\0\0\0\1" else 8


def declared_length(box: bytes) -> int | None:
    """Length of the box in bytes as its header states it, header included; None if it says "to the end"."""
    short = int.from_bytes(box[:4])
    if short == 1:
        return int.from_bytes(box[8:16])
    return short or None


def label(box: bytes) -> str | None:
    """The label in the description box of a superbox, or None if this is no labelled superbox."""
    start = header_size(box)
    description = box[start : start + 8 + 17 + MAX_LABEL]
    if box[4:8] != b"jumb" or description[4:8] != b"jumd" or len(description) < 25:
        return None
    if not description[24] & LABEL_PRESENT:
        return None
    text, nul, _ = description[25:].partition(b"\0")
    return text.decode("utf-8", "replace") if nul else None
