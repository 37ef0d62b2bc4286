"""Where a value goes: to the place it came from, and always to XMP as well (MWG 2.0, chapter 5)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from creditline.metadata.generators.record import parse_json
from creditline.model.reading import Field
from creditline.vocab.consent_terms import PLUS_URI
from creditline.vocab.fields import BY_ID, BY_PLACE
from creditline.vocab.source_types import lookup

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from creditline.model.reading import Inspection, Property

_XMP = ("xmp", "xmp_extended")
_ISO_DATE = r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d.*)?)?)?"
_SOURCE_TYPE = "Iptc4xmpExt:DigitalSourceType"
_MINING = {"prohibited": "DMI-PROHIBITED-AIMLTRAINING", "allowed": "DMI-ALLOWED"}
USER_COMMENT = ("exif", "ExifIFD:UserComment")
ROOM = {"jpeg": 48 * 1024}
"""Bytes of UserComment by format: Exif in a JPEG ends at 64 KB, and a preview may be in it."""
_GRAPHS = frozenset({"prompt", "workflow"})


def of(own: Sequence[Field], usable: Collection[str]) -> list[tuple[Field, tuple[str, str]]]:
    """The places that hold a field afterwards, each with the statement whose value goes there."""
    found: dict[tuple[str, str], Field] = {}
    for item in own:
        carrier = "xmp" if item.carrier in _XMP else item.carrier
        if carrier in usable and (carrier, item.key) in BY_PLACE:
            found.setdefault((carrier, item.key), item)
    if "xmp" in usable and not any(place[0] == "xmp" for place in found):
        item = own[0]
        key = next((k for c, k in BY_ID[item.id].places if c == "xmp" and "/" not in k), None)
        dated = not BY_ID[item.id].date or re.fullmatch(_ISO_DATE, str(item.value))
        if key is not None and dated:
            found["xmp", key] = item
    return [(item, place) for place, item in found.items()]


def for_record(item: Property, usable: Collection[str]) -> tuple[str, str] | None:
    """Where a generator's record goes that the format has no place for: UserComment, as generators do in JPEG."""
    if "exif" not in usable or item.carrier not in {"png_text", "comment", "exif"}:
        return None
    return USER_COMMENT


def records(items: Sequence[Property], room: int) -> tuple[str, list[Property]]:
    """What UserComment says of these records in up to `room` bytes, and which of them are in it.

    Graphs stand in one object, each under its own name, as ComfyUI's writers put them there: what ran before what the
    editor showed, and that alone where both are too long. Of other records it holds the first, word for word.
    """
    text, graphs = "", dict[str, object]()
    told: list[Property] = []
    for item in sorted(items, key=lambda item: item.key == "workflow"):
        graph = parse_json(str(item.value)) if item.key in _GRAPHS else None
        if item.key in graphs or (told and (graph is None or not graphs)):
            continue
        try:
            longer = str(item.value) if graph is None else json.dumps({**graphs, item.key: graph})
        except RecursionError:
            continue
        if len(longer) * (1 if longer.isascii() else 2) <= room:
            text = longer
            told.append(item)
            if graph is not None:
                graphs[item.key] = graph
    return text, told


def from_manifest(reading: Inspection) -> list[Field]:
    """What only the manifest says, as XMP would: credit, the source type of its actions, training and mining.

    Nothing of a manifest that does not hold.
    """
    if reading.c2pa.state not in {"trusted", "valid"}:
        return []
    said = {item.id for item in reading.fields}
    found = [
        Field(known.id, item.value, "c2pa", item.key, known.primary, known.categories)
        for item in reading.c2pa.properties
        if (known := BY_PLACE.get(("xmp", item.key))) is not None and known.id not in said
    ]
    said |= {item.id for item in found}
    kind = lookup(reading.ai.digital_source_type or "")
    if "digital_source_type" not in said and kind is not None and kind.standard:
        found.append(Field("digital_source_type", kind.uri, "c2pa", _SOURCE_TYPE, None, ()))
    code = _MINING.get(reading.consent.ai_training)
    if "data_mining" not in said and code is not None and reading.c2pa.training:
        found.append(Field("data_mining", PLUS_URI + code, "c2pa", "plus:DataMining", 6, (6,)))
    return found
