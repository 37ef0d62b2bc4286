"""Digital source types: what a declared value means."""

from __future__ import annotations

import pytest

from creditline.vocab.source_types import (
    MAX_VALUE,
    SOURCE_TYPES,
    SourceClass,
    SourceType,
    classify,
    generative,
    lookup,
    marks_ai,
    normalise,
)


@pytest.mark.parametrize(
    "raw",
    [
        "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
        "https://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
        "http://www.cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia/",
        "digsrctype:trainedAlgorithmicMedia",
        "trainedalgorithmicmedia",
        "  TrainedAlgorithmicMedia ",
        "https://schema.org/TrainedAlgorithmicMediaDigitalSource",
    ],
)
def test_every_spelling_in_use(raw: str) -> None:
    """Addresses, QCodes, bare terms and schema.org names mean the same term."""
    assert "trainedAlgorithmicMedia" == normalise(raw)


@pytest.mark.parametrize(
    ("raw", "term"),
    [
        ("http://c2pa.org/digitalsourcetype/empty", "empty"),
        ("c2pa.trainedAlgorithmicData", "trainedAlgorithmicData"),
        ("CompositeIncludingSyntheticElements", "compositeIncludingSyntheticElements"),
        ("http://cv.iptc.org/newscodes/digitalsourcetype/", None),
        ("__proto__", None),
        ("", None),
        ("x" * (MAX_VALUE + 1), None),
    ],
)
def test_rare_and_unknown(raw: str, term: str | None) -> None:
    """C2PA's own terms and one invented in the field are known; anything else is none."""
    assert term == normalise(raw)


@pytest.mark.parametrize("source", SOURCE_TYPES)
def test_terms_round_trip(source: SourceType) -> None:
    """Each term is found by its own address, and says what its class is."""
    assert source == lookup(normalise(source.uri) or "")
    assert source.kind is classify(source.term)
    assert source.label


def test_classes() -> None:
    """Generated, edited and captured are three classes; what is unknown has none."""
    assert SourceClass.GENERATED is classify("trainedAlgorithmicMedia")
    assert SourceClass.EDITED is classify("compositeWithTrainedAlgorithmicMedia")
    assert SourceClass.CAPTURED is classify("computationalCapture")
    assert SourceClass.ALGORITHMIC is classify("algorithmicallyEnhanced")
    assert classify("nothing") is None
    assert classify(None) is None


@pytest.mark.parametrize("label", ["com.adobe.generative-ai", "c2pa.ai_generated_content", "c2pa.ai-disclosure"])
def test_marks(label: str) -> None:
    """Assertions that mark AI content are known by their labels."""
    assert marks_ai(label)


def test_no_marks() -> None:
    """Consent entries and ordinary assertions mark nothing."""
    assert not marks_ai("cawg.training-mining")
    assert not marks_ai("c2pa.actions.v2")


def test_agents() -> None:
    """Generative models are known by name; editors are not such."""
    assert generative("Adobe Firefly")
    assert generative("gpt-image 2.0")
    assert generative("DALL·E 3")
    assert not generative("Adobe Photoshop 26.9.0")
    assert not generative(None)
