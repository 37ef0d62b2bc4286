"""Fooocus (its own JSON scheme) and RuinedFooocus; Fooocus' other scheme is the text that `a1111` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.metadata.generators.places import PLACES, text_of
from creditline.metadata.generators.record import chosen, first, generation, loras, parse_object

if TYPE_CHECKING:
    from creditline.model.reading import Generation, Property

GENERATOR, RUINED = "Fooocus", "RuinedFooocus"
KEYS = PLACES

_SETTINGS = ("steps", "sampler", "scheduler", "guidance_scale", "resolution", "vae", "clip_skip", "version")


def recognises(item: Property) -> bool:
    """Whether the JSON object names one of the two as its scheme, version or software."""
    return item.key in KEYS and _name(_record(item)) is not None


def read(item: Property, others: tuple[Property, ...]) -> Generation:  # noqa: ARG001
    """The record in its parts. A prompt that was left blank is given as Fooocus expanded it."""
    record = _record(item)
    if _name(record) == RUINED:
        return generation(
            RUINED,
            item,
            models=(first(record, "base_model_name"),),
            prompt=first(record, "Prompt"),
            negative=first(record, "Negative"),
            seed=first(record, "seed"),
            settings=(
                *chosen(record, "steps", "sampler_name", "scheduler", "cfg", "width", "height", "denoise"),
                *chosen(record, "base_model_hash"),
                *loras(record.get("loras"), "name"),
            ),
        )
    return generation(
        GENERATOR,
        item,
        models=(first(record, "base_model"), first(record, "refiner_model")),
        prompt=first(record, "prompt") or _joined(record.get("full_prompt")),
        negative=first(record, "negative_prompt") or _joined(record.get("full_negative_prompt")),
        seed=first(record, "seed"),
        settings=(*chosen(record, *_SETTINGS), *chosen(record, "base_model_hash"), *loras(record.get("loras"))),
    )


def _record(item: Property) -> dict[str, object]:
    return parse_object(text_of(item), "metadata_scheme", "software", "version")


def _name(record: dict[str, object]) -> str | None:
    if record.get("software") == RUINED:
        return RUINED
    own = record.get("metadata_scheme") == "fooocus" or str(record.get("version", "")).startswith(GENERATOR)
    return GENERATOR if own else None


def _joined(texts: object) -> str | None:
    if not isinstance(texts, list):
        return None
    return "\n".join(text for text in texts if isinstance(text, str))
