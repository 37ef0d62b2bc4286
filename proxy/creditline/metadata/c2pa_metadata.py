"""Metadata assertions of a manifest as properties: XMP keys with their usual prefix, whatever the context says.

Read: `cawg.metadata`, `c2pa.metadata`, `stds.iptc`, `stds.iptc.photo-metadata`, `stds.exif`,
`stds.schema-org.CreativeWork` (mapped to the XMP properties of the same meaning), constraints of training-mining
assertions, and assertions that mark AI content without a source type.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from creditline.metadata.c2pa_manifest import Visit, as_dict, as_list, as_text, assertions, constraints
from creditline.model.errors import LimitError
from creditline.model.reading import Property, Value
from creditline.vocab.source_types import marks_ai

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

CARRIER = "c2pa"
MAX_PROPERTIES = 5000
"""A full IPTC record has about a hundred."""
MAX_DEPTH = 6
"""IPTC structures nest three deep."""
MAX_VALUE = 1024 * 1024
"""Characters of one value; longer than any text that a standard allows here."""

_METADATA = re.compile(
    r"(?:cawg\.metadata|c2pa\.metadata|stds\.iptc(?:\.photo-metadata)?|stds\.exif)(?:$|__|\.v\d)"
)
_CREATIVE_WORK = re.compile(r"(?:stds\.)?schema-org\.CreativeWork(?:$|__|\.v\d)")

# One table per standard: what JSON-LD contexts point to, and the prefix that readers of XMP know it by.
PREFIXES: Mapping[str, str] = {
    "http://purl.org/dc/elements/1.1": "dc",
    "http://purl.org/dc/terms": "dcterms",
    "http://ns.adobe.com/xap/1.0": "xmp",
    "http://ns.adobe.com/xap/1.0/rights": "xmpRights",
    "http://ns.adobe.com/xap/1.0/mm": "xmpMM",
    "http://ns.adobe.com/photoshop/1.0": "photoshop",
    "http://ns.adobe.com/tiff/1.0": "tiff",
    "http://ns.adobe.com/exif/1.0": "exif",
    "http://ns.adobe.com/exif/1.0/aux": "aux",
    "http://cipa.jp/exif/1.0": "exifEX",
    "http://cipa.jp/exif/2.32": "exifEX",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns": "Iptc4xmpCore",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29": "Iptc4xmpExt",
    "http://ns.useplus.org/ldf/xmp/1.0": "plus",
    "http://creativecommons.org/ns": "cc",
    "http://www.tc260.org.cn/ns/AIGC/1.0": "TC260",
}

_WORK_KEYS: Mapping[str, str] = {
    "copyrightNotice": "dc:rights",
    "name": "dc:title",
    "headline": "photoshop:Headline",
    "description": "dc:description",
    "creditText": "photoshop:Credit",
    "license": "cc:license",
    "usageInfo": "xmpRights:WebStatement",
    "acquireLicensePage": "plus:Licensor/plus:LicensorURL",
    "dateCreated": "photoshop:DateCreated",
}
_LANGUAGE = re.compile(r"x-default|[a-zA-Z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


def properties(visits: Iterable[Visit]) -> tuple[Property, ...]:
    """What the picture's own manifests say in metadata assertions; for each key the manifest nearest to it speaks.

    Raises:
        LimitError: more than `MAX_PROPERTIES`, or a value longer than `MAX_VALUE` characters.
    """
    found: list[Property] = []
    taken: set[str] = set()
    for visit in visits:
        if visit.own:
            new = [p for p in _of_manifest(visit) if p.key not in taken]
            taken |= {p.key for p in new}
            found += new
            if len(found) > MAX_PROPERTIES:
                raise LimitError(f"the manifest store holds more than {MAX_PROPERTIES} metadata properties")
    return tuple(found)


def _of_manifest(visit: Visit) -> Iterator[Property]:
    for label, data in assertions(visit):
        if _METADATA.match(label):
            yield from _json_ld(data)
        elif _CREATIVE_WORK.match(label):
            yield from _creative_work(data)
        elif marks_ai(label) and data.get("ai_generated") is not False:
            yield Property(CARRIER, label, _mark(label, data))
    for name, text in constraints(visit):
        yield Property(CARRIER, f"training-mining/{name}/constraint_info", text)


def _mark(label: str, data: Mapping[str, Any]) -> str:
    keys = ("modelName", "model", "modelIdentifier", "name", "description")
    what = next((text for key in keys if (text := as_text(data.get(key)))), label)
    version = as_text(data.get("version")) or as_text(data.get("modelVersion"))
    return f"{what} {version}" if version and what != label else what


def _json_ld(data: Mapping[str, Any]) -> Iterator[Property]:
    prefixes = _context(data.get("@context"))
    # The SDK gives members in no fixed order; ours must be the same for the same file.
    for key, value in sorted(data.items()):
        if not key.startswith("@"):
            yield from _values(_usual(key, prefixes), value, prefixes, 0)


def _context(context: object) -> dict[str, str]:
    """Prefix in this document → usual prefix."""
    prefixes: dict[str, str] = {}
    for part in context if isinstance(context, list) else [context]:
        for prefix, uri in as_dict(part).items():
            if isinstance(uri, str) and (usual := PREFIXES.get(uri.rstrip("/#"))):
                prefixes[prefix] = usual
    return prefixes


def _usual(key: str, prefixes: Mapping[str, str]) -> str:
    prefix, colon, name = key.partition(":")
    return f"{prefixes.get(prefix, prefix)}{colon}{name}"


def _values(key: str, value: object, prefixes: Mapping[str, str], depth: int) -> Iterator[Property]:
    """One value as properties: scalars and lists of them under the key, structures' members under `key/member`."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, dict) and "@list" in value:
        value = value["@list"]
    if isinstance(value, list):
        texts = [text for item in value if (text := _scalar(item)) is not None]
        if texts:
            yield Property(CARRIER, key, texts)
        for item in value:
            if _scalar(item) is None:
                yield from _values(key, item, prefixes, depth + 1)
        return
    text = _scalar(value)
    if text is not None:
        yield Property(CARRIER, key, text)
    elif isinstance(value, dict):
        alternatives = _languages(value)
        if alternatives is not None:
            yield Property(CARRIER, key, alternatives)
            return
        for member, inner in sorted(value.items()):
            if not member.startswith("@"):
                yield from _values(f"{key}/{_usual(member, prefixes)}", inner, prefixes, depth + 1)


