"""A TIFF's directories: the chain of pages, what hangs below them, and which bytes all of that takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from creditline.model.errors import ContainerError
from creditline.model.picture import Problem
from creditline.structures import tiff_ifd

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from creditline.structures.tiff_ifd import Directory, Header

MAX_DIRECTORIES = 10_000
"""Scanned books hold some hundred pages; an empty directory takes six bytes, so there could be millions."""

MAX_TOTAL_ENTRIES = 50_000
"""Entries of all directories together; a page takes about twenty, and directories of a hostile file overlap."""

MAX_STRIPS = 200_000
"""Strips and tiles of all directories that are looked at; each takes eight bytes of an honest file."""

SUB_IFDS = 0x014A
POINTERS = {SUB_IFDS: "SubIFD", 0x8769: "ExifIFD", 0x8825: "GPS", 0xA005: "InteropIFD", 0x0190: "GlobalParameters"}
"""Tags whose value is the offset of a directory."""

_STORED = ((0x0111, 0x0117), (0x0144, 0x0145), (0x0201, 0x0202), (0x0120, 0x0121))
"""Offsets and lengths of strips, tiles, a JPEG stream, unused room (TIFF 6.0, sections 3, 15, 22)."""

_TABLES = (0x0207, 0x0208, 0x0209)
_TABLE = 1_024
"""Old-style JPEG keeps offsets of tables without their lengths; none is longer."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A directory that hangs below one of the chain; `kind` names the pointer that leads there."""

    kind: str
    page: int
    directory: Directory


@dataclass(frozen=True, slots=True)
class Walk:
    """The chain and its branches.

    `complete` says that the chain was followed to its end, each directory whole; `all_seen` that the branches
    were too.
    """

    header: Header
    chain: tuple[Directory, ...]
    branches: tuple[Branch, ...]
    problems: tuple[Problem, ...]
    complete: bool
    all_seen: bool


def walk(data: bytes) -> Walk:
    """Every directory once. ContainerError if the file does not begin as a TIFF does."""
    head = tiff_ifd.header(data)
    if head is None:
        raise ContainerError("the file does not begin with the header of a TIFF")
    return _Walker(data, head).run()


class _Walker:
    def __init__(self, data: bytes, head: Header) -> None:
        self.data = data
        self.head = head
        self.visited: set[int] = set()
        self.left = MAX_TOTAL_ENTRIES
        self.problems: list[Problem] = []
        self.all_seen = True

    def run(self) -> Walk:
        chain: list[Directory] = []
        offset = self.head.first
        complete = offset != 0
        if not complete:
            self.problems.append(Problem("container_broken", "the file has no directory"))
        while offset:
            found = self.directory(offset, f"directory {len(chain)}")
            if found is None:
                complete = False
                break
            chain.append(found)
            offset = found.following
            complete = complete and not found.cut
        problems = tuple(self.problems)
        branches = tuple(self.branches(chain))
        return Walk(self.head, tuple(chain), branches, problems, complete, self.all_seen)

    def directory(self, offset: int, name: str) -> Directory | None:
        """The directory there; None, with a problem, for one outside the file, met before or past a cap."""
        if offset in self.visited:
            self.problems.append(Problem("container_broken", f"the chain of directories comes back to {offset}"))
            return None
        if len(self.visited) >= MAX_DIRECTORIES or self.left <= 0:
            self.problems.append(Problem("limit", f"more than {MAX_DIRECTORIES} directories or too many entries"))
            return None
        self.visited.add(offset)
        found = tiff_ifd.directory(self.data, self.head, offset)
        if found is None:
            self.problems.append(Problem("truncated", f"the {name} at {offset} lies outside the file"))
            return None
        self.left -= len(found.entries)
        if found.cut:
            self.problems.append(Problem("truncated", f"the file ends inside the {name} at {offset}"))
        return found

    def branches(self, chain: Sequence[Directory]) -> Iterator[Branch]:
        """What hangs below the chain, breadth first. Nothing is sought there; what cannot be read is left out."""
        queue = [(number, directory) for number, directory in enumerate(chain)]
        for page, parent in queue:
            for kind, offset in self.pointers(parent):
                self.left -= 1
                if offset in self.visited and self.left > 0:
                    continue
                found = self.directory(offset, kind)
                if found is None or found.cut:
                    self.all_seen = False
                    if self.left <= 0 or len(self.visited) >= MAX_DIRECTORIES:
                        return
                    continue
                queue.append((page, found))
                yield Branch(kind, page, found)

    def pointers(self, parent: Directory) -> Iterator[tuple[str, int]]:
        for entry in parent.entries:
            kind = POINTERS.get(entry.tag)
            if kind is not None:
                limit = MAX_DIRECTORIES if entry.tag == SUB_IFDS else 1
                yield from ((kind, offset) for offset in tiff_ifd.numbers(self.data, self.head, entry, limit))


def taken(data: bytes, walked: Walk) -> list[tuple[int, int]]:
    """(start, end) of everything that the directories say is theirs, unsorted and perhaps overlapping.

    All of the file where that cannot be told.
    """
    spans = [(0, walked.header.length)]
    left = MAX_STRIPS
    if not walked.all_seen:
        return [(0, len(data))]
    for one in (*walked.chain, *(branch.directory for branch in walked.branches)):
        spans.append((one.offset, one.end))
        spans += [
            (entry.value, entry.value + entry.length)
            for entry in one.entries
            if entry.length is not None and not entry.inline
        ]
        strips = list(stored(data, walked.header, one, left))
        left -= len(strips)
        if left <= 0:
            return [(0, len(data))]
        spans += strips
    return spans


def stored(data: bytes, head: Header, one: Directory, limit: int) -> Iterator[tuple[int, int]]:
    """(start, end) of the strips, tiles and JPEG streams of one directory, at most `limit` of each kind."""
    for offsets, lengths in _STORED:
        starts = tiff_ifd.numbers(data, head, one.find(offsets), limit)
        sizes = tiff_ifd.numbers(data, head, one.find(lengths), limit)
        if starts and not sizes:
            # Without lengths anything behind the first offset may be picture.
            yield min(starts), len(data)
        yield from ((start, start + size) for start, size in zip(starts, sizes, strict=False))
    for tag in _TABLES:
        yield from ((at, at + _TABLE) for at in tiff_ifd.numbers(data, head, one.find(tag), 4))
