"""The coded picture in a file: the bytes that a decoder makes pixels of, whatever metadata lies around them.

Two files whose coded parts are equal show the same pixels, whether or not anything here can decode them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.containers import isobmff_items, isobmff_units, tiff_walk
from creditline.containers.sniff import find
from creditline.model.errors import ContainerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from creditline.model.picture import Layout

_SAID = {
    "jpeg": ("APP1", "APP11", "APP13", "COM", "APP2", "trailer"),
    "png": ("eXIf", "iTXt", "tEXt", "zTXt", "caBX", "tIME", "trailer"),
    "webp": ("RIFF", "VP8X", "EXIF", "XMP ", "C2PA", "trailer"),
    "gif": ("comment", "trailer"),
}
"""Units that say something about the picture; all others are it. A colour profile (APP2) is compared as a block."""
_GIF_SAID = (b"XMP DataXMP", b"C2PA_GIF\x01\0\0")
_GIF_VERSION = 6
"""Bytes of the signature, which says 89a as soon as there is an extension."""
_JXL = ("jxlc", "jxlp", "jbrd", "jxll", "codestream")


def parts(data: bytes, layout: Layout | None = None) -> list[memoryview]:
    """The coded picture's pieces in order, as views of `data`; `layout` is what `find` says of it.

    ContainerError for a format whose picture is not told apart here, and for a file too broken for that.
    """
    layout = layout or find(data)
    view = memoryview(data)
    if layout.format in _SAID:
        said = _SAID[layout.format]
        spans = [(s.kind, s.offset, s.offset + s.length) for s in layout.segments if s.kind not in said]
        return [view[start:end] for start, end in _trimmed(data, layout.format, spans)]
    if layout.format == "jxl":
        return _jxl(data, view, layout)
    if layout.format in {"tiff", "dng"}:
        return [view[start:end] for start, end in _strips(data)]
    if layout.format in {"heic", "avif"}:
        return [view[start:end] for start, end in _items(data)]
    raise ContainerError(f"the picture in a file of this kind ({layout.format}) cannot be told apart")


def same(one: bytes, other: bytes, layouts: tuple[Layout, Layout] | None = None) -> bool:
    """Whether two files of one format hold the same coded picture, in pieces cut the same way.

    ContainerError as of `parts`.
    """
    first, second = layouts or (find(one), find(other))
    if first.format != second.format:
        return False
    mine, theirs = parts(one, first), parts(other, second)
    # As bytes: views are compared item by item, which takes a hundred times as long.
    return len(mine) == len(theirs) and all(
        len(a) == len(b) and a.tobytes() == b.tobytes() for a, b in zip(mine, theirs, strict=True)
    )


def _trimmed(data: bytes, format: str, spans: list[tuple[str, int, int]]) -> Iterator[tuple[int, int]]:  # noqa: A002
    """Without GIF's version and the applications that hold metadata, without WebP's pad bytes."""
    for kind, start, end in spans:
        if format == "webp":
            yield start, min(end, start + 8 + int.from_bytes(data[start + 4 : start + 8], "little"))
        elif format != "gif":
            yield start, end
        elif kind == "header":
            yield start + _GIF_VERSION, end
        elif kind != "application" or data[start + 3 : start + 14] not in _GIF_SAID:
            yield start, end


def _jxl(data: bytes, view: memoryview, layout: Layout) -> list[memoryview]:
    """Boxes without their heads: a naked codestream equals itself in a box."""
    out = []
    for segment in layout.segments:
        if segment.kind in _JXL:
            head = 0
            if segment.kind != "codestream":
                head = 16 if int.from_bytes(data[segment.offset : segment.offset + 4]) == 1 else 8
            out.append(view[segment.offset + head : segment.offset + segment.length])
    return out


def _strips(data: bytes) -> Iterator[tuple[int, int]]:
    walked = tiff_walk.walk(data)
    for one in (*walked.chain, *(branch.directory for branch in walked.branches)):
        for start, end in tiff_walk.stored(data, walked.header, one, tiff_walk.MAX_STRIPS):
            yield start, min(end, len(data))


def _items(data: bytes) -> Iterator[tuple[int, int]]:
    walked = isobmff_units.walk(data)
    tables = isobmff_items.tables(data, walked)
    if not tables:
        raise ContainerError("this file keeps its picture in no item")
    seen: set[tuple[int, int]] = set()
    for table in tables:
        for item in table.items:
            if isobmff_items.carrier_of(item.info) is None:
                yield from (one for one in item.ranges if one not in seen)
                seen.update(item.ranges)
