"""The crosswalk applied: properties as carriers hold them → canonical fields, and one value per field.

Pure functions. `resolve` follows the Metadata Working Group's guidelines (MWG 2.0, chapter 5).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from creditline.analysis.dates import exif_date, iim_date, png_date
from creditline.metadata.generators.detect import is_placeholder, is_record
from creditline.model.reading import Field, Property
from creditline.vocab.fields import BY_ID, BY_PLACE, IIM_BYTES, FieldDef

if TYPE_CHECKING:
    from collections.abc import Sequence

    from creditline.model.reading import Generation, Value

MAX_NAMES = 4_000
"""Characters of an Exif Artist that are split into names; a longer one is taken as one text."""

_SPLIT_AT_SEMICOLON = frozenset({"IFD0:XPAuthor", "IFD0:XPKeywords"})
_QUOTED = r'\s*(?:"((?:[^"]|"")*)"\s*(?=;|$)|([^;]*))(?:;|$)'
_ISO_6709 = r"\s*([+-]\d{2}(?:\d{2}){0,2}(?:\.\d{1,10})?)([+-]\d{3}(?:\d{2}){0,2}(?:\.\d{1,10})?)"
_TRUE = frozenset({"true", "1", "yes"})
_FALSE = frozenset({"false", "0", "no"})

_MACHINES_WRITE = frozenset({"caption", "creator"})
"""Fields in whose places generators put text of their own."""
_ORDER = {place: position for position, place in enumerate(BY_PLACE)}
"""Where a place stands in the vocabulary, which is the order of fields."""

type _Carried = dict[str, Value]


def crosswalk(properties: Sequence[Property], generations: Sequence[Generation] = ()) -> tuple[Field, ...]:
    """The canonical fields among `properties`, one per (id, carrier, key), in the order of the vocabulary.

    Blank values are absent. Dates become ISO 8601 where they can be read, creators and keywords lists,
    `rights_marked` `True` or `False`; GPS positions `latitude, longitude` in decimal degrees. A generator's own
    record is no caption, and what the generators of `generations` write in place of a name is no creator.
    """
    carried: dict[str, _Carried] = {}
    places: list[tuple[int, str, str]] = []
    for item in properties:
        kept = carried.get(item.carrier)
        if kept is None:
            kept = carried[item.carrier] = {}
        if item.key not in kept:
            kept[item.key] = item.value
            order = _ORDER.get((item.carrier, item.key))
            if order is not None:
                places.append((order, item.carrier, item.key))
        # Of two blocks of one kind the first that says anything is authoritative.
        elif not _clean(kept[item.key]):
            kept[item.key] = item.value
    fields: list[Field] = []
    for _, carrier, key in sorted(places):
        definition, values = BY_PLACE[carrier, key], carried[carrier]
        if definition.id in _MACHINES_WRITE and _machine_made(
            definition, Property(carrier, key, values[key]), generations
        ):
            continue
        value = _normal(definition, carrier, key, values)
        if value:
            fields.append(Field(definition.id, value, carrier, key, definition.primary, definition.categories))
    return tuple(fields)


def _machine_made(definition: FieldDef, item: Property, generations: Sequence[Generation]) -> bool:
    """Whether a generator wrote this for itself in a place meant for people's words."""
    if definition.id == "caption":
        return is_record(item)
    return definition.id == "creator" and is_placeholder(item, generations)


def _clean(value: Value) -> Value:
    """Without surrounding white space and NULs, without blank items; empty when nothing is left."""
    if isinstance(value, str):
        return value.strip(" \t\r\n\0")
    if isinstance(value, list):
        return [text for item in value if (text := item.strip(" \t\r\n\0"))]
    return {language: text for language, item in value.items() if (text := item.strip(" \t\r\n\0"))}


def _normal(definition: FieldDef, carrier: str, key: str, values: _Carried) -> Value:
    value = _clean(values[key])
    if not value:
        return ""
    if definition.id == "gps":
        return _point(_first(value)) if carrier == "mp4_metadata" else _position(carrier, values)
    if definition.date:
        return _date(carrier, key, _first(value), values)
    if definition.id == "rights_marked":
        word = _first(value).lower()
        return "True" if word in _TRUE else "False" if word in _FALSE else _first(value)
    if definition.many:
        return _list(carrier, key, value)
    if isinstance(value, list):
        return value[0] if len(value) == 1 else value
    return value


def _first(value: Value) -> str:
    """One text: x-default of language alternatives, the first item of a list."""
    if isinstance(value, dict):
        return value.get("x-default") or next(iter(value.values()), "")
    return value if isinstance(value, str) else next(iter(value), "")


def _list(carrier: str, key: str, value: Value) -> list[str]:
    if isinstance(value, dict):
        return list(dict.fromkeys(value.values()))
    if isinstance(value, list):
        return value
    if carrier == "exif" and key == "IFD0:Artist":
        return _artists(value)
    if carrier == "exif" and key in _SPLIT_AT_SEMICOLON:
        return [text for part in value.split(";") if (text := part.strip())]
    return [value]


def _artists(text: str) -> list[str]:
    """MWG 2.0, 5.4: names joined with `; `; one that holds `;` or `"` is quoted, its quotes doubled."""
    if len(text) > MAX_NAMES or not (";" in text or '"' in text):
        return [text]
    names = []
    for match in re.finditer(_QUOTED, text):
        quoted, bare = match.groups()
        name = quoted.replace('""', '"') if quoted is not None else bare
        if name.strip():
            names.append(name.strip())
    return names or [text]


