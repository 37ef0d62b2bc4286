"""Exif (Exif 3.0, TIFF 6.0): a bounded walk over the directories, and a builder for small fresh blocks.

Keys are `IFD0:Artist`, `ExifIFD:UserComment`, `GPS:GPSLatitude`, with the names of `vocab.exif_tags` and
`IFD0:0xABCD` for unknown tags. The maker's note, previews and layout tags are never decoded. Values are read
here and not by `piexif.load`, which gives up a whole block over one odd entry, overlooks tags outside their
usual directory (generators put UserComment into IFD0) and has no bound on time.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from creditline.model.errors import CarrierError, LimitError, UsageError
from creditline.model.picture import Problem
from creditline.model.reading import Property
from creditline.vocab import exif_tags

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BYTES = 1 << 30
"""A TIFF stream is only sliced, never copied; beyond this it is no block of metadata."""
MAX_ENTRIES = 2_000
"""Entries read per stream; cameras write some hundred."""
MAX_TEXT = 1 << 20
"""Longest text value, in bytes; generator records in UserComment reach some 100 kB."""
MAX_TOTAL = 8 << 20
"""All values together: hostile entries may share one long value."""
MAX_NUMBERS = 32
"""Longer arrays are curves and tables, not statements about the picture."""
MAX_OPAQUE = 64
"""Longest undefined value shown, as hex."""
MAX_PROBLEMS = 10
"""Broken entries named one by one; the rest is a number."""

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
_SIZES[129] = 1  # UTF-8, Exif 3.0
_CODES = {1: "B", 3: "H", 4: "L", 6: "b", 8: "h", 9: "l", 11: "f", 12: "d", 13: "L", 16: "Q", 17: "q", 18: "Q"}
_HEADS = {
    (order, big): struct.Struct(f"{order}HH{'QQ' if big else 'LL'}") for order in "<>" for big in (False, True)
}
"""Tag, type, count, and the value or where it lies."""
_POINTERS = {0x8769: "ExifIFD", 0x8825: "GPS", 0xA005: "InteropIFD"}
_LAYOUT = frozenset(
    {0x0111, 0x0117, 0x0120, 0x0121, 0x0144, 0x0145, 0x014A, 0x0201, 0x0202, 0x0207, 0x0208, 0x0209}
)
_OTHER_CARRIERS = frozenset({0x02BC, 0x83BB, 0x8649, 0x8773, 0xCD41})
_OPAQUE = frozenset({0x927C, 0xEA1C, 0xC4A5, 0xC634, 0x935C, 0x9C9A, 0xC6D2, 0xC6D3})
_SKIPPED = _LAYOUT | _OTHER_CARRIERS | _OPAQUE | frozenset(_POINTERS)
_COMMENTED = frozenset({0x9286, 0x001B, 0x001C})
"""UserComment, GPSProcessingMethod, GPSAreaInformation: eight bytes of character code, then text."""
_NAMES = {
    "IFD0": exif_tags.IFD0,
    "IFD1": exif_tags.IFD0,
    "ExifIFD": exif_tags.EXIF,
    "GPS": exif_tags.GPS,
    "InteropIFD": exif_tags.INTEROP,
}
_ELSEWHERE = {"IFD0": exif_tags.EXIF, "IFD1": exif_tags.EXIF, "ExifIFD": exif_tags.IFD0}
"""Where a tag's name is sought that stands outside its usual directory."""
_KEYS = {
    group: {tag: f"{group}:{name}" for tag, name in (_ELSEWHERE.get(group, {}) | names).items()}
    for group, names in _NAMES.items()
}


class _Stream(NamedTuple):
    """A TIFF stream with its byte order; `big` for BigTIFF's eight-byte offsets."""

    data: bytes
    order: str
    big: bool

    def number(self, offset: int, code: str) -> int:
        """One unsigned number. CarrierError past the end."""
        try:
            value: int = struct.unpack_from(self.order + code, self.data, offset)[0]
        except (struct.error, OverflowError):
            raise CarrierError("The Exif block points outside itself.", code="exif_truncated") from None
        return value


def read(payload: bytes) -> tuple[Property, ...]:
    """Every short value of IFD0, IFD1, the Exif, GPS and Interop directories, as text.

    Rationals are `n/d`, arrays joined by `, `, dates as they stand. CarrierError when the header or any entry
    is broken, LimitError past a cap.
    """
    properties, problems = read_with_problems(payload)
    if problems:
        raise CarrierError(problems[0].message, code=problems[0].code)
    return properties


def read_with_problems(payload: bytes) -> tuple[tuple[Property, ...], tuple[Problem, ...]]:
    """As `read`, but a broken entry or directory costs only itself and is named among the problems.

    CarrierError when nothing could be read at all.
    """
    if len(payload) > MAX_BYTES:
        raise LimitError(f"The Exif block is larger than {MAX_BYTES} bytes.")
    stream, first = _open(payload)
    problems: list[Problem] = []
    properties = _entries(stream, first, problems)
    if problems and not properties:
        raise CarrierError(problems[0].message, code=problems[0].code)
    if len(problems) > MAX_PROBLEMS:
        rest = len(problems) - MAX_PROBLEMS
        problems[MAX_PROBLEMS:] = [_problem(problems[0].code, f"{rest} more Exif entries are broken.")]
    return tuple(properties), tuple(problems)


