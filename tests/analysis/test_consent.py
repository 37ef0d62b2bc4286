"""Consent to AI training, as the picture states it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from creditline.analysis.consent import consent
from creditline.model.reading import C2paReading, Evidence, Property

NONE = C2paReading(state="none")
PLUS = "http://ns.useplus.org/ldf/vocab/"


def mining(code: str, carrier: str = "xmp") -> Property:
    """A PLUS statement."""
    return Property(carrier, "plus:DataMining", PLUS + code)


def entries(**uses: str) -> C2paReading:
    """A manifest with training-mining entries."""
    return C2paReading(state="valid", training=tuple(uses.items()))


def test_silence_is_no_consent() -> None:
    """A picture that says nothing is unspecified."""
    found = consent((), NONE)

    assert ("unspecified", None, ()) == (found.ai_training, found.until, found.evidence)


@pytest.mark.parametrize(
    ("code", "statement"),
    [
        ("DMI-ALLOWED", "allowed"),
        ("DMI-PROHIBITED", "prohibited"),
        ("DMI-PROHIBITED-GENAIMLTRAINING", "prohibited"),
        ("DMI-PROHIBITED-SEECONSTRAINT", "constrained"),
        ("DMI-UNSPECIFIED", "unspecified"),
    ],
)
def test_plus(code: str, statement: str) -> None:
    """Each PLUS code gives its statement and stands as evidence with its whole value."""
    found = consent((mining(code),), NONE)

    assert statement == found.ai_training
    assert (Evidence("ai_training", PLUS + code, "xmp", "plus:DataMining"),) == found.evidence


@pytest.mark.parametrize(
    ("uses", "statement"),
    [
        ({"ai_training": "notAllowed"}, "prohibited"),
        ({"ai_generative_training": "notAllowed", "data_mining": "allowed"}, "prohibited"),
        ({"data_mining": "constrained"}, "constrained"),
        ({"ai_training": "allowed"}, "allowed"),
        ({"ai_inference": "notAllowed"}, "unspecified"),
        ({"__proto__": "notAllowed"}, "unspecified"),
    ],
)
def test_training_entries(uses: dict[str, str], statement: str) -> None:
    """Entries on training count; one on inference is evidence only."""
    found = consent((), entries(**uses))

    assert statement == found.ai_training
    assert len(uses) == len(found.evidence)


def test_the_strictest_holds_and_all_are_named() -> None:
    """Contradicting statements give the strictest one, with both as evidence."""
    found = consent((mining("DMI-ALLOWED"),), entries(ai_training="notAllowed"))

    assert "prohibited" == found.ai_training
    assert {("xmp", "plus:DataMining"), ("c2pa", "training-mining/ai_training")} == {
        (e.carrier, e.key) for e in found.evidence
    }


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("No AI training without a licence", "constrained"),
        ("Text and data mining by agreement", "constrained"),
        ("Editorial use only", "unspecified"),
        ("Said in Spain", "unspecified"),
    ],
)
def test_constraints_alone(text: str, statement: str) -> None:
    """A constraint on its own says something of training only where it names it."""
    found = consent((Property("xmp", "plus:OtherConstraints", {"x-default": text, "de": text}),), NONE)

    assert statement == found.ai_training
    assert (Evidence("ai_training", text, "xmp", "plus:OtherConstraints"),) == found.evidence


def test_until() -> None:
    """A constraint that ends says when; of several dates the latest, and none that is no date."""
    text = "No AI training until 2030-06-01, AI fine-tuning until 2031-01-01, nor until 2032-13-99"
    found = consent((mining("DMI-PROHIBITED-SEECONSTRAINT"), Property("xmp", "plus:OtherConstraints", text)), NONE)

    assert ("constrained", "2031-01-01") == (found.ai_training, found.until)


def test_constraint_in_a_manifest() -> None:
    """The words of a training-mining constraint are read like any other."""
    key = "training-mining/ai_training/constraint_info"
    found = consent((Property("c2pa", key, "AI training until 2030-01-01"),), entries(ai_training="constrained"))

    assert ("constrained", "2030-01-01") == (found.ai_training, found.until)


@pytest.mark.parametrize("value", [[], {}, "", ["", " "], "until " * 200_000, "x" * 2_000_000, ["__proto__"]])
def test_hostile_values(value: Any) -> None:
    """Empty, huge and odd values end in time."""
    start = time.monotonic()

    consent((Property("xmp", "plus:OtherConstraints", value), Property("xmp", "plus:DataMining", value)), NONE)

    assert time.monotonic() - start < 2


@pytest.mark.parametrize(
    ("properties", "statement"),
    [
        ({"tdm:reservation": "1"}, "prohibited"),
        ({"tdm:reservation": "1", "tdm:policy": "https://example.org/policy.json"}, "constrained"),
        ({"tdm:reservation": "0"}, "allowed"),
        ({"tdm-reservation": " 1 "}, "prohibited"),
        ({"tdm:reservation": "maybe"}, "unspecified"),
        ({"tdm:policy": "https://example.org/policy.json"}, "unspecified"),
        ({"dc:subject": ["sea", "NoAI"]}, "prohibited"),
        ({"2:025": "noimageai"}, "prohibited"),
        ({"Keywords": "sea, noai"}, "prohibited"),
        ({"dc:subject": ["against noai"]}, "unspecified"),
    ],
)
def test_reservations_and_keywords(properties: dict[str, Any], statement: str) -> None:
    """TDMRep's reservation, on terms when a policy goes with it; the word `noai` as a keyword of its own."""
    found = consent(tuple(Property("xmp", key, value) for key, value in properties.items()), NONE)

    assert statement == found.ai_training
    assert ("unspecified" != statement) <= bool(found.evidence)
