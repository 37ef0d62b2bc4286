"""What the probe's pictures say: a value of its own in every field that has one, so that each can be told apart.

A value names its field and the picture (`creator K7Q2M9-1`), and stands in every carrier that can hold it. Fields with
a controlled vocabulary, a number or a date hold a valid one instead.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from creditline.vocab.fields import FIELDS, IIM_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creditline.model.reading import Value

_PLUS = "http://ns.useplus.org/ldf/vocab/"
_SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
FIXED: Final[Mapping[str, str]] = {
    "rights_marked": "True",
    "copyright_status": f"{_PLUS}CS-PRO",
    "credit_required": f"{_PLUS}CR-CAI",
    "data_mining": f"{_PLUS}DMI-PROHIBITED-AIMLTRAINING",
    "model_release": f"{_PLUS}MR-NON",
    "property_release": f"{_PLUS}PR-NON",
    "minor_age": f"{_PLUS}AG-UNK",
    "country_code": "XZZ",
    "tc260_aigc": '{"Label":"1","ContentProducer":"Creditline probe","ProduceID":"1"}',
}
"""Fields whose values are terms: these, in every picture."""
LINKS = frozenset({"license_url", "web_statement", "licensor_url", "provenance_url", "creator_contact.url"})
ONLY_AI = frozenset({"ai_system", "ai_system_version", "ai_prompt", "ai_prompt_writer", "tc260_aigc"})
"""Fields that a picture by a camera must not carry: they would make it declare itself generated."""
ONLY_SIGNED = frozenset({"provenance_url"})
"""A link to a manifest elsewhere: without a manifest of its own, a picture would seem to have one there."""
OF_KIND = {"ai": ONLY_SIGNED, "c2pa": ONLY_AI}
"""Kind → what its pictures must not carry; other kinds carry neither."""
NOT_WRITTEN = frozenset({"c2pa_manifest", "edit_history", "gps", "creator_contact", "rights_expression"})
"""Fields that are records of their own; position is written by hand, below."""


def values(token: str, number: int, kind: str) -> dict[str, str]:
    """Field id → its value in picture `number` of the pack `token`; `kind` is camera, ai or c2pa."""
    found: dict[str, str] = {}
    for definition in FIELDS:
        if definition.id in NOT_WRITTEN or definition.id in OF_KIND.get(kind, ONLY_AI | ONLY_SIGNED):
            continue
        if definition.id == "digital_source_type":
            found[definition.id] = _SOURCE + ("trainedAlgorithmicMedia" if kind == "ai" else "digitalCapture")
        elif definition.id in FIXED:
            found[definition.id] = FIXED[definition.id]
        elif definition.id == "digital_image_guid":
            found[definition.id] = hashlib.sha256(f"{token}-{number}".encode()).hexdigest()[:32]
        elif definition.date:
            found[definition.id] = f"2026-03-{number:02}T12:{FIELDS.index(definition):02}:00+00:00"
        elif definition.id in LINKS:
            found[definition.id] = f"https://probe.example/{definition.id}/{token}-{number}"
        elif definition.id.endswith("email"):
            found[definition.id] = f"{token}-{number}@probe.example".lower()
        else:
            found[definition.id] = f"{_short(definition.id)} {token}-{number}"
    found["gps"] = f"-{40 + number}.5, -120.25"
    return found


def _short(name: str) -> str:
    """A field's name that leaves room for the token in IIM's shortest texts (32 bytes)."""
    return name.replace(".", " ").replace("_", " ")[-20:].strip()


def xmp(said: Mapping[str, str]) -> dict[str, Value]:
    """The values as XMP properties."""
    found: dict[str, Value] = {}
    for definition in FIELDS:
        keys = [key for carrier, key in definition.places if carrier == "xmp"]
        if definition.id not in said or definition.id in NOT_WRITTEN or not keys:
            continue
        value = said[definition.id]
        found[keys[0]] = [value] if definition.many and "/" not in keys[0] else value
    return found


def iim(said: Mapping[str, str]) -> dict[str, Value]:
    """The values as IPTC-IIM datasets; dates as IIM writes them, nothing longer than IIM allows."""
    found: dict[str, Value] = {}
    for definition in FIELDS:
        key = next((key for carrier, key in definition.places if carrier == "iptc"), None)
        if (
            key is None
            or definition.id not in said
            or len(said[definition.id].encode()) > IIM_BYTES.get(key, 9999)
        ):
            continue
        value = said[definition.id]
        if definition.date:
            found[key] = value[:10].replace("-", "")
            found["2:060" if key == "2:055" else "2:063"] = value[11:].replace(":", "")
        else:
            found[key] = [value] if definition.many else value
    return found


def exif(said: Mapping[str, str], number: int) -> dict[str, str]:
    """The values as Exif tags, with a camera's make and a position in the sea."""
    found = {
        "IFD0:Make": "Creditline",
        "IFD0:Model": f"Probe {number}",
        "GPS:GPSLatitudeRef": "S",
        "GPS:GPSLatitude": f"{40 + number}/1,30/1,0/1",
        "GPS:GPSLongitudeRef": "W",
        "GPS:GPSLongitude": "120/1,15/1,0/1",
    }
    for definition in FIELDS:
        if definition.id not in said or definition.id in NOT_WRITTEN:
            continue
        key = next((key for carrier, key in definition.places if carrier == "exif"), None)
        if key is None or key.startswith("IFD0:XP") or key == "ExifIFD:UserComment":
            continue
        value = said[definition.id]
        if definition.date:
            found[key] = value[:19].replace("-", ":").replace("T", " ")
            found[key.replace("DateTime", "OffsetTime")] = value[19:]
        else:
            found[key] = value
    return found


def png_texts(said: Mapping[str, str]) -> dict[str, str]:
    """The values as PNG text: keyword → text."""
    found = {}
    for definition in FIELDS:
        key = next((key for carrier, key in definition.places if carrier == "png_text" and ":" not in key), None)
        if key is not None and definition.id in said and not definition.date:
            found[key] = said[definition.id]
    return found


def parameters(token: str, number: int) -> str:
    """A generator's record as Stable Diffusion web UI writes it."""
    return (
        f"probe prompt {token}-{number}\nNegative prompt: probe negative {token}-{number}\n"
        f"Steps: 20, Sampler: Euler, CFG scale: 7, Seed: {1_000_000 + number}, Size: 1200x800, "
        f"Model: probe_{token}_{number}"
    )