def _date(carrier: str, key: str, text: str, values: _Carried) -> str:
    """ISO 8601 as precise as the source; what cannot be read stays as it is."""
    if carrier == "exif":
        suffix = "Original" if key.endswith("Original") else "Digitized"
        part = _first(values.get(f"ExifIFD:SubSecTime{suffix}", "")).strip()
        offset = _first(values.get(f"ExifIFD:OffsetTime{suffix}", "")).strip()
        return exif_date(text, part, offset)
    if carrier == "iptc":
        time = _first(values.get({"2:055": "2:060", "2:062": "2:063"}[key], "")).strip()
        return iim_date(text, time)
    return png_date(text) if carrier == "png_text" else exif_date(text, "", "")


def _position(carrier: str, values: _Carried) -> str:
    prefix = "GPS:" if carrier == "exif" else "exif:"
    degrees = []
    for axis, limit in (("GPSLatitude", 90), ("GPSLongitude", 180)):
        text = _first(values.get(f"{prefix}{axis}", "")).strip()
        reference = _first(values.get(f"{prefix}{axis}Ref", "")).strip() or text[-1:]
        number = _degrees(text)
        if number is None or number > limit:
            return ""
        sign = -1 if reference.upper()[:1] in ("S", "W") and number else 1
        degrees.append(f"{sign * number:.6f}".rstrip("0").rstrip("."))
    return ", ".join(degrees)


def _point(text: str) -> str:
    """ISO 6709 Annex H, `+27.5916+086.5640+8850/`: degrees, or with minutes and seconds run together."""
    match = re.match(_ISO_6709, text)
    if match is None:
        return ""
    degrees = []
    for number, whole, limit in ((match[1], 2, 90), (match[2], 3, 180)):
        digits, point, fraction = number[1:].partition(".")
        parts = [digits[:whole], *(digits[n : n + 2] for n in range(whole, len(digits), 2))]
        parts[-1] += point + fraction
        total = sum(float(part) / 60**power for power, part in enumerate(parts))
        if total > limit:
            return ""
        degrees.append(f"{-total if number[0] == '-' and total else total:.6f}".rstrip("0").rstrip("."))
    return ", ".join(degrees)


def _degrees(text: str) -> float | None:
    """Degrees, minutes, seconds: Exif rationals (`51/1, 30/1, 0/1`) or XMP's `51,30.5N`."""
    total = 0.0
    parts = text.rstrip("NSEWnsew").split(",")
    if not text or len(parts) > 3:
        return None
    for part, unit in zip(parts, (1, 60, 3600), strict=False):
        match = re.fullmatch(r"\s*(\d{1,10}(?:\.\d{1,15})?)(?:/(\d{1,10}))?\s*", part)
        if match is None:
            return None
        divisor = int(match[2]) if match[2] is not None else 1
        if divisor == 0:
            # A camera without a fix writes 0/0 everywhere; seconds alone may be left out that way.
            if unit == 1:
                return None
            continue
        total += float(match[1]) / divisor / unit
    return total


def resolve(fields: Sequence[Field], *, iim_in_sync: bool | None) -> tuple[tuple[str, Value], ...]:
    """One value per field id. `iim_in_sync` is whether the IIM digest fits; None without a digest.

    Exif first for creator, notice, caption and date; then XMP unless the digest shows that IIM was edited
    since; then IIM, but where IIM only holds XMP's text cut to its limit, XMP's. Language alternatives give
    their x-default.
    """
    grouped: dict[str, list[Field]] = {}
    for item in fields:
        grouped.setdefault(item.id, []).append(item)
    resolved: list[tuple[str, Value]] = []
    for field_id, found in grouped.items():
        if len(found) > 1:
            found.sort(key=lambda item: _ORDER.get((item.carrier, item.key), len(_ORDER)))
        chosen = found[0]
        if iim_in_sync is False and chosen.carrier in ("xmp", "xmp_extended"):
            iim = next((item for item in found if item.carrier == "iptc"), None)
            if iim is not None and not _cut_from(iim, chosen):
                chosen = iim
        value = chosen.value
        resolved.append((field_id, _first(value) if isinstance(value, dict) else value))
    return tuple(resolved)


def _cut_from(iim: Field, xmp: Field) -> bool:
    """Whether each IIM text is the XMP text at its place, whole or cut to the dataset's limit in bytes."""
    limit = IIM_BYTES.get(iim.key)
    short, long = _texts(iim.value), _texts(xmp.value)
    if limit is None or len(short) != len(long):
        return short == long
    return all(
        a == b or (len(b.encode()) > limit and a and b.startswith(a) and limit - len(a.encode()) < 4)
        for a, b in zip(short, long, strict=True)
    )


def _texts(value: Value) -> list[str]:
    return [_first(value)] if isinstance(value, dict) else [value] if isinstance(value, str) else value


def private_fields(fields: Sequence[Field]) -> tuple[str, ...]:
    """Ids of the fields that say where or who somebody is, or with which device; each once."""
    return tuple(dict.fromkeys(item.id for item in fields if BY_ID[item.id].private))
