"""A WebP as a gapless list of units: RIFF header, chunks, trailer (WebP Container Specification)."""

from __future__ import annotations

from dataclasses import dataclass

from creditline.model.errors import ContainerError
from creditline.model.picture import Problem

MAX_CHUNKS = 100_000
"""Animations hold some thousands; an empty chunk takes 8 bytes, so a hostile file could hold millions."""

MAX_RIFF = 0xFFFFFFF6
"""WebP Container Specification: the file size field holds at most 2^32 - 10."""


@dataclass(frozen=True, slots=True)
class Unit:
    """`body` to `stop` is the chunk's data, `end` counts its pad byte in; `cut` by the end of file or RIFF."""

    kind: str
    start: int
    body: int
    stop: int
    end: int
    cut: bool = False

    @property
    def location(self) -> str:
        """The unit as blocks name it, such as `EXIF@1234`."""
        return f"{self.kind.strip()}@{self.start}"

    @property
    def unpadded(self) -> bool:
        """Whether an odd chunk lacks its pad byte, as some writers leave the last one."""
        return self.kind not in {"RIFF", "trailer", "unread"} and (self.end - self.start) % 2 == 1


@dataclass(frozen=True, slots=True)
class Walk:
    """The units; `complete` says that all chunks were followed to the end that the RIFF header states."""

    units: tuple[Unit, ...]
    problems: tuple[Problem, ...]
    complete: bool


def walk(data: bytes) -> Walk:
    """Every byte of `data` in exactly one unit. ContainerError if it does not begin as a WebP does."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise ContainerError("the file does not begin with the header of a WebP")
    stated = 8 + int.from_bytes(data[4:8], "little")
    limit = max(12, min(stated, len(data)))
    units = [Unit("RIFF", 0, 12, 12, 12)]
    problems: list[Problem] = []
    if stated > len(data):
        problems.append(Problem("truncated", f"the file ends {stated - len(data)} bytes before it should"))
    pos = 12
    complete = stated <= len(data)
    while pos < limit:
        if len(units) >= MAX_CHUNKS or limit - pos < 8:
            limited = len(units) >= MAX_CHUNKS
            why = f"more than {MAX_CHUNKS} chunks" if limited else f"there is no chunk at {pos}"
            problems.append(Problem("limit" if limited else "container_broken", why))
            units.append(Unit("unread", pos, pos, limit, limit))
            pos, complete = limit, False
            break
        unit = _chunk(data, pos, limit)
        units.append(unit)
        pos = unit.end
        if unit.cut:
            complete = False
            if stated <= len(data):
                problems.append(Problem("container_broken", f"the chunk {unit.location} runs past the end"))
    if pos < len(data):
        units.append(Unit("trailer", pos, pos, len(data), len(data)))
    return Walk(tuple(units), tuple(problems), complete)


def chunk(kind: bytes, body: bytes) -> bytes:
    """One chunk, padded. ContainerError if the body does not fit into a RIFF file."""
    if len(body) > MAX_RIFF:
        raise ContainerError(f"{len(body)} bytes do not fit into one WebP chunk")
    return b"".join((kind, len(body).to_bytes(4, "little"), body, b"\0" * (len(body) % 2)))


def _chunk(data: bytes, pos: int, limit: int) -> Unit:
    kind = data[pos : pos + 4].decode("latin-1")
    stop = pos + 8 + int.from_bytes(data[pos + 4 : pos + 8], "little")
    if stop > limit:
        return Unit(kind, pos, pos + 8, limit, limit, cut=True)
    return Unit(kind, pos, pos + 8, stop, min(stop + (stop - pos) % 2, limit))
