"""IPTC-IIM 4.2 records: a reader that guesses no more than it must about the text encoding, and an encoder."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from creditline.model.errors import CarrierError, LimitError, UsageError
from creditline.model.picture import Problem
from creditline.model.reading import Property

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creditline.model.reading import Value

MAX_BYTES = 32 << 20
"""Records may hold an object preview of some 100 kB; this is far past any real block."""
MAX_DATASETS = 20_000
"""An empty dataset takes 5 bytes, so a hostile block could hold millions."""
MAX_OPAQUE = 64
"""Longest binary dataset shown, as hex."""

MARKER = 0x1C
UTF8 = b"\x1b%G"
"""1:90 for UTF-8 (ISO 2022: ESC % G)."""

_NUMBERS = frozenset({"1:000", "1:020", "1:022", "2:000", "2:200", "2:201"})
_BINARY = frozenset({"2:202", "2:125"})


class Dataset(NamedTuple):
    """One dataset as it stands: `record:dataset`, and its bytes."""

    key: str
    data: bytes


def read(payload: bytes) -> tuple[Property, ...]:
    """Every dataset under `record:dataset`, repeated ones as a list, in order of first appearance.

    Text is UTF-8 when 1:90 says so or when all of it decodes as such, else Windows-1252. CarrierError for
    records that break off or text that is not what 1:90 says; LimitError past a cap.
    """
    properties, problems = read_with_problems(payload)
    if problems:
        raise CarrierError(problems[0].message, code=problems[0].code)
    return properties


def read_with_problems(payload: bytes) -> tuple[tuple[Property, ...], tuple[Problem, ...]]:
    """As `read`, but keeps the datasets before a break, and says so. CarrierError when there are none."""
    if len(payload) > MAX_BYTES:
        raise LimitError(f"The IIM block is larger than {MAX_BYTES} bytes.")
    sets, problem = split(payload)
    if problem is not None and not sets:
        raise CarrierError(problem.message, code=problem.code)
    problems = [problem] if problem is not None else []
    texts = [d.data for d in sets if d.key not in _NUMBERS | _BINARY]
    flagged = any(d.key == "1:090" and d.data == UTF8 for d in sets)
    utf8 = flagged or all(is_utf8(text) for text in texts)
    if flagged and not all(is_utf8(text) for text in texts):
        message = "The IIM text is said to be UTF-8 but is not; what does not decode was read as Windows-1252."
        problems.append(Problem("iim_encoding", message, "iptc"))
    values: dict[str, list[str]] = {}
    for dataset in sets:
        text = _value(dataset, utf8=utf8)
        if text is not None:
            values.setdefault(dataset.key, []).append(text)
    found = tuple(Property("iptc", k, v[0] if len(v) == 1 else v) for k, v in values.items())
    return found, tuple(problems)


def split(payload: bytes) -> tuple[list[Dataset], Problem | None]:
    """The datasets in order, up to where the records break off, which is the problem."""
    found: list[Dataset] = []
    pos = 0
    while pos < len(payload):
        if payload[pos] != MARKER:
            # TIFF stores IIM in whole 32-bit units and other writers pad too.
            if not payload[pos:].strip(b"\0"):
                break
            return found, Problem("iim_marker", f"The IIM records stop making sense at byte {pos}.", "iptc")
        if len(found) >= MAX_DATASETS:
            return found, Problem("limit", f"The IIM block has more than {MAX_DATASETS} datasets.", "iptc")
        length = int.from_bytes(payload[pos + 3 : pos + 5])
        start = pos + 5
        if length & 0x8000:
            # Extended dataset (IIM 1.5 c): the low 15 bits count the length bytes that follow.
            size = length & 0x7FFF
            length, start = int.from_bytes(payload[start : start + min(size, 8)]), start + size
            if size > 8:
                length = len(payload)
        if start > len(payload) or start + length > len(payload):
            return found, Problem("iim_truncated", f"An IIM dataset at byte {pos} runs past the end.", "iptc")
        key = f"{payload[pos + 1]}:{payload[pos + 2]:03d}"
        found.append(Dataset(key, payload[start : start + length]))
        pos = start + length
    return found, None


def _cut(data: bytes) -> bytes:
    """Without a last character whose bytes are incomplete: IIM limits are bytes, so writers cut there."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return data[:-back] if needed > back else data
        if byte < 0x80:
            break
    return data


def is_utf8(data: bytes) -> bool:
    """Whether it decodes as UTF-8, a character cut off at the end aside."""
    try:
        _cut(data).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def is_text(key: str) -> bool:
    """Whether a dataset holds text, and no number or picture."""
    return key not in _NUMBERS | _BINARY and key != "1:090"


def _value(dataset: Dataset, *, utf8: bool) -> str | None:
    """A dataset as text; None for long binary ones."""
    key, data = dataset.key, dataset.data
    if key in _NUMBERS:
        return str(int.from_bytes(data[:8]))
    if key == "1:090":
        return "UTF-8" if data == UTF8 else data.hex(" ")
    if key in _BINARY:
        return data.hex() if len(data) <= MAX_OPAQUE else None
    text = decoded(data, utf8=utf8)
    if not key.startswith(("1:", "2:")) and not text.isprintable():
        return data.hex() if len(data) <= MAX_OPAQUE else None
    return text.rstrip("\0")


def decoded(data: bytes, *, utf8: bool) -> str:
    """Text: UTF-8 where that is said and holds, else Windows-1252."""
    if utf8 and is_utf8(data):
        return _cut(data).decode("utf-8")
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def encode(datasets: Mapping[str, Value]) -> bytes:
    """IIM records with 1:90 = UTF-8 and 2:00 = 4 in front; a list makes a repeated dataset.

    Keys are `record:dataset`. UsageError for a key that is none; values are not cut to IIM's limits.
    """
    out = [dataset(1, 90, UTF8), dataset(2, 0, b"\0\x04")]
    for key, value in datasets.items():
        record, _, number = key.partition(":")
        if not (record.isdecimal() and number.isdecimal() and int(record) < 256 and int(number) < 256):
            raise UsageError(f"{key!r} is no IIM dataset.")
        if key in {"1:090", "2:000"}:
            continue
        items = [value] if isinstance(value, str) else list(value.values()) if isinstance(value, dict) else value
        out += [dataset(int(record), int(number), item.encode()) for item in items]
    return b"".join(out)


def dataset(record: int, number: int, data: bytes) -> bytes:
    """One dataset as bytes, with an extended length where it is needed (IIM 1.5 c)."""
    head = bytes((MARKER, record, number))
    if len(data) < 0x8000:
        return head + len(data).to_bytes(2) + data
    return head + b"\x80\x04" + len(data).to_bytes(4) + data
