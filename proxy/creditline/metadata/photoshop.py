"""Photoshop image resources that speak of rights: copyright flag, URL, and the IIM digest.

Keys are `8BIM:040A`, `8BIM:040B`, `8BIM:0425`. IIM itself (0x0404) is another carrier with its own reader.
"""

from __future__ import annotations

import hashlib

from creditline.model.errors import CarrierError
from creditline.model.picture import Problem
from creditline.model.reading import Property
from creditline.structures.photoshop_irb import DIGEST, parse

COPYRIGHT_FLAG = 0x040A
URL = 0x040B
MAX_URL = 64 * 1024
"""Far past any address; a longer one is not shown."""


def read(payload: bytes) -> tuple[Property, ...]:
    """Copyright flag (`True` or `False`), URL and IIM digest (hex). CarrierError for a broken stream."""
    properties, problems = read_with_problems(payload)
    if problems:
        raise CarrierError(problems[0].message, code=problems[0].code)
    return properties


def read_with_problems(payload: bytes) -> tuple[tuple[Property, ...], tuple[Problem, ...]]:
    """As `read`, but resources before a break are kept. CarrierError when the stream has none at all."""
    resources = parse(payload)
    sound = [r for r in resources if not r.is_junk]
    # Writers fill up with NULs; anything else behind the last resource is a break.
    broken = any(r.is_junk and r.data.strip(b"\0 ") for r in resources)
    problems: tuple[Problem, ...] = ()
    if broken:
        message = "The Photoshop resources break off or hold bytes that are no resource."
        if not sound:
            raise CarrierError(message, code="irb_broken")
        problems = (Problem("irb_broken", message, "photoshop"),)
    properties: list[Property] = []
    for resource in sound:
        if resource.signature != b"8BIM":
            continue
        value = _value(resource.id, resource.data)
        if value is not None:
            properties.append(Property("photoshop", f"8BIM:{resource.id:04X}", value))
    return tuple(properties), problems


def _value(identifier: int, data: bytes) -> str | None:
    if identifier == COPYRIGHT_FLAG and data:
        return str(any(data))
    if identifier == URL and data and len(data) <= MAX_URL:
        try:
            return data.decode("utf-8").rstrip("\0")
        except UnicodeDecodeError:
            return data.decode("latin-1").rstrip("\0")
    if identifier == DIGEST and len(data) == 16:
        return data.hex()
    return None


def iim_digest_matches(irb_payload: bytes, iim_payload: bytes) -> bool | None:
    """Whether the IIM is as it was when last synchronised with XMP (MWG 2.0, 5.3); None without a digest."""
    for resource in parse(irb_payload):
        if resource.signature == b"8BIM" and resource.id == DIGEST and len(resource.data) == 16:
            return resource.data == hashlib.md5(iim_payload, usedforsecurity=False).digest()
    return None
