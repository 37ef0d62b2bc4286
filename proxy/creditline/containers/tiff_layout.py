"""What a TIFF's directories say of the picture as a whole: its size, its pages, and which bytes are what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.model.picture import Segment
from creditline.structures import tiff_ifd

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from creditline.containers.tiff_walk import Walk
    from creditline.structures.tiff_ifd import Directory, Entry

_SUBFILE_TYPE = 0x00FE
_WIDTH = 0x0100
_HEIGHT = 0x0101
_ORIENTATION = 0x0112
_REDUCED = 1
"""TIFF 6.0 section 8, NewSubfileType: bit 0 says that another picture in the file has more pixels."""


def size(data: bytes, walked: Walk) -> tuple[int | None, int | None]:
    """Width and height of the first picture that is no preview.

    DNG keeps the main one below the first directory.
    """
    pictures = [*walked.chain[:1], *(b.directory for b in walked.branches if b.page == 0 and b.kind == "SubIFD")]
    pictures += walked.chain[1:]
    full = [
        one for one in pictures if one.find(_WIDTH) and not _number(data, walked, one, _SUBFILE_TYPE) & _REDUCED
    ]
    main = next(iter([*full, *walked.chain]), None)
    if main is None:
        return None, None
    return _number(data, walked, main, _WIDTH) or None, _number(data, walked, main, _HEIGHT) or None


def orientation(data: bytes, walked: Walk) -> int | None:
    """How the first picture is to be turned, 1–8 (TIFF 6.0 section 8); None where nothing sensible is said."""
    value = _number(data, walked, walked.chain[0], _ORIENTATION) if walked.chain else 0
    return value if 1 <= value <= 8 else None


def frames(walked: Walk) -> int | None:
    """Directories of the chain that hold a picture, previews too; None if there is no directory."""
    return sum(one.find(_WIDTH) is not None for one in walked.chain) or (1 if walked.chain else None)


def segments(data: bytes, walked: Walk, blocks: Sequence[Entry]) -> tuple[Segment, ...]:
    """Every byte in exactly one segment: header, directories, the values of blocks, and `data` in between."""
    spans = [("header", 0, walked.header.length)]
    spans += [(f"IFD{n}", one.offset, one.end) for n, one in enumerate(walked.chain)]
    spans += [(branch.kind, branch.directory.offset, branch.directory.end) for branch in walked.branches]
    spans += [
        (f"{entry.tag:04X}", entry.value, entry.value + entry.length)
        for entry in blocks
        if entry.length and not entry.inline
    ]
    return tuple(_gapless(spans, len(data)))


def _gapless(spans: Sequence[tuple[str, int, int]], total: int) -> Iterator[Segment]:
    pos = 0
    for kind, start, end in sorted(spans, key=lambda span: span[1]):
        # Of two that overlap, as only broken files have them, the first keeps the bytes.
        begin, stop = max(start, pos), min(end, total)
        if begin >= stop:
            continue
        if begin > pos:
            yield Segment("data", pos, begin - pos)
        yield Segment(kind, begin, stop - begin)
        pos = stop
    if pos < total:
        yield Segment("data", pos, total - pos)


def _number(data: bytes, walked: Walk, one: Directory, tag: int) -> int:
    return next(iter(tiff_ifd.numbers(data, walked.header, one.find(tag), 1)), 0)
