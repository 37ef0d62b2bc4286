"""Both sides' values made comparable: dates, lists, languages, numbers, white space. Nothing else is forgiven."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance_parts.tags import CALLED_BY_ID, tag_of
from creditline.vocab.fields import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance_parts.expected import Entry
    from creditline.model.reading import Value

BINARY = "(Binary data "
BLANK = " \t\r\n\0"
POSITION = 1e-5
"""Degrees by which two positions may differ: about a metre, well under what ExifTool's own rounding costs."""

_DATE = re.compile(
    r"(\d{4})(?:[:-](\d\d))?(?:[:-](\d\d))?(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?\s*(Z|[+-]\d{1,2}:?\d\d)?"
)
_NUMBER = re.compile(r"-?\d{1,12}\.\d{1,12}")
_TIMES = {"2:055": "IPTC:TimeCreated", "2:062": "IPTC:DigitalCreationTime"}
_SUBSECONDS = {"ExifIFD:DateTimeOriginal": "Original", "ExifIFD:DateTimeDigitized": "Digitized"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One tag of one file. `ours` is None where we have no such field."""

    path: str
    id: str
    tag: str
    ours: str | None
    theirs: str
    equal: bool


def _places() -> dict[str, tuple[str, bool, list[tuple[str, str]]]]:
    """Tag → (field id, whether it is a date, the places that ExifTool prints under that tag)."""
    found: dict[str, tuple[str, bool, list[tuple[str, str]]]] = {}
    for definition in FIELDS:
        for carrier, key in definition.places:
            tag = tag_of(carrier, key)
            if tag is not None:
                found.setdefault(tag, (definition.id, definition.date, []))[2].append((carrier, key))
    return found


PLACES = _places()


def compare(entry: Entry, fields: Mapping[tuple[str, str], Value]) -> Iterator[Comparison]:
    """Each tag of the crosswalk that ExifTool saw in the file, beside our field from the same place."""
    for tag, (field_id, is_date, places) in PLACES.items():
        base, _, member = tag.partition("/")
        if base not in entry.tags:
            continue
        found = [fields[place] for place in places if place in fields]
        theirs = _theirs(entry, base, member, date=is_date, key=places[0][1])
        if not theirs:
            continue
        ours = [_ours(value, places[0]) for value in found]
        if field_id == "gps":
            equal = any(_near(a, b) for a in ours for b in theirs)
        elif not any(_says(item, date=is_date) for option in theirs for item in option):
            equal = not ours  # blank is absent with us, and so is a date of zeros
        else:
            equal = any(_same(a, b) for a in ours for b in theirs)
        text = shown(ours[0]) if ours else None
        yield Comparison(entry.path, field_id, tag, text, shown(theirs[0]), equal)


def _says(item: Any, *, date: bool) -> bool:
    return bool(_plain(item).strip("0: -") if date else _plain(item))


def _theirs(entry: Entry, base: str, member: str, *, date: bool, key: str) -> list[list[Any]]:
    """What ExifTool says, as printed and as a number, each as a list of items; empty when it shows no value."""
    if base.endswith(":GPSLatitude"):
        return _their_position(entry, base.partition(":")[0])
    options: list[list[Any]] = []
    for source in (entry.tags, entry.numeric):
        if base not in source:
            continue
        # Of a tag that a file has twice each value counts: which one is "the" value differs among programs.
        for printed in source[base]:
            values = _members(printed, member) if member else _items(printed)
            if member and not values:
                continue
            if any(isinstance(value, str) and value.startswith(BINARY) for value in values):
                continue
            if date:
                values = [_their_date(entry, base, key, str(values[0]) if values else "")]
            options.append(values)
    languages = [
        _items(found[0])[0]
        for name, found in entry.tags.items()
        if name.startswith(f"{base}-") and _items(found[0]) and not member
    ]
    if options and languages:
        options.append([*options[0], *languages])
    return options


def _members(value: Any, member: str) -> list[Any]:
    found: list[Any] = []
    for struct in _items(value):
        if isinstance(struct, dict) and member in struct:
            found += _items(struct[member])
    return found


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _their_date(entry: Entry, _base: str, key: str, text: str) -> str:
    """ExifTool keeps the parts of a date apart; ours is one text."""
    if key in _TIMES:
        time = entry.tags.get(_TIMES[key])
        return f"{text} {time[0]}" if time and text.strip() else text
    if key in _SUBSECONDS and " " in text:
        parts = [entry.tags.get(f"ExifIFD:{name}{_SUBSECONDS[key]}") for name in ("SubSecTime", "OffsetTime")]
        fraction, offset = (str(part[0]).strip() if part else "" for part in parts)
        return f"{text}{f'.{fraction}' if fraction.isdecimal() else ''}{offset}"
    return text


def _their_position(entry: Entry, group: str) -> list[list[Any]]:
    signed: list[float] = []
    for axis in ("Latitude", "Longitude"):
        numbers = entry.numeric.get(f"{group}:GPS{axis}") or entry.tags.get(f"{group}:GPS{axis}")
        reference = entry.tags.get(f"{group}:GPS{axis}Ref", [""])[0]
        try:
            number = float(numbers[0]) if numbers else None
        except (TypeError, ValueError):
            number = None
        if number is None:
            return []
        signed.append(-abs(number) if str(reference)[:1] in ("S", "W") else number)
    return [[signed[0], signed[1]]]


def _ours(value: Value, place: tuple[str, str]) -> list[Any]:
    carrier, key = place
    if key.endswith("GPSLatitude"):
        return [float(part) for part in str(value).split(",")]
    items = _items(value) if not isinstance(value, dict) else list(value.values())
    if carrier == "exif" and len(items) > 1:
        return ["; ".join(items), ";".join(items)] if key != "IFD0:XPKeywords" else [";".join(items)]
    prefix = CALLED_BY_ID.get(key)
    return [item.removeprefix(prefix) if prefix else item for item in items]


def _same(ours: list[Any], theirs: list[Any]) -> bool:
    """Equal item by item; a joined Exif list may be joined either way, and blank items are nothing."""
    theirs = [item for item in theirs if _plain(item)]
    if len(theirs) == 1 and len(ours) == 2 and isinstance(ours[0], str) and ";" in ours[0]:
        return any(_equal(item, theirs[0]) for item in ours)
    return len(ours) == len(theirs) and all(_equal(a, b) for a, b in zip(ours, theirs, strict=True))


def _equal(ours: Any, theirs: Any) -> bool:
    if isinstance(theirs, dict) and theirs.get("truncated"):
        whole = str(ours)
        return hashlib.sha256(whole.encode()).hexdigest() == theirs["sha256"] or (
            abs(len(whole) - int(theirs["length"])) <= len(theirs["head"]) - len(theirs["head"].strip(BLANK))
            and _plain(whole).startswith(_plain(theirs["head"]))
        )
    a, b = _plain(ours), _plain(theirs)
    return a == b or (_moment(a) is not None and _moment(a) == _moment(b)) or _same_number(a, b)


def _same_number(a: str, b: str) -> bool:
    """The read-outs are JSON, where `1.00` became `1.0`; long numbers must agree letter for letter."""
    return all(_NUMBER.fullmatch(text) for text in (a, b)) and float(a) == float(b)


def _near(ours: list[Any], theirs: list[Any]) -> bool:
    return len(ours) == len(theirs) and all(abs(a - b) <= POSITION for a, b in zip(ours, theirs, strict=True))


def _plain(value: Any) -> str:
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").strip(BLANK)
    return unicodedata.normalize("NFC", text)


def _moment(text: str) -> tuple[str, ...] | None:
    """A date's parts, which the two sides only punctuate differently."""
    match = _DATE.fullmatch(text)
    if match is None or match[2] is None:
        return None
    *parts, zone = (part or "" for part in match.groups())
    sign, digits = zone[:1], zone[1:].replace(":", "")
    return (*parts, "+0000" if zone == "Z" else f"{sign}{digits.zfill(4)}" if zone else "")


def shown(items: list[Any], limit: int = 160) -> str:
    """The items in one line, cut where it is long."""
    if len(items) == 1 and isinstance(items[0], dict) and "head" in items[0]:
        items = [items[0]["head"]]
    text = "; ".join(str(item) for item in items)
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"
