"""What a picture declares of its making: AI-generated, AI-edited, camera-captured, made by a person, or nothing.

Declarations only; pixels are never scored and absence never means "not AI". C2PA actions are read as the
conformance programme's rubric has them: an inception (`created`, `opened`) says what the picture is, a later
editorial action what was done to it. An ingredient counts by how it was used: a parent is the picture before, a
component is a part of it, an input is neither.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from creditline.model.reading import Ai, C2paAction, Evidence
from creditline.vocab.source_types import SourceClass, classify, generative, marks_ai, normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from creditline.model.reading import C2paReading, Generation, Property, Region, Value

type Verdict = Literal["generated", "edited", "captured", "human", "unclear"]

PUBLIC_LISTS = frozenset({"c2pa", "interim"})
"""Only these make a signed capture a label; the user's own anchors and our own key never do."""

INCEPTIONS = frozenset({"c2pa.created", "c2pa.opened"})
NON_EDITORIAL = frozenset(
    {
        "c2pa.converted",
        "c2pa.published",
        "c2pa.repackaged",
        "c2pa.transcoded",
        "c2pa.resized.proportional",
        "c2pa.enhanced",
        "c2pa.edited.metadata",
        "c2pa.watermarked",
        "c2pa.watermarked.bound",
        "c2pa.watermarked.unbound",
        "c2pa.redacted",
    }
)
UNCLEAR_ACTIONS = frozenset({"c2pa.unknown", "c2pa.placed"})
"""What these brought in is not said, so a capture that they were applied to is no longer surely one."""

SOURCE_TYPE_NAMES = frozenset({"digitalsourcetype", "digitalsourcefiletype"})
"""The property and its two legacy spellings, without prefix and in lower case."""
AI_FIELDS = {
    "aisystemused": "ai_system",
    "aisystemversionused": "ai_system_version",
    "aipromptinformation": "prompt",
    "aipromptwritername": "prompt_writer",
}
"""IPTC 2025.1: property name in lower case → the claim that it is evidence for."""

AIGC_KEYS = frozenset({"aigc", "usercomment"})
"""Where a label of generated content may stand (GB 45438-2025)."""
_TELLING = SOURCE_TYPE_NAMES | AI_FIELDS.keys() | AIGC_KEYS

MAX_AIGC = 64 * 1024
"""A GB 45438 label has seven short texts; UserComment, where it may stand too, can be anything."""
AIGC_LABELS = {"1": "generated", "2": "possible", "3": "suspected"}

# These go with any origin: a person's hand on an AI picture is no contradiction.
_COMPATIBLE_TERMS = frozenset({"humanEdits", "minorHumanEdits"})
_PLAIN: dict[SourceClass, Verdict] = {
    SourceClass.GENERATED: "generated",
    SourceClass.EDITED: "edited",
    SourceClass.CAPTURED: "captured",
    SourceClass.DIGITISED: "human",
    SourceClass.HUMAN: "human",
}


MOSTLY = 0.25
"""An AI edit of more than this share of the picture makes it AI-generated (docs/explanation/method.md)."""

NOTHING_DECLARED = Ai()


class _Declaration(NamedTuple):
    """One declaration. `stated` is a source type or an action, as against a generator's own record; `signed` means
    by a signer on a public list; `depth` is how far the manifest is from the active one, None outside C2PA.
    """

    verdict: Verdict | None
    evidence: Evidence
    term: str | None = None
    generator: str | None = None
    model: str | None = None
    stated: bool = True
    signed: bool = False
    depth: int | None = None
    regions: tuple[Region, ...] | None = None


def judge(
    properties: tuple[Property, ...],
    generations: tuple[Generation, ...],
    c2pa: C2paReading,
    size: tuple[int, int] | None = None,
) -> Ai:
    """AI provenance as declared; `properties` already include those of the manifest, `size` is that as shown.

    `share` is what the regions of AI edits cover together, where each such edit says where it was made; one that
    covers more than `MOSTLY` makes the picture AI-generated.

    A capture is a label only when its signature is `trusted` by a public list. What an invalid signature says of a
    capture or of a person's work does not count; what it says of AI does. A source type outweighs a generator's
    record in whether AI made the whole or a part; AI against capture or against a person's work is `conflicting`.
    """
    declarations = [
        *_from_actions(c2pa),
        *_from_properties(properties, c2pa.signer),
        *_from_generations(generations),
    ]
    if not declarations and not generations:
        return NOTHING_DECLARED
    counted = _without_superseded(declarations)
    share = _share(counted, size)
    label = _label(counted)
    if label == "ai-edited" and share is not None and share > MOSTLY:
        label = "ai-generated"
    return Ai(
        label=label,
        digital_source_type=_term(label, declarations),
        generators=_generators(declarations, c2pa),
        models=_models(declarations, generations),
        prompt=next((g.prompt for g in generations if g.prompt), None) or _prompt(declarations),
        negative_prompt=next((g.negative_prompt for g in generations if g.negative_prompt), None),
        seed=next((g.seed for g in generations if g.seed), None),
        share=share,
        evidence=tuple(dict.fromkeys(d.evidence for d in declarations if d.term or d.verdict != "unclear")),
    )