def _scalar(value: object) -> str | None:
    if isinstance(value, dict) and ("@value" in value or set(value) == {"@id"}):
        value = value.get("@value", value.get("@id"))
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        if len(value) > MAX_VALUE:
            raise LimitError(f"a metadata value in the manifest store is longer than {MAX_VALUE} characters")
        return value or None
    return None


def _languages(value: Mapping[str, Any]) -> Value | None:
    """A language alternative: a text when only x-default is there; None for what is a structure."""
    texts = {key: text for key, text in sorted(value.items()) if isinstance(text, str)}
    if not value or len(texts) < len(value) or not all(_LANGUAGE.fullmatch(key) for key in value):
        return None
    return texts["x-default"] if set(texts) == {"x-default"} else texts


def _creative_work(data: Mapping[str, Any]) -> Iterator[Property]:
    """schema.org CreativeWork, which C2PA 1.x used for credit."""
    authors = [as_dict(author) for author in _many(data.get("author"))]
    names = [name for author in authors if (name := as_text(author.get("name")))]
    if names:
        # Adobe lists a person once per account, under the same name.
        yield Property(CARRIER, "dc:creator", list(dict.fromkeys(names)))
    for author in authors:
        identifier = as_text(author.get("@id")) or as_text(author.get("identifier"))
        if identifier:
            yield Property(CARRIER, "plus:ImageCreator/plus:ImageCreatorID", identifier)
    for key in ("copyrightHolder", "CopyrightHolder"):
        holders = [name for holder in _many(data.get(key)) if (name := as_text(as_dict(holder).get("name")))]
        if holders:
            yield Property(CARRIER, "xmpRights:Owner", holders)
    for key, usual in _WORK_KEYS.items():
        text = _scalar(data.get(key))
        if text is not None:
            yield Property(CARRIER, usual, text)


def _many(value: object) -> list[Any]:
    return as_list(value) or ([value] if isinstance(value, dict) else [])
