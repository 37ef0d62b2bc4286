"""IPTC NewsCodes `digitalsourcetype` and its C2PA additions, as data: what a declared source type means.

State of the vocabulary: 2024-09-17. Absence of a declaration means unknown, never "not AI".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

IPTC_URI = "http://cv.iptc.org/newscodes/digitalsourcetype/"
C2PA_URI = "http://c2pa.org/digitalsourcetype/"
SCHEMA_ORG_SUFFIX = "DigitalSource"

MAX_VALUE = 2048
"""Longer than any address that names a term; what is longer names none."""


class SourceClass(StrEnum):
    """What a term says about AI."""

    GENERATED = "generated"
    EDITED = "edited"
    POSSIBLE = "possible"
    ALGORITHMIC = "algorithmic"
    CAPTURED = "captured"
    DIGITISED = "digitised"
    HUMAN = "human"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SourceType:
    """One term; `standard` is False for a term that files carry and no vocabulary has."""

    term: str
    kind: SourceClass
    label: str
    base: str = IPTC_URI
    standard: bool = True

    @property
    def uri(self) -> str:
        """The term's address, as it is written."""
        return self.base + self.term


_G, _E, _P = SourceClass.GENERATED, SourceClass.EDITED, SourceClass.POSSIBLE
_A, _C, _D = SourceClass.ALGORITHMIC, SourceClass.CAPTURED, SourceClass.DIGITISED
_H, _O = SourceClass.HUMAN, SourceClass.OTHER

SOURCE_TYPES = (
    SourceType("trainedAlgorithmicMedia", _G, "Made by a generative AI model"),
    SourceType("compositeWithTrainedAlgorithmicMedia", _E, "Edited with generative AI"),
    SourceType("compositeSynthetic", _E, "Composite with AI-generated elements"),
    SourceType("composite", _P, "Composite of elements"),
    SourceType("virtualRecording", _P, "Recording of a virtual event"),
    SourceType("screenCapture", _P, "Screenshot"),
    SourceType("algorithmicallyEnhanced", _A, "Enhanced by an algorithm"),
    SourceType("algorithmicMedia", _A, "Made by an algorithm without training data"),
    SourceType("dataDrivenMedia", _O, "Visualisation of data"),
    SourceType("digitalCapture", _C, "Captured by a camera"),
    SourceType("computationalCapture", _C, "Captured by a camera from several frames"),
    SourceType("compositeCapture", _C, "Composite of captures"),
    SourceType("negativeFilm", _D, "Digitised from a negative"),
    SourceType("positiveFilm", _D, "Digitised from a slide"),
    SourceType("print", _D, "Digitised from a print"),
    SourceType("humanEdits", _H, "Edited by a person"),
    SourceType("minorHumanEdits", _H, "Lightly edited by a person"),
    SourceType("digitalCreation", _H, "Made by a person with digital tools"),
    SourceType("digitalArt", _H, "Digital art"),
    SourceType("softwareImage", _O, "Made by software"),
    SourceType("empty", _O, "Started from a blank canvas", C2PA_URI),
    SourceType("trainedAlgorithmicData", _G, "Output of a generative AI model", C2PA_URI),
    # Found in the field in place of a standard term; its name leaves no doubt about its meaning.
    SourceType("compositeIncludingSyntheticElements", _E, "Composite with synthetic elements", standard=False),
)
"""Every term that is understood, retired ones included."""

GENERATIVE_AGENTS = (
    r"(?i)firefly|gpt-image|dall[-·.]?e\b|imagen\b|nano banana|\bflux\b|midjourney|stable ?diffusion"
)
"""Software agents that are generative models; some early manifests name them and give no source type."""

_AI_ASSERTION = r"(?i)generative[-_.]ai|ai[-_.]generated|ai[-_.]disclosure"

_BY_NAME: Mapping[str, SourceType] = {t.term.casefold(): t for t in SOURCE_TYPES}
_SEPARATOR = re.compile(r"[/:#]")


def normalise(raw: str) -> str | None:
    """The term that a declared value names, in its standard spelling; None when it names none.

    Accepts `http` and `https` addresses, a trailing slash, QCodes (`digsrctype:…`), bare terms, any letter case,
    C2PA's old `c2pa.` prefix and schema.org's `…DigitalSource` names.
    """
    if len(raw) > MAX_VALUE:
        return None
    name = _SEPARATOR.split(raw.strip().rstrip("/"))[-1].casefold().removeprefix("c2pa.")
    found = _BY_NAME.get(name) or _BY_NAME.get(name.removesuffix(SCHEMA_ORG_SUFFIX.casefold()))
    return found.term if found is not None else None


def lookup(term: str) -> SourceType | None:
    """The entry of a term in its standard spelling."""
    return _BY_NAME.get(term.casefold())


def classify(term: str | None) -> SourceClass | None:
    """What a term says about AI; None for a term that is not understood."""
    found = lookup(term) if term is not None else None
    return found.kind if found is not None else None


def marks_ai(label: str) -> bool:
    """Whether a C2PA assertion's label marks AI content (`com.adobe.generative-ai`, `c2pa.ai-disclosure`, …)."""
    return re.search(_AI_ASSERTION, label) is not None


def generative(agent: str | None) -> bool:
    """Whether a software agent's name is that of a generative model."""
    return agent is not None and re.search(GENERATIVE_AGENTS, agent) is not None
