"""A file of the ISO base media family as a gapless list of units: headers of the boxes that lead to metadata
or to offsets, everything else whole (ISO 14496-12)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from creditline.model.errors import ContainerError
from creditline.model.picture import Problem, Segment
from creditline.structures import bmff

MAX_UNITS = 100_000
"""Real files hold some hundred; an empty box takes 8 bytes, so a hostile file could hold millions."""

STARTS = frozenset({"ftyp", "styp", "moov", "mdat", "wide", "pnot"})
"""Boxes that a file begins with; those of QuickTime have no `ftyp` before them."""

_TABLES = {"iinf", "iref"}
_INSIDE = {
    "": {"meta", "moov"},
    "meta": _TABLES,
    "moov": {"meta", "trak", "udta"},
    "moov/meta": _TABLES,
    "moov/trak": {"meta", "mdia"},
    "moov/trak/meta": _TABLES,
    "moov/trak/mdia": {"minf"},
    "moov/trak/mdia/minf": {"stbl"},
}
"""Path → the boxes there that are taken apart; no others are, so nesting ends at the longest path."""

_HEADERS = frozenset(f"{path}/{kind}" if path else kind for path, kinds in _INSIDE.items() for kind in kinds)


@dataclass(frozen=True, slots=True)
class Unit:
    """A whole box, or the header of one that is taken apart: then its parts reach up to unit `last` (excluded).

    `start` to `end` are the unit's bytes, `box_end` is where the box ends with its parts, `body` where its size
    and type end. `path` is the box with those around it, such as `meta/iinf/infe`; `parent` the unit of the
    header around it. Bytes that are no box have the kinds `unread` and, if they are NULs that end a list,
    `padding`.
    """

    path: str
    kind: str
    start: int
    body: int
    end: int
    box_end: int
    parent: int | None
    last: int
    cut: bool = False
    open: bool = False

    @property
    def location(self) -> str:
        """The unit as blocks name it, such as `uuid@32`."""
        return f"{self.path}@{self.start}"

    @property
    def is_header(self) -> bool:
        """Whether the box is taken apart."""
        return self.path in _HEADERS


@dataclass(frozen=True, slots=True)
class Walk:
    """The units, the boxes of the top level; `complete` says that every box was whole and where it should be."""

    units: tuple[Unit, ...]
    segments: tuple[Segment, ...]
    problems: tuple[Problem, ...]
    complete: bool

    def at(self, path: str) -> list[int]:
        """The units of a path, in file order."""
        return [n for n, unit in enumerate(self.units) if unit.path == path]

    def parts(self, header: int) -> range:
        """The units inside a header, at any depth."""
        return range(header + 1, self.units[header].last)


def walk(data: bytes) -> Walk:
    """Every byte of `data` in exactly one unit. ContainerError if it does not begin with a box of this family."""
    first = bmff.box_at(data, 0, len(data))
    if first is None or first.kind not in STARTS:
        raise ContainerError("the file does not begin as an ISO base media file does")
    walker = _Walker(data)
    walker.level("", 0, len(data), None)
    tops = [unit for unit in walker.units if unit.parent is None]
    segments = tuple(Segment(unit.kind, unit.start, unit.box_end - unit.start) for unit in tops)
    return Walk(tuple(walker.units), segments, tuple(walker.problems), not walker.problems)


class _Walker:
    """Gathers units; children are numbered behind their header."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.units: list[Unit] = []
        self.problems: list[Problem] = []

    def level(self, path: str, start: int, end: int, parent: int | None) -> None:
        """The boxes between two offsets; at most as deep as the longest path of `_INSIDE`."""
        while start < end:
            box = bmff.box_at(self._data, start, end) if len(self.units) < MAX_UNITS else None
            if box is None:
                self._rest(path, start, end, parent)
                return
            kind = box.kind if box.kind.isprintable() else box.kind.encode("latin-1").hex()
            inner = f"{path}/{kind}" if path else kind
            if box.cut and end == len(self._data):
                if not any(problem.code == "truncated" for problem in self.problems):
                    self._problem("truncated", f"the file ends inside the box {inner}@{start}")
            elif box.cut:
                self._problem("container_broken", f"the box {inner}@{start} runs past the end of {path}")
            number = len(self.units)
            end_of_unit = self._children(box) if inner in _HEADERS else box.end
            self.units.append(
                Unit(
                    inner,
                    kind,
                    start,
                    box.body,
                    end_of_unit,
                    box.end,
                    parent,
                    number + 1,
                    box.cut,
                    box.open,
                )
            )
            if inner in _HEADERS:
                self.level(inner, end_of_unit, box.end, number)
                self.units[number] = replace(self.units[number], last=len(self.units))
            start = box.end

    def _children(self, box: bmff.Box) -> int:
        """Where the boxes inside a box begin."""
        if box.kind == "meta":
            return bmff.meta_body(self._data, box)
        if box.kind == "iinf":
            wide = 4 if self._data[box.body : box.body + 1] > b"\0" else 2
            return min(box.body + 4 + wide, box.end)
        if box.kind == "iref":
            return min(box.body + 4, box.end)
        return box.body

    def _rest(self, path: str, start: int, end: int, parent: int | None) -> None:
        """Bytes that are no box: the NULs that may end a list, or something broken."""
        number = len(self.units)
        kind = "padding" if path and end - start < 8 and not any(self._data[start:end]) else "unread"
        if kind == "unread" and number >= MAX_UNITS:
            self._problem("limit", f"more than {MAX_UNITS} boxes")
        elif kind == "unread":
            code = "truncated" if end == len(self._data) and end - start < 8 else "container_broken"
            self._problem(code, f"there is no box at {start}")
        name = f"{path}/{kind}" if path else kind
        self.units.append(Unit(name, kind, start, start, end, end, parent, number + 1))

    def _problem(self, code: str, message: str) -> None:
        self.problems.append(Problem(code, message))