def _label(declarations: list[_Declaration]) -> str:
    verdicts = {d.verdict for d in declarations}
    if {"generated", "edited"} & verdicts:
        stated = {d.verdict for d in declarations if d.stated}
        partly = "edited" in stated and "generated" not in stated
        if not partly and any(_opposes(d) for d in declarations):
            return "conflicting"
        return "ai-edited" if partly else "ai-generated"
    if any(d.verdict == "captured" and d.signed for d in declarations) and "unclear" not in verdicts:
        return "camera-captured"
    return "human-made" if "human" in verdicts else "none"


def _share(declarations: list[_Declaration], size: tuple[int, int] | None) -> float | None:
    """The declared fraction of AI-made pixels; None unless every AI edit of the picture says where it was made."""
    edits = [d for d in declarations if d.verdict in {"generated", "edited"} and d.depth is not None]
    if not edits or any(d.regions is None or d.verdict == "generated" for d in edits):
        return None
    regions = [region for d in edits for region in d.regions or ()]
    if any(d.depth and region.unit == "pixel" for d in edits for region in d.regions or ()):
        return None  # in pixels of an earlier picture, whose size is not known
    from creditline.analysis.regions import share

    return share(regions, size)


def _opposes(declaration: _Declaration) -> bool:
    """Whether a declaration contradicts that AI made the whole picture."""
    return declaration.verdict in {"captured", "human"} and declaration.term not in _COMPATIBLE_TERMS


def _without_superseded(declarations: list[_Declaration]) -> list[_Declaration]:
    """Without what a parent was before a nearer manifest says that AI made or changed it."""
    ai = min(
        (d.depth for d in declarations if d.depth is not None and d.verdict in {"generated", "edited"}),
        default=None,
    )
    if ai is None:
        return declarations
    return [d for d in declarations if not (d.depth is not None and d.depth > ai and _opposes(d))]


def _from_actions(c2pa: C2paReading) -> Iterator[_Declaration]:
    counts = c2pa.state in {"trusted", "valid"}
    public = c2pa.state == "trusted" and c2pa.trust_list in PUBLIC_LISTS
    said = False
    for action in c2pa.actions:
        term = normalise(action.digital_source_type) if action.digital_source_type else None
        agent = action.software_agent if generative(action.software_agent) else None
        verdict = _verdict(action, term, generative_agent=agent is not None)
        if action.digital_source_type is None and agent is None and verdict is None:
            continue
        if not counts and verdict in {"captured", "human"}:
            verdict = None
        if action.depth == 0 and c2pa.product is not None and term in c2pa.product.claimed:
            # The programme lists this product as one that must never claim that.
            verdict = None
        key = action.action if action.relationship is None else f"{action.action} ({action.relationship})"
        value = action.digital_source_type or agent or action.action
        yield _Declaration(
            verdict,
            Evidence("c2pa_action", value, "c2pa", key),
            term,
            *(_names(action.software_agent, c2pa.signer) if verdict in {"generated", "edited"} else (None, None)),
            signed=public and (action.depth == 0 or c2pa.worst_ingredient == "trusted"),
            depth=action.depth,
            regions=action.regions,
        )
        said = said or verdict != "unclear"
    if said and c2pa.claim_version == 1:
        # The rubric is written for v2 claims; the same reading is applied to older ones and said here.
        yield _Declaration(None, Evidence("claim_version", "1", "c2pa", "claim_version"))


def _verdict(action: C2paAction, term: str | None, *, generative_agent: bool) -> Verdict | None:
    """What one action says of the picture that the active manifest describes."""
    if action.relationship == "inputTo":
        return None
    kind = classify(term)
    ai = kind in {SourceClass.GENERATED, SourceClass.EDITED}
    if action.relationship not in {None, "parentOf"}:
        made = generative_agent and action.digital_source_type is None and action.action == "c2pa.created"
        return "edited" if (ai and action.action not in NON_EDITORIAL) or made else None
    if action.action in INCEPTIONS:
        if kind is not None:
            return "unclear" if kind is SourceClass.POSSIBLE else _PLAIN.get(kind)
        made = generative_agent and action.digital_source_type is None and action.action == "c2pa.created"
        return "generated" if made else None
    if action.action in NON_EDITORIAL:
        return None
    if ai or (generative_agent and action.digital_source_type is None):
        return "edited"
    if kind is SourceClass.POSSIBLE or term == "digitalArt":
        return "unclear"
    outside = not action.action.startswith("c2pa.")
    return "unclear" if outside or action.action in UNCLEAR_ACTIONS else None


