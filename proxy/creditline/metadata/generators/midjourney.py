"""Midjourney: a description that ends in `Job ID: <uuid>`, behind the prompt and its flags.

Downloads in other formats than PNG carry a source type at most, which names nobody.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from creditline.metadata.generators.places import text_of
from creditline.metadata.generators.record import generation

if TYPE_CHECKING:
    from creditline.model.reading import Generation, Property

GENERATOR = "Midjourney"
KEYS = frozenset({"Description", "dc:description", "IFD0:ImageDescription", "2:120"})
MAX_TEXT = 16_000
"""Characters: a prompt has at most some 6,000."""

_JOB = re.compile(r"\s{1,8}Job ID: ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s*\Z")
_FLAG = re.compile(r"(?<!\S)--([a-z]{1,20})(?:[ \t]{1,8}((?!--)\S{1,200}))?")
_MODELS = {"v": "Midjourney", "version": "Midjourney", "niji": "Niji"}


def recognises(item: Property) -> bool:
    """Whether a description ends in a job's number."""
    return item.key in KEYS and _parts(text_of(item)) is not None


def read(item: Property, others: tuple[Property, ...]) -> Generation | None:  # noqa: ARG001
    """Prompt, flags and job; model and seed where a flag gives them."""
    parts = _parts(text_of(item))
    if parts is None:
        return None
    text, job = parts
    start = _FLAG.search(text)
    flags = tuple((name, value) for name, value in _FLAG.findall(text))
    return generation(
        GENERATOR,
        item,
        models=[f"{_MODELS[name]} {value}" for name, value in flags if name in _MODELS and value],
        prompt=text[: start.start()] if start else text,
        negative=next((value for name, value in flags if name == "no"), None),
        seed=next((value for name, value in flags if name == "seed"), None),
        settings=(*((name, value) for name, value in flags if name not in {"no", "seed"}), ("job", job)),
    )


def _parts(text: str) -> tuple[str, str] | None:
    """What stands before the job's number, and the number."""
    if len(text) > MAX_TEXT:
        return None
    found = _JOB.search(text)
    return (text[: found.start()], found[1]) if found else None
