"""NovelAI: PNG keywords (`Software`, `Source`, `Comment` as JSON), Exif of WebP, and the pixels' lowest bits.

`Comment` is the request; in Exif and in the pixels it is a JSON text within a JSON object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.metadata.generators.places import COMMENTS, STEALTH, text_of
from creditline.metadata.generators.record import chosen, first, generation, member, parse_object, siblings

if TYPE_CHECKING:
    from creditline.model.reading import Generation, Property

GENERATOR = "NovelAI"
SOFTWARE = frozenset({"Software", "IFD0:Software"})
KEYS = COMMENTS | STEALTH.keys() | SOFTWARE | {"Comment"}
MAX_CHARACTERS = 20
"""Prompts of single characters that are kept; the service allows six."""

_MARKS = ("v4_prompt", "uncond_scale", "noise_schedule", "signed_hash")
_EARLY = {"uc", "scale", "sampler", "seed"}
_SETTINGS = ("steps", "sampler", "noise_schedule", "scale", "strength", "width", "height")


def recognises(item: Property) -> bool:
    """Whether the software is NovelAI, or the comment is one of its requests."""
    text = text_of(item)
    if item.key in SOFTWARE:
        return text.startswith(GENERATOR)
    return item.key in KEYS and bool(_request(text)[0])


def read(item: Property, others: tuple[Property, ...]) -> Generation:
    """The request in its parts; the model is what NovelAI calls the source, with its hash."""
    texts = siblings(item, others)
    request, wrapper = _request(text_of(item))
    if not request and item.key in SOFTWARE:
        key = next((key for key in ("Comment", *sorted(COMMENTS)) if _request(texts.get(key, ""))[0]), None)
        if key is not None:
            return read(next(o for o in others if o.carrier == item.carrier and o.key == key), others)
    described = first(wrapper, "Description") or texts.get("Description") or texts.get("IFD0:ImageDescription")
    source = first(wrapper, "Source") or texts.get("Source") or _without_name(texts.get("IFD0:Software"))
    caption, negative = (member(member(request, name), "caption") for name in ("v4_prompt", "v4_negative_prompt"))
    return generation(
        GENERATOR,
        item,
        models=(source,),
        prompt=first(request, "prompt") or described or first(caption, "base_caption"),
        negative=first(request, "uc") or first(negative, "base_caption"),
        seed=first(request, "seed"),
        settings=(*chosen(request, *_SETTINGS), *_characters(caption)),
        unresolved=None if request else "The comment with the settings is missing.",
    )


def _request(text: str) -> tuple[dict[str, object], dict[str, object]]:
    """The request in a text, and the object it is wrapped in; empty for anything else."""
    wrapper = parse_object(text, "Comment", *_MARKS, "uc")
    inner = wrapper.get("Comment")
    request = parse_object(inner) if isinstance(inner, str) else wrapper
    if isinstance(inner, str) and str(wrapper.get("Software", "")).startswith(GENERATOR):
        return request, wrapper
    if any(mark in request for mark in _MARKS) or (request.keys() >= _EARLY and "c" not in request):
        return request, wrapper
    return {}, {}


def _without_name(software: str | None) -> str | None:
    """In Exif the software is the source; the bare name of the service is no model."""
    return software if software and software.startswith(GENERATOR) and software != GENERATOR else None


def _characters(caption: dict[str, object]) -> tuple[tuple[str, str], ...]:
    entries = caption.get("char_captions")
    texts = [
        first(entry, "char_caption")
        for entry in (entries[:MAX_CHARACTERS] if isinstance(entries, list) else [])
        if isinstance(entry, dict)
    ]
    return tuple(("character prompt", text) for text in texts if text)