def _from_properties(properties: Iterable[Property], signer: str | None) -> Iterator[_Declaration]:
    for item in properties:
        name = _name(item.key)
        if name not in _TELLING and item.carrier != "c2pa":
            continue
        for text in _texts(item.value):
            if name in SOURCE_TYPE_NAMES and "/" not in item.key:
                term = normalise(text)
                kind = classify(term)
                verdict = _PLAIN.get(kind) if kind is not None else None
                yield _Declaration(verdict, _evidence("digital_source_type", text, item), term)
            elif name in AI_FIELDS and "/" not in item.key:
                claim = AI_FIELDS[name]
                generator, model = _names(text) if claim == "ai_system" else (None, None)
                evidence = _evidence(claim, text, item)
                yield _Declaration("generated", evidence, generator=generator, model=model, stated=False)
            elif item.carrier == "c2pa" and marks_ai(item.key):
                generator, model = _names(text, signer)
                evidence = _evidence("c2pa_assertion", text, item)
                yield _Declaration("generated", evidence, generator=generator, model=model, stated=False)
            elif name in AIGC_KEYS and (said := _aigc(text)) is not None:
                sure = said == "generated"
                yield _Declaration(
                    "generated" if sure else None, _evidence("aigc_label", text, item), stated=False
                )


@lru_cache(maxsize=4_096)
def _name(key: str) -> str:
    """A key's last part in lower case; a batch of pictures has the same few hundred keys over and over."""
    return key.rpartition(":")[2].casefold()


def _aigc(text: str) -> str | None:
    """What a GB 45438-2025 label says; None when the text is no such label."""
    if len(text) > MAX_AIGC or not text.lstrip().startswith("{"):
        return None
    import json

    try:
        label = json.loads(text.strip("\0 \t\r\n"))
    except (ValueError, RecursionError):
        return None
    if isinstance(label, dict) and isinstance(label.get("AIGC"), dict):
        label = label["AIGC"]
    if not isinstance(label, dict) or not ({"ContentProducer", "ProduceID", "ContentPropagator"} & set(label)):
        return None
    return AIGC_LABELS.get(str(label.get("Label")).strip())


def _from_generations(generations: Iterable[Generation]) -> Iterator[_Declaration]:
    for generation in generations:
        if generation.generator:
            evidence = Evidence("generator", generation.generator, generation.carrier, generation.key)
            from creditline.vocab.generators import credit_mark

            mark = credit_mark(generation.raw)
            # "Edited with …" says how much of the picture; a record of settings only says what ran.
            partly = mark is not None and mark.extent == "edited"
            yield _Declaration(
                "edited" if partly else "generated", evidence, generator=generation.generator, stated=partly
            )
        if generation.unresolved:
            yield _Declaration(
                None, Evidence("unresolved", generation.unresolved, generation.carrier, generation.key)
            )


def _evidence(claim: str, value: str, item: Property) -> Evidence:
    return Evidence(claim, value, item.carrier, item.key)


def _texts(value: Value) -> list[str]:
    texts = [value] if isinstance(value, str) else list(value.values() if isinstance(value, dict) else value)
    return [text for text in texts if text.strip()]


_DECIDES: dict[str, tuple[Verdict, ...]] = {
    "ai-generated": ("generated",),
    "ai-edited": ("edited",),
    "camera-captured": ("captured",),
    "human-made": ("human",),
    "conflicting": ("generated", "edited"),
    "none": (),
}


def _term(label: str, declarations: list[_Declaration]) -> str | None:
    """The source type behind the label; without a label, whichever the picture itself declares first."""
    wanted = _DECIDES[label]
    nearest = sorted(declarations, key=lambda d: d.depth or 0)
    return next((d.term for d in nearest if d.term and (not wanted or d.verdict in wanted)), None)


def _generators(declarations: list[_Declaration], c2pa: C2paReading) -> tuple[str, ...]:
    """Programs that are said to have made or changed the picture by AI, each once.

    The program that wrote a claim is not one of them; where a manifest says AI and names no agent, its signer is
    given, if a public list knows it.
    """
    names = [d.generator for d in declarations if d.generator]
    says_ai = any(d.signed and d.verdict in {"generated", "edited"} for d in declarations)
    if not names and says_ai and c2pa.signer is not None:
        from creditline.vocab.generators import signer_name

        names = [signer_name(c2pa.signer)]
    return tuple({name.casefold(): name for name in reversed(names)}.values())[::-1]


def _names(agent: str | None, signer: str | None = None) -> tuple[str | None, str | None]:
    """The generator behind an agent's name, and that name where it is a model's."""
    if agent is None:
        return None, None
    from creditline.vocab.generators import generator_name, model_name

    return generator_name(agent, signer), model_name(agent, signer)


def _models(declarations: list[_Declaration], generations: Iterable[Generation]) -> tuple[str, ...]:
    named = [d.model for d in declarations if d.model]
    return tuple(dict.fromkeys([*(model for g in generations for model in g.models), *named]))


def _prompt(declarations: list[_Declaration]) -> str | None:
    return next((d.evidence.value for d in declarations if d.evidence.claim == "prompt"), None)
