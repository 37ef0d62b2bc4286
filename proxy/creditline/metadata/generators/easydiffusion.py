"""Easy Diffusion: one PNG keyword per setting, or one JSON object in UserComment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.metadata.generators.places import COMMENTS, text_of
from creditline.metadata.generators.record import (
    MAX_TEXT,
    chosen,
    first,
    generation,
    loras,
    parse_object,
    siblings,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creditline.model.reading import Generation, Property

GENERATOR = "Easy Diffusion"
MARK = "use_stable_diffusion_model"
KEYS = COMMENTS | {MARK}

_SETTINGS = ("num_inference_steps", "sampler_name", "guidance_scale", "width", "height", "use_vae_model")
_KEYWORDS = ("prompt", "negative_prompt", "seed", MARK, *_SETTINGS)


def recognises(item: Property) -> bool:
    """Whether the key that names the model stands there, as a keyword or in the object."""
    return item.key == MARK or (item.key in COMMENTS and bool(parse_object(text_of(item), MARK)))


def read(item: Property, others: tuple[Property, ...]) -> Generation:
    """The settings in their parts; of keywords the raw text is one `key: value` line each."""
    if item.key != MARK:
        return _reading(item, parse_object(text_of(item), MARK), None)
    texts = siblings(item, (item, *others))
    lines = [f"{key}: {texts[key]}" for key in _KEYWORDS if key in texts]
    return _reading(item, texts, "\n".join(lines)[:MAX_TEXT])


def _reading(item: Property, record: Mapping[str, object], raw: str | None) -> Generation:
    return generation(
        GENERATOR,
        item,
        models=(first(record, MARK),),
        prompt=first(record, "prompt"),
        negative=first(record, "negative_prompt"),
        seed=first(record, "seed"),
        settings=(*chosen(record, *_SETTINGS), *loras(record.get("use_lora_model"))),
        raw=raw,
    )
