"""Grok (xAI): `Signature: <base64>` in description and comment, the job's number as Artist. It holds no prompt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from creditline.metadata.generators.places import COMMENTS, text_of
from creditline.metadata.generators.record import generation, siblings

if TYPE_CHECKING:
    from creditline.model.reading import Generation, Property

GENERATOR = "xAI Grok"
ARTIST = "IFD0:Artist"
KEYS = COMMENTS | {"IFD0:ImageDescription"}

_SIGNATURE = re.compile(r"Signature: [A-Za-z0-9+/]{160,1400}={0,2}")
_JOB = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def recognises(item: Property) -> bool:
    """Whether a signature of some 120 to 1050 bytes is all that stands there."""
    return item.key in KEYS and _SIGNATURE.fullmatch(text_of(item).strip("\0 \t\r\n")) is not None


def read(item: Property, others: tuple[Property, ...]) -> Generation | None:
    """The job's number; None without it, for a signature alone may be anybody's. It is not verified."""
    job = siblings(item, others).get(ARTIST, "").strip("\0 ")
    if not is_job(job):
        return None
    return generation(GENERATOR, item, settings=(("job", job),))


def is_job(artist: str) -> bool:
    """Whether an Artist is a random number (UUID version 4) and no name."""
    return _JOB.fullmatch(artist) is not None
