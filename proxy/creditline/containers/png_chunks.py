"""A PNG as a gapless list of units: signature, chunks, trailer (W3C PNG, section 5)."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import NamedTuple

from creditline.model.errors import ContainerError
from creditline.model.picture import Problem

SIGNATURE = b"\x89PNG\r\n\x1a\n"

MAX_CHUNKS = 100_000
"""Animations hold some thousands; an empty chunk takes 12 bytes, so a hostile file could hold millions."""

MAX_CHUNK = 0x7FFFFFFF
"""W3C PNG 5.3: a length fits into 31 bits."""

NOT_CHUNKS = ("signature", "trailer", "unread")
"""Kinds of unit that are no chunk."""


class Unit(NamedTuple):
    """`body` to `stop` is the chunk's data; `cut` by the file's end; `sound` says that the checksum is right."""

    kind: str
    start: int
    body: int
    stop: int
    end: int
    cut: bool = False
    sound: bool = True

    @property
    def location(self) -> str:
        """The unit as blocks name it, such as `iTXt@33`."""
        return f"{self.kind}@{self.start}"


@dataclass(frozen=True, slots=True)
class Walk:
    """The units; `complete` says that the file was followed to its IEND."""

    units: tuple[Unit, ...]
    problems: tuple[Problem, ...]
    complete: bool


def walk(data: bytes) -> Walk:
    """Every byte of `data` in exactly one unit. ContainerError if it does not begin as a PNG does."""
    if not data.startswith(SIGNATURE):
        raise ContainerError("the file does not begin with the signature of a PNG")
    units = [Unit("signature", 0, 0, 8, 8)]
    problems: list[Problem] = []
    pos = 8
    complete = False
    while not complete:
        unit = _chunk(data, pos) if len(units) < MAX_CHUNKS else None
        if unit is None:
            if len(units) >= MAX_CHUNKS:
                problems.append(Problem("limit", f"more than {MAX_CHUNKS} chunks"))
            elif len(data) - pos < 8:
                problems.append(Problem("truncated", "the file ends before its IEND chunk"))
            else:
                problems.append(Problem("container_broken", f"there is no chunk at {pos}"))
            if pos < len(data):
                units.append(Unit("unread", pos, pos, len(data), len(data)))
            break
        units.append(unit)
        pos = unit.end
        if unit.cut:
            problems.append(Problem("truncated", f"the file ends inside the chunk {unit.location}"))
            break
        if not unit.sound:
            problems.append(Problem("bad_checksum", f"the checksum of the chunk {unit.location} is wrong"))
        complete = unit.kind == "IEND"
    if complete and pos < len(data):
        units.append(Unit("trailer", pos, pos, len(data), len(data)))
    return Walk(tuple(units), tuple(problems), complete)


def chunk(kind: bytes, body: bytes) -> bytes:
    """One chunk with its checksum. ContainerError if the body is longer than MAX_CHUNK."""
    if len(body) > MAX_CHUNK:
        raise ContainerError(f"{len(body)} bytes do not fit into one PNG chunk")
    return b"".join((len(body).to_bytes(4), kind, body, zlib.crc32(body, zlib.crc32(kind)).to_bytes(4)))


def _chunk(data: bytes, pos: int) -> Unit | None:
    """The chunk at `pos`, or None if its head is cut or its type is not four ASCII letters."""
    kind = data[pos + 4 : pos + 8]
    if len(kind) < 4 or not (kind.isalpha() and kind.isascii()):
        return None
    size = int.from_bytes(data[pos : pos + 4])
    body, stop = pos + 8, pos + 8 + size
    name = kind.decode("ascii")
    if stop + 4 > len(data):
        return Unit(name, pos, body, min(stop, len(data)), len(data), cut=True)
    sound = zlib.crc32(memoryview(data)[pos + 4 : stop]) == int.from_bytes(data[stop : stop + 4])
    return Unit(name, pos, body, stop, stop + 4, sound=sound)
