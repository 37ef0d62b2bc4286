"""JUMBF superboxes (ISO 19566-5): enough syntax to tell a C2PA manifest store from other boxes."""

from __future__ import annotations

C2PA = "c2pa"
"""The label of a C2PA manifest store."""

LABEL_PRESENT = 0x02
"""Toggle bit of a description box: a NUL-terminated label follows (ISO 19566-5 B.3)."""

MAX_LABEL = 256
"""A label is a short name; what runs on without its NUL is none."""

MAX_BOXES = 4096
"""Boxes directly inside one superbox; a manifest store of a long history has some hundred."""


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


def children(box: bytes) -> tuple[bytes, ...] | None:
    """The boxes inside a superbox, its description first; None where lengths do not add up to it."""
    inside: list[bytes] = []
    at = header_size(box)
    end = declared_length(box) or len(box)
    if end > len(box) or end < at:
        return None
    while at < end:
        length = declared_length(box[at : at + 16]) if end - at >= 8 else None
        size = end - at if length is None else length
        if end - at < 8 or size < 8 or at + size > end or len(inside) >= MAX_BOXES:
            return None
        inside.append(box[at : at + size])
        at += size
    return tuple(inside)


def active_manifest(store: bytes) -> tuple[str, bytes] | None:
    """Label and box of a manifest store's active manifest, the last of its manifests; None for no manifest store."""
    if label(store) != C2PA:
        return None
    inside = children(store)
    if inside is None:
        return None
    named = [(name, box) for box in inside[1:] if (name := label(box))]
    return named[-1] if named else None


def store_of_active(store: bytes) -> bytes | None:
    """A manifest store that holds the active manifest alone; None for no manifest store."""
    active, inside = active_manifest(store), children(store)
    if active is None or not inside:
        return None
    body = inside[0] + active[1]
    return (len(body) + 8).to_bytes(4) + b"jumb" + body
