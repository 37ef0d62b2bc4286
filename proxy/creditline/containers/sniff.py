"""What a file is, from its bytes alone, and the finder that knows its format."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from creditline.containers import FINDERS
from creditline.model.errors import ContainerError
from creditline.model.picture import Layout, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from creditline.containers.finder import Finder

HEAD = 4_096
"""How far text and EBML are searched: declarations and comments before `<svg` take some hundred bytes."""

MAX_BRANDS = 64
"""An `ftyp` box lists a dozen compatible brands at most."""

MAX_ENTRIES = 4_096
"""Entries of a first TIFF directory looked through for DNGVersion; real ones hold under 200, sorted by tag."""

DNG_VERSION = 0xC612

_AVIF = {b"avif", b"avis", b"MA1A", b"MA1B"}
_HEIC = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs"}
_HEIF = {b"mif1", b"msf1", b"mif2", b"mif3", b"miaf", b"1pic"}
_MP4 = rb"iso[m2-9a]|mp4[12v]|avc[1-4]|M4[VAPB] |f4v |3g[p2].|dash|msdh|MSNV|cmf[cs2]|hvc1|ndsc|mmp4"
_QUICKTIME = {b"moov", b"mdat", b"wide", b"pnot"}
_SVG = r"<(?:[A-Za-z_][\w.-]{0,63}:)?svg[\s/>]"
_EBML_DOCTYPE = rb"(?s)\x42\x82(?:[\x80-\xff]|[\x40-\x7f].)webm"


def sniff(data: bytes) -> str:
    """One of `model.picture.FORMATS`; `unknown` for everything else. Never raises, reads a few KiB at most."""
    if data[:3] == b"\xff\xd8\xff":
        return "jpeg"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[:6] in {b"GIF87a", b"GIF89a"}:
        return "gif"
    if data[:4] in {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"}:
        return "dng" if _has_dng_version(data) else "tiff"
    if data[:2] == b"\xff\x0a" or data[:12] == b"\0\0\0\x0cJXL \r\n\x87\n":
        return "jxl"
    if data[:4] == b"\x1a\x45\xdf\xa3":
        return "webm" if re.search(_EBML_DOCTYPE, data[:HEAD]) else "unknown"
    return _media(data) or ("svg" if _is_svg(data[:HEAD]) else "unknown")


def find(data: bytes) -> Layout:
    """Where the blocks are. Never raises: what breaks the finder is a problem of the layout."""
    kind = sniff(data)
    finder = _finder(kind)
    if finder is None:
        return Layout(kind, None, None, None, carriers=())
    try:
        return finder.find(data)
    except ContainerError as error:
        held = finder.CARRIERS
        problem = Problem(error.code, str(error))
        return Layout(kind, None, None, None, carriers=held, unexamined=held, problems=(problem,))


def replace(data: bytes, changes: Mapping[str, Sequence[bytes]]) -> bytes:
    """The file with other payloads, as its finder writes them. ContainerError if no finder can."""
    kind = sniff(data)
    finder = _finder(kind)
    if finder is None:
        raise ContainerError(
            f"metadata cannot be written into this file ({kind})",
            next_step="Use a JPEG, PNG, WebP, GIF, TIFF, HEIC, AVIF, JPEG XL or SVG file.",
        )
    return finder.replace(data, changes)


def writable(kind: str) -> tuple[str, ...]:
    """The carriers that `replace` takes for a file of this format; none where it takes no file."""
    finder = _finder(kind)
    return finder.WRITABLE if finder is not None else ()


def _finder(kind: str) -> Finder | None:
    return next((finder for finder in FINDERS if kind in finder.FORMATS), None)


def _has_dng_version(data: bytes) -> bool:
    """Whether the first directory has tag 0xC612 (DNG specification, chapter 4); a broken one has not."""
    big = data[2:4] in {b"+\0", b"\0+"}
    start, pointer, counter, entry = (8, 8, 8, 20) if big else (4, 4, 2, 12)

    def number(at: int, size: int) -> int:
        return int.from_bytes(data[at : at + size], "little" if data[:1] == b"I" else "big")

    directory = number(start, pointer)
    first = directory + counter
    count = min(number(directory, counter), MAX_ENTRIES, max(0, len(data) - first) // entry)
    return any(number(first + n * entry, 2) == DNG_VERSION for n in range(count))


def _media(data: bytes) -> str | None:
    """The format of a file in the ISO base media family (ISO 14496-12 4.3), or None if it is of another."""
    kind = data[4:8]
    if kind in _QUICKTIME:
        return "mov"
    if kind not in {b"ftyp", b"styp"}:
        return None
    end = min(int.from_bytes(data[:4]), len(data), 16 + 4 * MAX_BRANDS)
    major = data[8:12]
    # A `mif3` file has its brand where others keep the minor version (ISO 23008-12, low-overhead image file).
    brands = {data[at : at + 4] for at in range(12 if major == b"mif3" else 16, end - 3, 4)}
    if major in _AVIF:
        return "avif"
    if major in _HEIC:
        return "heic"
    if major in _HEIF:
        return "avif" if brands & _AVIF else "heic"
    if major == b"qt  ":
        return "mov"
    if re.match(_MP4, major):
        return "mp4"
    if brands & _AVIF:
        return "avif"
    if brands & _HEIC:
        return "heic"
    if b"qt  " in brands:
        return "mov"
    return "mp4" if major != b"crx " and any(re.match(_MP4, brand) for brand in brands) else "unknown"


def _is_svg(head: bytes) -> bool:
    """Whether the first element is `svg`, after a byte order mark, declarations, comments and white space."""
    wide = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(head[:2])
    text = head.decode(wide or "utf-8-sig", "replace").lstrip("\ufeff")
    pos = 0
    while True:
        rest = text[pos:].lstrip()
        pos = len(text) - len(rest)
        close = next((end for begin, end in _SKIPPED if rest.startswith(begin)), None)
        if close is None:
            return re.match(_SVG, rest) is not None
        if rest.startswith("<!DOCTYPE") and "[" in rest[: rest.find(">") + 1]:
            close = "]>"
        stop = text.find(close, pos)
        if stop < 0:
            return False
        pos = stop + len(close)


_SKIPPED = (("<?", "?>"), ("<!--", "-->"), ("<!DOCTYPE", ">"))
