"""InvokeAI in three generations: `Dream` (a command line), `sd-metadata` (JSON), `invokeai_metadata` (JSON)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from creditline.metadata.generators.places import text_of
from creditline.metadata.generators.record import (
    MAX_TEXT,
    chosen,
    first,
    generation,
    loras,
    member,
    parse_object,
    scalar,
    unread,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from creditline.model.reading import Generation, Property

GENERATOR = "InvokeAI"
CURRENT, SECOND, DREAM = "invokeai_metadata", "sd-metadata", "Dream"
GRAPHS = frozenset({"invokeai_graph", "invokeai_workflow"})
KEYS = GRAPHS | {CURRENT, SECOND, DREAM}
MAX_PROMPTS = 50
"""Weighted prompts that are joined into one."""

_NEGATIVE = re.compile(r"\[([^\[\]]*)\]")
_FLAG = re.compile(r"(?<!\S)-([A-Za-z]{1,2})[ \t]{1,8}(\S{1,200})")
_FLAGS = {"s": "steps", "W": "width", "H": "height", "C": "cfg_scale", "A": "sampler"}


def recognises(item: Property) -> bool:
    """Whether the key is InvokeAI's own; for `Dream`, a word of many meanings, whether a command follows."""
    if item.key == DREAM:
        return _FLAG.search(text_of(item)[:MAX_TEXT]) is not None
    return item.key in KEYS


def read(item: Property, others: tuple[Property, ...]) -> Generation:
    """The record in its parts. A graph is only read as far as the record beside it goes."""
    text = text_of(item)
    if len(text) > MAX_TEXT:
        return unread(GENERATOR, item)
    if item.key == DREAM:
        return _dream(item, text)
    if item.key in GRAPHS:
        for other in others:
            if other.carrier == item.carrier and other.key == CURRENT:
                return read(other, ())
        return unread(GENERATOR, item, "The picture holds only the graph, not the record of what ran.")
    record = parse_object(text)
    if not record:
        return unread(GENERATOR, item)
    return _second(item, record) if item.key == SECOND else _current(item, record)


def _current(item: Property, record: dict[str, object]) -> Generation:
    model = member(record, "model")
    return generation(
        GENERATOR,
        item,
        models=(first(model, "name", "model_name") or first(record, "model"),),
        prompt=first(record, "positive_prompt"),
        negative=first(record, "negative_prompt"),
        seed=first(record, "seed"),
        settings=(
            *chosen(record, "steps", "scheduler", "cfg_scale", "width", "height", "strength", "app_version"),
            *(("model hash", text) for text in (first(model, "hash"),) if text),
            *loras([_lora(entry) for entry in _list(record.get("loras"))]),
        ),
    )


def _lora(entry: object) -> str | None:
    """A LoRA's name: under `model` since version 4, `lora` before."""
    if not isinstance(entry, dict):
        return None
    return first(member(entry, "model"), "name", "model_name") or first(member(entry, "lora"), "model_name")


def _second(item: Property, record: dict[str, object]) -> Generation:
    image = member(record, "image") or next(
        iter(o for o in _list(record.get("images")) if isinstance(o, dict)), {}
    )
    prompts = image.get("prompt")
    texts: Iterable[str | None] = (
        [first(entry, "prompt") for entry in prompts[:MAX_PROMPTS] if isinstance(entry, dict)]
        if isinstance(prompts, list)
        else [scalar(prompts)]
    )
    positive, negative = _split("\n".join(text for text in texts if text))
    return generation(
        GENERATOR,
        item,
        models=(first(record, "model_weights") or first(record, "model"),),
        prompt=positive,
        negative=negative,
        seed=first(image, "seed"),
        settings=(
            *chosen(image, "steps", "sampler", "cfg_scale", "width", "height"),
            *(("model hash", text) for text in (first(record, "model_hash"),) if text),
        ),
    )


def _dream(item: Property, text: str) -> Generation:
    """The prompt in quotes, then flags as on the command line; this form never names the model."""
    start, end = text.find('"'), text.rfind('"')
    quoted = 0 <= start < end
    flags = dict(_FLAG.findall(text[end + 1 :] if quoted else text))
    first_flag = _FLAG.search(text)
    prompt = text[start + 1 : end] if quoted else text[: first_flag.start() if first_flag else None]
    positive, negative = _split(prompt)
    return generation(
        GENERATOR,
        item,
        prompt=positive,
        negative=negative,
        seed=flags.get("S"),
        settings=tuple((name, flags[flag]) for flag, name in _FLAGS.items() if flag in flags),
    )


def _split(prompt: str) -> tuple[str, str]:
    """Words in square brackets are what the picture should not show."""
    return _NEGATIVE.sub("", prompt), ", ".join(_NEGATIVE.findall(prompt))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
