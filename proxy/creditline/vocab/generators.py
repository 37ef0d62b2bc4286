"""Names of generators and services as data: what manifests, credit lines and labels call them → one name each.

Only names that stand at the beginning of a text count: a sentence about a generator names nobody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

MAX_NAME = 200
"""Characters of a name that is looked up or shown; a longer text is no name."""


@dataclass(frozen=True, slots=True)
class Agent:
    """Programs or models of one service, by how their names begin.

    `models`: a name with a number in it is that of a model. `signer`: the name counts only under a signer whose
    name begins so, as it is too plain to stand alone.
    """

    pattern: str
    generator: str
    models: bool = False
    signer: str = ""


def _agent(pattern: str, generator: str, *, models: bool = False, signer: str = "") -> Agent:
    return Agent(rf"(?i)(?:{pattern})(?![a-z])", generator, models, signer)


AGENTS = (
    _agent(r"adobe[ _]firefly|firefly", "Adobe Firefly", models=True),
    _agent(
        r"azure openai|bing image creator|image creator from|microsoft designer|microsoft bing",
        "Microsoft",
        models=True,
    ),
    _agent(r"gpt-image(?:-\d)?|gpt-4o|dall[-·. ]?e|chatgpt|openai(?:-api)?|sora", "OpenAI", models=True),
    _agent(r"google (?:ai|gemini|imagen)|gemini|imagen|nano banana|veo", "Google AI", models=True),
    _agent(r"black forest labs|flux", "Black Forest Labs FLUX", models=True),
    _agent(r"stability ai|stable ?diffusion|stable image|dreamstudio", "Stability AI", models=True),
    _agent(r"midjourney", "Midjourney", models=True),
    _agent(r"meta ai|imagined with ai", "Meta AI"),
    _agent(r"xai|grok", "xAI Grok", models=True),
    _agent(r"photo assist|galaxy ai|generative edit|sketch to image", "Samsung Galaxy AI", signer="samsung"),
)
"""Asked in this order."""

SIGNERS = (
    ("adobe", "Adobe"),
    ("black forest labs", "Black Forest Labs FLUX"),
    ("google", "Google AI"),
    ("meta platforms", "Meta AI"),
    ("microsoft", "Microsoft"),
    ("openai", "OpenAI"),
    ("samsung", "Samsung Galaxy AI"),
    ("stability ai", "Stability AI"),
    ("xai", "xAI Grok"),
    ("x.ai", "xAI Grok"),
)
"""How a signer's name begins, in lower case → who it is, for a manifest that says AI and names no agent."""


@dataclass(frozen=True, slots=True)
class CreditMark:
    """A credit line that a service stamps on its output, and how much of the picture it claims."""

    line: str
    generator: str
    extent: Literal["generated", "edited"] = "generated"


CREDIT_MARKS = (
    CreditMark("Made with Google AI", "Google AI"),
    CreditMark("AI-Generated with Google", "Google AI"),
    CreditMark("Edited with Google AI", "Google AI", "edited"),
    CreditMark("Imagined with AI", "Meta AI"),
)
"""Whole credit lines, whatever the letter case."""

AIGC_PRODUCERS = {"91110102MACQD9K640": "Doubao (ByteDance)"}
"""Producers under China's GB 45438-2025 by registered number, which their codes hold behind `0011`."""

_AIGC_CODE = r"0011([0-9A-Z]{18})\d{5}"


def find_agent(name: str, signer: str | None = None) -> Agent | None:
    """The entry that an agent's name begins with; `signer` is who signed the manifest that names it."""
    text = name.strip()
    if len(text) > MAX_NAME:
        return None
    signed = (signer or "").casefold()
    return next((a for a in AGENTS if re.match(a.pattern, text) and signed.startswith(a.signer)), None)


def generator_name(name: str, signer: str | None = None) -> str:
    """One name for a generator however it is written; a name that is not known stays as it is."""
    found = find_agent(name, signer)
    return found.generator if found is not None else name


def model_name(name: str, signer: str | None = None) -> str | None:
    """The name itself where it is a model's: `gpt-image 2.0`, `Flux.2`; None for a product without a number."""
    found = find_agent(name, signer)
    numbered = any(character.isdigit() for character in name)
    return name.strip() if found is not None and found.models and numbered else None


def signer_name(signer: str) -> str:
    """The service behind a signer's name; a name that is not known stays as it is."""
    return next((name for start, name in SIGNERS if signer.casefold().startswith(start)), signer)


def credit_mark(line: str) -> CreditMark | None:
    """The stamp that a credit line is; None for every other line."""
    text = line.strip(" \t\r\n\0").casefold()
    return next((mark for mark in CREDIT_MARKS if mark.line.casefold() == text), None)


def aigc_producer(code: str) -> str:
    """Who a producer's code stands for; a name, or a code that is not known, stays as it is."""
    match = re.fullmatch(_AIGC_CODE, code)
    return AIGC_PRODUCERS.get(match[1], code) if match else code[:MAX_NAME]
