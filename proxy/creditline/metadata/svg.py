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
    # One property of a description is read by the same rules, and under the same caps, as any other.
    wrapped = b'<r:RDF xmlns:r="%b"><r:Description>%b</r:Description></r:RDF>' % (RDF.encode(), payload)
    properties, problems = xmp.read_with_problems(wrapped)
    texts = [text for p in properties for text in ([p.value] if isinstance(p.value, str) else p.value)]
    return (Property("svg_metadata", match[1].decode(), " ".join(texts)),), problems
