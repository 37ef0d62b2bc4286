"""A GIF as a gapless list of units: header, extensions, images, trailer (GIF89a; XMP part 3, 1.1.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from creditline.model.errors import ContainerError
from creditline.model.picture import Problem

SIGNATURES = (b"GIF87a", b"GIF89a")

MAX_UNITS = 50_000
"""Long animations hold some thousands of units; a hostile file could hold one for every two bytes."""

MAX_SUB_BLOCKS = 4_000_000
"""A GIB of full sub-blocks; a hostile file could hold one for every two bytes."""

HEADER = 13
"""Signature and logical screen descriptor."""

XMP_TRAILER = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
"""Wherever a reader of sub-blocks lands in the raw packet, it ends up here and leaves by the last byte."""

_NAMES = {0xF9: "control", 0xFE: "comment", 0x01: "text", 0xFF: "application"}
_XMP = b"XMP DataXMP"
_NULS = re.compile(rb"\0+")


@dataclass(frozen=True, slots=True)
class Unit:
    """One part of the file.

    `kind` is `header`, `image`, `comment`, `control`, `text`, `application`, `extension`, `end`, `padding`,
    `trailer` or `unread`; `name` the eleven bytes of an application extension. `body` is where its sub-blocks
    begin, or the raw packet if `raw`, which then ends at `stop`. `cut` by the end of the file.
    """

    kind: str
    start: int
    body: int
    stop: int
    end: int
    name: bytes = b""
    raw: bool = False
    cut: bool = False

    @property
    def location(self) -> str:
        """The unit as blocks name it, such as `comment@781`."""
        label = "".join(chr(byte) for byte in self.name if 0x21 <= byte <= 0x7E)
        return f"{label or self.kind}@{self.start}"


@dataclass(frozen=True, slots=True)
class Walk:
    """The units; `complete` says that the file was followed to its trailer byte."""

    units: tuple[Unit, ...]
    problems: tuple[Problem, ...]
    complete: bool


def walk(data: bytes) -> Walk:
    """Every byte of `data` in exactly one unit. ContainerError if it does not begin as a GIF does."""
    if data[:6] not in SIGNATURES:
        raise ContainerError("the file does not begin with the signature of a GIF")
    pos = HEADER + _table(data[10]) if len(data) >= HEADER else HEADER
    if pos > len(data):
        header = Unit("header", 0, 6, len(data), len(data), cut=True)
        return Walk((header,), (Problem("truncated", "the file ends inside its header"),), complete=False)
    walker = _Walker(data, [Unit("header", 0, 6, pos, pos)])
    return walker.run(pos)


def sub_blocks(data: bytes, pos: int, limit: int | None = None) -> bytes:
    """The joined sub-blocks that begin at `pos`, up to the empty one or the end of the file."""
    limit = len(data) if limit is None else limit
    parts = []
    while pos < limit and (size := data[pos]):
        parts.append(data[pos + 1 : min(pos + 1 + size, limit)])
        pos += 1 + size
    return b"".join(parts)


def packed(payload: bytes) -> bytes:
    """`payload` in sub-blocks of at most 255 bytes, with the empty one behind them."""
    parts = []
    for at in range(0, len(payload), 255):
        part = payload[at : at + 255]
        parts += [bytes((len(part),)), part]
    return b"".join((*parts, b"\0"))


def _table(flags: int) -> int:
    """Bytes of the colour table that the flags of a screen or image descriptor announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


class _Walker:
    """The state of one walk: what was found, and how many sub-blocks may still be followed."""

    def __init__(self, data: bytes, units: list[Unit]) -> None:
        self.data = data
        self.units = units
        self.problems: list[Problem] = []
        self.left = MAX_SUB_BLOCKS
        self.trailers = True

    def run(self, pos: int) -> Walk:
        complete = False
        while not complete and pos < len(self.data):
            unit = self.unit(pos) if len(self.units) < MAX_UNITS else None
            if unit is None or self.left <= 0:
                limited = len(self.units) >= MAX_UNITS or self.left <= 0
                why = "more units or sub-blocks than are read" if limited else f"there is no block at {pos}"
                self.problems.append(Problem("limit" if limited else "container_broken", why))
                self.units.append(Unit("unread", pos, pos, len(self.data), len(self.data)))
                return Walk(tuple(self.units), tuple(self.problems), complete=False)
            self.units.append(unit)
            pos = unit.end
            complete = unit.kind == "end"
        if not complete:
            self.problems.append(Problem("truncated", "the file ends before its trailer byte"))
        elif pos < len(self.data):
            self.units.append(Unit("trailer", pos, pos, len(self.data), len(self.data)))
        return Walk(tuple(self.units), tuple(self.problems), complete)

    def unit(self, pos: int) -> Unit | None:
        """The unit at `pos`, or None if nothing begins there."""
        mark = self.data[pos]
        if mark == 0x3B:
            return Unit("end", pos, pos, pos + 1, pos + 1)
        if mark == 0x00:
            # Empty sub-blocks too many are common and do no harm.
            run = _NULS.match(self.data, pos)
            end = run.end() if run else pos + 1
            return Unit("padding", pos, pos, end, end)
        if mark == 0x2C:
            head = pos + 10
            flags = self.data[pos + 9 : head]
            body = head + (_table(flags[0]) if flags else 0) + 1
            return self.filled("image", pos, body)
        return self.extension(pos) if mark == 0x21 else None

    def extension(self, pos: int) -> Unit:
        label = self.data[pos + 1 : pos + 2]
        kind = _NAMES.get(label[0], "extension") if label else "extension"
        name = self.data[pos + 3 : pos + 14]
        if kind != "application" or self.data[pos + 2 : pos + 3] != b"\x0b":
            return self.filled(kind, pos, pos + 2)
        if name == _XMP:
            found = self.data.find(XMP_TRAILER, pos + 14) if self.trailers else -1
            if found >= 0:
                return Unit(kind, pos, pos + 14, found, found + len(XMP_TRAILER), name, raw=True)
            # One search to the end of the file is enough: what is not there is not there for the next one.
            self.trailers = False
        return self.filled(kind, pos, pos + 14, name)

    def filled(self, kind: str, start: int, body: int, name: bytes = b"") -> Unit:
        """A unit whose sub-blocks begin at `body`."""
        size, pos, left = len(self.data), body, self.left
        while pos < size and self.data[pos] and left > 0:
            pos += 1 + self.data[pos]
            left -= 1
        self.left = left
        cut = pos >= size
        stop = size if cut else pos
        return Unit(kind, start, min(body, size), stop, size if cut else pos + 1, name, cut=cut)