def _open(payload: bytes) -> tuple[_Stream, int]:
    # Stray prefixes are common in WebP and PNG; the block is the TIFF stream behind them.
    data = payload[6:] if payload[:6] in (b"Exif\0\0", b"Exif\0\xff") else payload
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None or len(data) < 8:
        raise CarrierError("The Exif block does not begin with a TIFF header.", code="exif_header")
    magic = struct.unpack_from(order + "H", data, 2)[0]
    if magic == 43:
        stream = _Stream(data, order, big=True)
        return stream, stream.number(8, "Q")
    if magic != 42:
        raise CarrierError("The Exif block does not begin with a TIFF header.", code="exif_header")
    stream = _Stream(data, order, big=False)
    return stream, stream.number(4, "L")


def _entries(stream: _Stream, first: int, problems: list[Problem]) -> list[Property]:
    """What each directory's entries say, each directory once, in the order IFD0, its sub-directories, IFD1."""
    properties: list[Property] = []
    budget = [MAX_ENTRIES, MAX_TOTAL]
    visited: set[int] = set()
    queue = [("IFD0", first)]
    size, counter = (20, 8) if stream.big else (12, 2)
    while queue:
        group, offset = queue.pop(0)
        if offset in visited:
            problems.append(_problem("exif_cycle", f"The Exif directory {group} was read before: a cycle."))
            continue
        visited.add(offset)
        try:
            count = stream.number(offset, "Q" if stream.big else "H")
        except CarrierError:
            problems.append(_problem("exif_truncated", f"The Exif directory {group} lies outside the block."))
            continue
        start = offset + counter
        whole = min(count, (len(stream.data) - start) // size, budget[0])
        heads = _HEADS[stream.order, stream.big].iter_unpack(stream.data[start : start + whole * size])
        for position, head in enumerate(heads):
            try:
                found = _entry(stream, group, head, start + size * position, budget)
            except CarrierError as error:
                problems.append(_problem(error.code, str(error)))
                continue
            if isinstance(found, int):
                queue.append((_POINTERS[head[0]], found))
            elif found is not None:
                properties.append(found)
        budget[0] -= whole
        if whole == count:
            queue += _next(stream, start + size * count) if group == "IFD0" else []
        elif not budget[0]:
            problems.append(_problem("limit", f"The Exif block has more than {MAX_ENTRIES} entries."))
            break
        else:
            problems.append(_problem("exif_truncated", "The Exif block points outside itself."))
    return properties


def _next(stream: _Stream, offset: int) -> list[tuple[str, int]]:
    """IFD1, if the chain goes on; a writer that left the pointer off ended the chain."""
    try:
        following = stream.number(offset, "Q" if stream.big else "L")
    except CarrierError:
        return []
    return [("IFD1", following)] if following else []


def _entry(
    stream: _Stream, group: str, head: tuple[int, int, int, int], offset: int, budget: list[int]
) -> Property | int | None:
    """What one entry says, or where the directory lies that it points to; None for what is not decoded."""
    tag, kind, count, value = head
    if tag in _POINTERS and group in ("IFD0", "ExifIFD"):
        return value
    if tag in _SKIPPED and group != "GPS":
        return None
    unit = _SIZES.get(kind)
    if unit is None:
        raise CarrierError(f"{_key(group, tag)} has the unknown type {kind}.", code="exif_type")
    length = unit * count
    if count > MAX_NUMBERS and kind not in (1, 2, 7, 129):
        return None
    if length > MAX_TEXT:
        raise CarrierError(f"{_key(group, tag)} is longer than {MAX_TEXT} bytes.", code="limit")
    inline, room = (offset + 12, 8) if stream.big else (offset + 8, 4)
    start = inline if length <= room else value
    if start + length > len(stream.data):
        raise CarrierError(f"{_key(group, tag)} lies outside the Exif block.", code="exif_truncated")
    budget[1] -= length
    if budget[1] < 0:
        raise CarrierError(f"The Exif values are longer than {MAX_TOTAL} bytes together.", code="limit")
    text = _text(group, tag, kind, stream.data[start : start + length], stream.order)
    return None if text is None else Property("exif", _key(group, tag), text)


def _key(group: str, tag: int) -> str:
    return _KEYS[group].get(tag) or f"{group}:0x{tag:04X}"


def _problem(code: str, message: str) -> Problem:
    return Problem(code, message, "exif")


def _text(group: str, tag: int, kind: int, data: bytes, order: str) -> str | None:
    """An entry's value as text; None for what is opaque."""
    if kind in (3, 4) and len(data) == _SIZES[kind]:  # most entries are one number
        return str(int.from_bytes(data, "little" if order == "<" else "big"))
    if 0x9C9B <= tag <= 0x9C9F and kind in (1, 7):
        return data[: len(data) & ~1].decode("utf-16-le", "replace").rstrip("\0")
    if (tag == 0x9286 and group != "GPS") or (tag in _COMMENTED and group == "GPS"):
        return _comment(data, order)
    if kind in (2, 129):
        if tag == 0x8298:
            # Photographer NUL editor NUL (Exif 3.0, 4.6.5).
            return "; ".join(part.strip() for part in _decode(data).split("\0") if part.strip())
        return _decode(data.partition(b"\0")[0])
    if kind == 7 or (kind == 1 and len(data) > MAX_NUMBERS):
        bare = data.rstrip(b"\0")
        if bare.isascii() and bare and (text := bare.decode("ascii")).isprintable():
            return text
        return data.hex() if 0 < len(data) <= MAX_OPAQUE else None
    count = len(data) // _SIZES[kind]
    if kind in (5, 10):
        numbers = struct.unpack(f"{order}{2 * count}{'L' if kind == 5 else 'l'}", data)
        return ", ".join(f"{n}/{d}" for n, d in zip(numbers[::2], numbers[1::2], strict=True))
    return ", ".join(map(str, struct.unpack(f"{order}{count}{_CODES[kind]}", data)))


def _decode(data: bytes) -> str:
    """Exif says ASCII; writers put UTF-8 there (MWG), older ones their own eight-bit code."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _comment(data: bytes, order: str) -> str:
    """Eight bytes of character code, then text (Exif 3.0, 4.6.6); without a known code all of it is text."""
    code, text = data[:8], data[8:]
    if code == b"UNICODE\0":
        return text[: len(text) & ~1].decode(_utf16(text, order), "replace").strip("\ufeff\0")
    if code == b"JIS\0\0\0\0\0":
        for encoding in ("iso2022_jp", "shift_jis", "euc_jp"):
            try:
                return text.decode(encoding).rstrip("\0")
            except UnicodeDecodeError:
                continue
    known = code in (b"ASCII\0\0\0", b"JIS\0\0\0\0\0", bytes(8))
    return _decode((text.lstrip(b"\0") if known else data).partition(b"\0")[0])


def _utf16(text: bytes, order: str) -> str:
    """By the half of the code units that is zero, since writers ignore the TIFF byte order."""
    if text[:2] in (b"\xfe\xff", b"\xff\xfe"):
        return "utf-16"
    head = text[:512]
    high, low = head[::2].count(0), head[1::2].count(0)
    if high == low:
        return "utf-16-le" if order == "<" else "utf-16-be"
    return "utf-16-be" if high > low else "utf-16-le"


def build(properties: Mapping[str, str]) -> bytes:
    """A fresh TIFF stream with these values, keyed as `read` gives them.

    UsageError for an unknown key or a value that the tag's type cannot take. Only for new pictures: it never
    rewrites a block that a camera made.
    """
    import piexif  # only who writes waits for it

    tables = {"IFD0": "0th", "ExifIFD": "Exif", "GPS": "GPS"}
    directories: dict[str, dict[int, object]] = {"0th": {}, "Exif": {}, "GPS": {}}
    for key, value in properties.items():
        group, _, name = key.partition(":")
        tag = next((tag for tag, known in _NAMES.get(group, {}).items() if known == name), None)
        if group not in tables or tag is None:
            raise UsageError(f"{key!r} is no Exif key.")
        known = piexif.TAGS["Image" if group == "IFD0" else tables[group]].get(tag)
        if known is None:
            raise UsageError(f"{key} cannot be written.")
        kind = known["type"]
        try:
            directories[tables[group]][tag] = _encode(tag, kind, value)
        except ValueError:
            raise UsageError(f"{key} cannot hold {value!r}.") from None
    try:
        block: bytes = piexif.dump(directories)
    except (ValueError, struct.error):
        raise UsageError("These values make no Exif block.") from None
    return block[6:]


def _encode(tag: int, kind: int, value: str) -> object:
    """The value as `piexif.dump` takes it. ValueError when it does not fit the type."""
    if 0x9C9B <= tag <= 0x9C9F:
        return value.encode("utf-16-le") + b"\0\0"
    if tag == 0x9286:
        ascii_only = value.isascii()
        return b"ASCII\0\0\0" + value.encode() if ascii_only else b"UNICODE\0" + value.encode("utf-16-be")
    if kind in (2, 7):
        return value.encode()
    if kind in (5, 10):
        pairs = tuple(tuple(int(n) for n in part.split("/")) for part in value.split(","))
        if any(len(pair) != 2 for pair in pairs):
            raise ValueError(value)
        return pairs if len(pairs) > 1 else pairs[0]
    numbers = tuple(int(n) for n in value.split(","))
    return numbers if len(numbers) > 1 else numbers[0]
