"""An SVG's own words about itself: title, description, and Creative Commons' RDF as drawing programs write it.

Keys are `title`, `desc`, and those of the XMP reader (`dc:creator`, `dc:rights`, `cc:license`) for what `cc:Work`
says; a party that is an agent is named by the agent's title.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from creditline.metadata import xmp
from creditline.model.errors import CarrierError
from creditline.model.reading import Property
from creditline.vocab.namespaces import RDF

if TYPE_CHECKING:
    from creditline.model.picture import Problem

MAX_TAG = 300
"""Bytes of the end tag: a prefix is a few letters."""

_TAG = re.compile(rb"<(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+>")
_SELF_CLOSING = re.compile(rb"\s*<(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+(?<=/)>\s*")
_END = re.compile(rb"</(?:[\w.-]+:)?(title|desc)\s*>\s*\Z")
_SECTIONS = ((b"<![CDATA[", b"]]>"), (b"<!--", b"-->"), (b"<?", b"?>"))
_ELEMENT = re.compile(rb"\s*<(?:[\w.-]+:)?(title|desc|RDF)[\s/>]")


def read(payload: bytes) -> tuple[Property, ...]:
    """The properties of one `title`, `desc` or `rdf:RDF` element, in document order.

    Raises what the XMP reader does, and CarrierError for another element.
    """
    properties, problems = read_with_problems(payload)
    if problems:
        raise CarrierError(problems[0].message, code=problems[0].code)
    return properties


def read_with_problems(payload: bytes) -> tuple[tuple[Property, ...], tuple[Problem, ...]]:
    """As `read`, but text outside UTF-8 or with control characters is read all the same, and that is said."""
    match = _ELEMENT.match(payload)
    if match is None:
        raise CarrierError("The block is no title, description or RDF of an SVG.", code="svg_metadata_broken")
    if match[1] == b"RDF":
        properties, problems = xmp.read_with_problems(payload)
        return tuple(Property("svg_metadata", p.key, p.value) for p in properties), problems
    end = _END.search(payload, max(0, len(payload) - MAX_TAG))
    if not (_SELF_CLOSING.fullmatch(payload) or (end is not None and end[1] == match[1])):
        raise CarrierError("The title or description of the SVG has no end.", code="svg_metadata_broken")
    # As one property of a description the text is read by the same rules, and under the same caps, as any other.
    wrapped = b'<r:RDF xmlns:r="%b"><r:Description><text>%b</text></r:Description></r:RDF>'
    properties, problems = xmp.read_with_problems(wrapped % (RDF.encode(), _text(payload)))
    text = next((p.value for p in properties if isinstance(p.value, str)), "")
    return (Property("svg_metadata", match[1].decode(), text),), problems


def _text(payload: bytes) -> bytes:
    """What an element holds without the markup in it; references and CDATA sections stay."""
    parts: list[bytes] = []
    pos = 0
    while (at := payload.find(b"<", pos)) >= 0:
        parts.append(payload[pos:at])
        close = next((end for begin, end in _SECTIONS if payload.startswith(begin, at)), None)
        tag = _TAG.match(payload, at) if close is None else None
        pos = payload.find(close, at) + len(close) if close is not None else tag.end() if tag is not None else 0
        if pos <= at:
            raise CarrierError("The title or description of the SVG is cut off.", code="svg_metadata_broken")
        if close == b"]]>":
            parts.append(payload[at:pos])
    parts.append(payload[pos:])
    return b"".join(parts)
