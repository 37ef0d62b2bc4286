"""F17 (readable case): a gRPC-web message with a picture in a bytes field, found by its beginning: a guess.

gRPC-web frames are one flag byte and a length of four, big-endian; the `-text` types are base64 of that. A field of
wire type 2 (protobuf) is a tag, a varint length and so many bytes.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from creditline.pipeline import magic
from creditline.pipeline.bodies.piece import Cut, Piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from creditline.pipeline.bodies.view import View

CODE = "F17"
TYPE = "application/grpc-web"
GUESSED = (("guess", "protobuf field"),)
MAX_FIELDS = 10_000
MAX_DEPTH = 8
_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"WEBP")
_TRAILERS = 0x80
_COMPRESSED = 0x01
_LENGTH_DELIMITED = 2
_FIXED = {1: 8, 5: 4}
_MAX_VARINT = 10


def recognises(view: View) -> bool:
    """A type that says gRPC-web."""
    return view.media_type.startswith(TYPE) and view.body is not None


def cut(view: View) -> Cut:
    """The bytes fields that begin as a picture, in order."""
    body = view.body or b""
    if view.media_type.startswith(f"{TYPE}-text"):
        try:
            body = base64.b64decode(body)
        except (binascii.Error, ValueError):
            return Cut((Piece(None, content_type="image/*", missed="base64_broken"),))
    found = []
    for message in _frames(body):
        found += [Piece(data, part=path, declared=GUESSED) for path, data in _pictures(message)]
    if not found and not view.whole and any(start in body for start in _STARTS):
        found.append(Piece(None, content_type="image/*", closed=False, declared=GUESSED))
    return Cut(tuple(found))


def _frames(body: bytes) -> Iterator[bytes]:
    at = 0
    while at + 5 <= len(body):
        flag, length = body[at], int.from_bytes(body[at + 1 : at + 5])
        if not flag & (_TRAILERS | _COMPRESSED):
            yield body[at + 5 : at + 5 + length]
        at += 5 + length


def _pictures(message: bytes) -> Iterator[tuple[str, bytes]]:
    left = [("", message, 0)]
    looked = 0
    while left:
        path, data, depth = left.pop()
        inner = []
        for number, value in _fields(data):
            looked += 1
            if looked > MAX_FIELDS:
                return
            name = f"{path}/{number}"
            if magic.kind(value[: magic.HEAD]) is not None:
                yield name, value
            elif depth < MAX_DEPTH:
                inner.append((name, value, depth + 1))
        left += reversed(inner)


def _fields(data: bytes) -> list[tuple[int, bytes]]:
    """The length-delimited fields of a message; none where it does not parse to its end, for then it is none."""
    found: list[tuple[int, bytes]] = []
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        if tag is None or tag >> 3 == 0 or len(found) > MAX_FIELDS:
            return []
        kind = tag & 7
        if kind == 0:
            value, at = _varint(data, at)
            if value is None:
                return []
        elif kind == _LENGTH_DELIMITED:
            length, at = _varint(data, at)
            if length is None or at + length > len(data):
                return []
            found.append((tag >> 3, data[at : at + length]))
            at += length
        elif kind in _FIXED:
            at += _FIXED[kind]
        else:
            return []
    return found if at == len(data) else []


def _varint(data: bytes, at: int) -> tuple[int | None, int]:
    value = 0
    for shift in range(_MAX_VARINT):
        if at >= len(data):
            return None, at
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            return value, at
    return None, at
