"""A probe picture by what it says: one value of the pack that is still in a copy leads back to its work.

Every free text of a probe ends with its picture's token (`creator K7Q2M9-1`); Digital Image GUID holds a hash of it.
Tokens are drawn from 30⁶, and only those of this ledger's own packs lead anywhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from creditline.ledger import queries
from creditline.model.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from creditline.ledger.store import Ledger
    from creditline.model.observation import Observation

RULE = "probe_value"
"""The link rule under which a picture's token, or GUID, leads to its work."""
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""What tokens are made of: no letters and digits that people confuse."""
TOKEN_LENGTH = 6
MOST = 16
"""Tokens of one picture that are looked up; a probe has one, and a text may hold any number of look-alikes."""
MAX_TEXT = 4096
"""Characters of one text that are searched; the pack's longest, a generator's record, has some two hundred."""
_TOKEN = re.compile(
    rf"(?<![0-9a-z])([{ALPHABET}]{{{TOKEN_LENGTH}}})[-_]([1-6])(?![0-9a-z])", re.ASCII | re.IGNORECASE
)
_GUID = re.compile(r"[0-9a-f]{32}", re.ASCII)


def tokens_in(inspection: Mapping[str, Any]) -> tuple[str, ...]:
    """What in a reading (contract §3) may be a probe's token or GUID, each once, in the order of its fields."""
    found: dict[str, None] = {}
    for item in (*inspection.get("fields", ()), {"id": "", "value": inspection.get("ai")}):
        for text in _texts(item.get("value")):
            for token in _TOKEN.finditer(text[:MAX_TEXT]):
                found[f"{token[1].upper()}-{token[2]}"] = None
            if item.get("id") == "digital_image_guid" and _GUID.fullmatch(text.lower()):
                found[text.lower()] = None
            if len(found) >= MOST:
                return tuple(found)[:MOST]
    return tuple(found)


def seen_by_value(
    ledger: Ledger, tokens: Sequence[str], *, stages: Sequence[str], site: str | None
) -> list[Observation]:
    """The probe that a picture's tokens lead to, as an original, and its uploads to `site` before it, latest first.

    Nothing where they lead to two works: then they say nothing.
    """
    links = [link for token in tokens if (link := ledger.link(RULE, token)) is not None and link.work is not None]
    if len({link.work for link in links}) != 1:
        return []
    found: list[Observation] = []
    if "uploaded" in stages and site is not None:
        found += queries.observations(
            ledger, work=links[0].work, stage="uploaded", site=site, newest_first=True, limit=1
        )
    if "original" in stages:
        try:
            found.append(queries.observation(ledger, links[0].observation))
        except NotFoundError:
            return found
    return [seen for seen in found if seen.sha256 is not None]


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
