"""The visible AI label for a file: whether one is due, whether it is there, and the file with it, said in its metadata.

A label is due where the file itself declares AI; pixels are never scored. Whether one is there is known by our own mark
in the edit history (a label that somebody else drew cannot be seen here).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from creditline.containers import sniff
from creditline.label.burn_in import Drawn, draw
from creditline.model.errors import PictureError, UsageError
from creditline.model.whole_file import write_whole
from creditline.reattach.material import material
from creditline.reattach.plan import Plan, Step, make_plan
from creditline.reattach.write import write
from creditline.reattach.write_xmp import note
from creditline.services.check import load
from creditline.services.output import check_target
from creditline.vocab.messages import AI_LABELS

if TYPE_CHECKING:
    from pathlib import Path

    from creditline.model.reading import Inspection
    from creditline.reattach.material import Material

ACTION = "creditline labelled"
DUE = {"ai-generated": "trainedAlgorithmicMedia", "ai-edited": "compositeWithTrainedAlgorithmicMedia"}
"""Label → the DigitalSourceType that says the same."""
_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
FORMATS: tuple[Literal["jpeg", "png", "webp", "avif"], ...] = ("jpeg", "png", "webp", "avif")
_MAX_MODELS = 3


@dataclass(frozen=True, slots=True)
class Check:
    """`due`: the label's word, or None where the file declares no AI; `there`: whether our mark says it was drawn."""

    due: str | None
    there: bool


def check(path: Path) -> Check:
    """Whether a visible label is due on a file, and there.

    Raises:
        PictureError, LimitError: the file cannot be read, or is no picture.
    """
    found = material(load(path))
    if found.reading.format == "unknown":
        raise PictureError(f"{path} is no picture that Creditline knows", code="not_a_picture")
    return _check(found)


def label_file(
    source: Path, target: Path, *, band: bool = False, corner: str | None = None, force: bool = False
) -> Drawn:
    """`source` with its label in `target`, with its own metadata, the AI fields and a note in the history.

    Place, people and device are left out; Content Credentials bind other pixels and do not go along.

    Raises:
        UsageError: no label is due, it is there already, or the target may not be written.
        PictureError: the file cannot be read, or is of a format that no label is drawn into.
        LimitError: it is too large, or too small for a label.
    """
    check_target(target, inputs=[source], force=force)
    data = load(source)
    first = material(data)
    kind = next((name for name in FORMATS if name == first.reading.format), None)
    if kind is None:
        raise PictureError(
            f"{source} is {first.reading.format}: labels are drawn into {', '.join(FORMATS)}", code="not_a_picture"
        )
    known = _check(first)
    if known.due is None:
        raise UsageError(f"{source} declares no AI, so no label is due")
    if known.there:
        raise UsageError(f"{source} is labelled already")
    drawn = draw(data, _texts(known.due, first.reading), kind, band=band, corner=corner)
    write_whole(target, _told(drawn, first))
    return drawn


def _check(found: Material) -> Check:
    label = found.reading.ai.label
    there = any(ACTION in str(item.value) for item in found.reading.properties if item.carrier.startswith("xmp"))
    return Check(AI_LABELS[label].word if label in DUE else None, there)


def _texts(word: str, reading: Inspection) -> list[str]:
    """The label with model names, then with the generator alone, then the bare word: the longest that fits is drawn."""
    models = [name.rpartition(".")[0] if name.endswith(".safetensors") else name for name in reading.ai.models]
    names = [", ".join(models[:_MAX_MODELS]), *reading.ai.generators[:1]]
    return [*(f"{word} · {name}" for name in names if name), word]


def _told(drawn: Drawn, first: Material) -> bytes:
    """The drawn picture's file with what the original says, what kind of picture it is, and what was done to it."""
    data = drawn.data
    profiles = [block.payload for block in first.blocks("icc")][:1]
    if profiles and "icc" in sniff.writable(first.reading.format):
        data = sniff.replace(data, {"icc": profiles})
    now = material(data)
    plan = make_plan(first, now)
    at = datetime.now(UTC)
    own = [
        Step(name, value, ("label", name), place, "add")
        for name, value, place in (
            (
                "digital_source_type",
                _TYPES + DUE[first.reading.ai.label],
                ("xmp", "Iptc4xmpExt:DigitalSourceType"),
            ),
            ("ai_system", ", ".join(first.reading.ai.generators), ("xmp", "Iptc4xmpExt:AISystemUsed")),
            ("ai_system_version", ", ".join(first.reading.ai.models), ("xmp", "Iptc4xmpExt:AISystemVersionUsed")),
            ("ai_prompt", first.reading.ai.prompt or "", ("xmp", "Iptc4xmpExt:AIPromptInformation")),
        )
        if value and not any(step.id == name for step in plan.steps)
    ]
    steps = (*plan.steps, *own)
    return write(data, Plan(steps), first, now, at=at, entry=note(ACTION, steps, at)).data
