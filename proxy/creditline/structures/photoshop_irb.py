"""Photoshop image resource blocks (IRB), taken apart and put together byte for byte.

A stream is a list of: signature (4 bytes), u16 id, Pascal name padded to even, u32 size, data padded to even.
Adobe Photoshop File Formats Specification, "Image Resource Blocks".
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from creditline.model.errors import ContainerError

if TYPE_CHECKING:
    from collections.abc import Sequence

SIGNATURES = (b"8BIM", b"PHUT", b"AgHg", b"DCSR", b"MeSa")
"""Signatures seen in real files; anything else ends the list."""

IIM = 0x0404
"""IPTC-IIM records."""

DIGEST = 0x0425
"""MD5 of the IIM data, as of the last time it was synchronised with XMP."""

MAX_RESOURCES = 20_000
"""Real streams hold some dozens; an empty resource takes 12 bytes, so a hostile file could hold millions."""

MAX_NAME = 255
_LARGEST = 0xFFFFFFFF


class Resource(NamedTuple):
    """One image resource. With an empty `signature` it is junk: bytes that are no resource, kept in `data`.

    `name_padding` and `padding` are the pad bytes as they stood in the stream.
    """

    signature: bytes
    id: int
    name: bytes
    data: bytes
    name_padding: bytes = b""
    padding: bytes = b""

    @property
    def is_junk(self) -> bool:
        """Whether this stands for bytes that are no resource."""
        return not self.signature


def parse(data: bytes) -> tuple[Resource, ...]:
    """The resources in order; `serialise(parse(data)) == data` whatever `data` holds.

    Never raises: a cut resource, a foreign tail or everything past MAX_RESOURCES is one junk resource at the end.
    """
    found: list[Resource] = []
    pos = 0
    while pos < len(data):
        step = _one(data, pos) if len(found) < MAX_RESOURCES else None
        if step is None:
            found.append(Resource(b"", 0, b"", data[pos:]))
            break
        resource, pos = step
        found.append(resource)
    return tuple(found)


def serialise(resources: Sequence[Resource]) -> bytes:
    """The stream these resources make. ContainerError if a name or its data is too long for its length field."""
    out: list[bytes] = []
    for resource in resources:
        if resource.is_junk:
            out.append(resource.data)
            continue
        if len(resource.name) > MAX_NAME or len(resource.data) > _LARGEST:
            raise ContainerError(f"image resource {resource.id:04X} is too large to be written")
        out += [
            resource.signature,
            resource.id.to_bytes(2),
            len(resource.name).to_bytes(1),
            resource.name,
            resource.name_padding,
            len(resource.data).to_bytes(4),
            resource.data,
            resource.padding,
        ]
    return b"".join(out)


def resource(identifier: int, data: bytes) -> Resource:
    """A new, nameless `8BIM` resource, padded as the specification wants it."""
    return Resource(b"8BIM", identifier, b"", data, b"\0", b"\0" * (len(data) % 2))


def iims(resources: Sequence[Resource]) -> list[bytes]:
    """The IIM data of every 0x0404 resource that has any; an empty one carries nothing."""
    return [item.data for item in resources if item.id == IIM and item.data and not item.is_junk]


def cut_resource(resources: Sequence[Resource]) -> int | None:
    """The id of a resource that begins but does not end in the stream, or None if there is none."""
    tail = resources[-1].data if resources and resources[-1].is_junk else b""
    if tail[:4] in SIGNATURES and len(tail) >= 6:
        return int.from_bytes(tail[4:6])
    return None


def with_iim(stream: bytes, iim: bytes | None) -> bytes:
    """`stream` with `iim` as its only 0x0404 resource; None takes it out.

    The digest 0x0425 follows only if it was there and matched; with the IIM gone, such a digest goes too.
    """
    return with_iims(stream, () if iim is None else (iim,))


def with_iims(stream: bytes, wanted: Sequence[bytes]) -> bytes:
    """`stream` with these 0x0404 resources: present ones are refilled in order, surplus ones taken out.

    More than are present go after the last one, or in front. All other resources stay as they are, an empty
    0x0404 too unless it is the only one there is to fill.
    """
    resources = parse(stream)
    present = iims(resources)
    if present == list(wanted):
        return stream
    digests = {hashlib.md5(data, usedforsecurity=False).digest() for data in present}
    slots = [
        n for n, item in enumerate(resources) if item.id == IIM and not item.is_junk and (item.data or not present)
    ]
    slotted = set(slots)
    fill = dict(zip(slots, wanted, strict=False))
    surplus = [resource(IIM, data) for data in wanted[len(slots) :]]
    out: list[Resource] = [] if slots else surplus
    for number, item in enumerate(resources):
        if item.id == DIGEST and item.data in digests:
            if wanted:
                out.append(item._replace(data=hashlib.md5(wanted[0], usedforsecurity=False).digest()))
        elif number not in slotted:
            out.append(item)
        elif number in fill:
            out.append(_refilled(item, fill[number]))
        if slots and number == slots[-1]:
            out += surplus
    return serialise(out)


def _refilled(old: Resource, data: bytes) -> Resource:
    if old.data == data:
        return old
    return old._replace(data=data, padding=b"\0" * (len(data) % 2))


def _one(data: bytes, pos: int) -> tuple[Resource, int] | None:
    """The resource at `pos` and where the next begins, or None if none is whole there."""
    signature = data[pos : pos + 4]
    if signature not in SIGNATURES or pos + 12 > len(data):
        return None
    identifier = int.from_bytes(data[pos + 4 : pos + 6])
    name_end = pos + 7 + data[pos + 6]
    size_at = name_end + (1 + data[pos + 6]) % 2
    start = size_at + 4
    if start > len(data):
        return None
    end = start + int.from_bytes(data[size_at:start])
    if end > len(data):
        return None
    # Some writers leave the pad byte out; then the next signature follows an odd length at once.
    padded = (end - start) % 2 == 1 and data[end : end + 4] not in SIGNATURES
    stop = min(end + 1, len(data)) if padded else end
    return (
        Resource(
            signature,
            identifier,
            data[pos + 7 : name_end],
            data[start:end],
            data[name_end:size_at],
            data[end:stop],
        ),
        stop,
    )
