"""The conformance programme's signals, row by row: what each makes of the label, and that it stands as evidence."""

from __future__ import annotations

from typing import Any

import pytest

from creditline.analysis.provenance import NON_EDITORIAL, judge
from creditline.model.reading import Ai, C2paAction, C2paReading

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
EMPTY = "http://c2pa.org/digitalsourcetype/empty"
TRAINED_DATA = "http://c2pa.org/digitalsourcetype/trainedAlgorithmicData"
INCEPTIONS = ("c2pa.created", "c2pa.opened")
PARENT = {"depth": 1, "relationship": "parentOf"}
COMPONENT = {"depth": 1, "relationship": "componentOf"}


def did(name: str, source_type: str | None = None, **more: Any) -> C2paAction:
    """An action; a bare source type is one of the IPTC's."""
    full = source_type if source_type is None or ":" in source_type else IPTC + source_type
    return C2paAction(name, full, None, **more)


def said(*actions: C2paAction, **more: Any) -> Ai:
    """What a manifest with these actions says, signed by somebody on the official list unless told otherwise."""
    values = {"state": "trusted", "trust_list": "c2pa", "claim_version": 2} | more
    return judge((), (), C2paReading(actions=actions, **values))


def stated(ai: Ai) -> list[tuple[str, str]]:
    """The evidence: what was declared, and in which action."""
    return [(item.value, item.key) for item in ai.evidence]


@pytest.mark.parametrize("inception", INCEPTIONS)
def test_fully_genai_media(inception: str) -> None:
    """An inception from trained algorithmic media is AI-generated, whoever signed it."""
    for state, trust in (("trusted", "c2pa"), ("valid", None), ("invalid", None)):
        ai = said(did(inception, "trainedAlgorithmicMedia"), state=state, trust_list=trust)

        assert ("ai-generated", "trainedAlgorithmicMedia") == (ai.label, ai.digital_source_type)
        assert [(IPTC + "trainedAlgorithmicMedia", inception)] == stated(ai)


@pytest.mark.parametrize("inception", INCEPTIONS)
def test_partly_genai_creation(inception: str) -> None:
    """An inception as a composite with trained algorithmic media is AI-edited."""
    ai = said(did(inception, "compositeWithTrainedAlgorithmicMedia"))

    assert ("ai-edited", "compositeWithTrainedAlgorithmicMedia") == (ai.label, ai.digital_source_type)
    assert [(IPTC + "compositeWithTrainedAlgorithmicMedia", inception)] == stated(ai)


@pytest.mark.parametrize("inception", INCEPTIONS)
def test_composition_that_may_contain_genai(inception: str) -> None:
    """A composite may contain AI; that is no label, and no capture either."""
    ai = said(did(inception, "composite"))

    assert ("none", "composite") == (ai.label, ai.digital_source_type)
    assert [(IPTC + "composite", inception)] == stated(ai)


@pytest.mark.parametrize("term", ["digitalCapture", "computationalCapture", "compositeCapture"])
def test_captured_media(term: str) -> None:
    """A capture, stitched ones included, is a label only under a public list, and not for the user's own roots."""
    assert "camera-captured" == said(did("c2pa.created", term)).label
    for more in ({"trust_list": "user"}, {"state": "valid", "trust_list": None}, {"state": "invalid"}):
        assert "none" == said(did("c2pa.created", term), **more).label


def test_non_genai_digital_creation() -> None:
    """What a person made with digital tools is said so, as declared."""
    ai = said(did("c2pa.created", "digitalCreation"))

    assert ("human-made", "digitalCreation") == (ai.label, ai.digital_source_type)


def test_screen_capture_may_contain_genai() -> None:
    """A screenshot shows anything: no label, and a capture of a camera it is not."""
    assert "none" == said(did("c2pa.created", "screenCapture")).label


def test_blank_canvas() -> None:
    """An empty canvas says nothing of what was put on it."""
    ai = said(did("c2pa.created", EMPTY), did("c2pa.drawing"))

    assert ("none", "empty") == (ai.label, ai.digital_source_type)


def test_unknown_provenance() -> None:
    """A parent without a manifest leaves the origin open: opening it says nothing, whatever was edited since."""
    ai = said(did("c2pa.opened"), did("c2pa.color_adjustments"))

    assert ("none", ()) == (ai.label, ai.evidence)


@pytest.mark.parametrize(
    "source_type",
    ["trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "compositeSynthetic", TRAINED_DATA],
)
@pytest.mark.parametrize("first", [did("c2pa.created", "digitalCapture"), did("c2pa.opened"), None])
def test_perceptible_genai_transformation(source_type: str, first: C2paAction | None) -> None:
    """An edit from a generative source makes the picture AI-edited, whatever it was before."""
    edit = did("c2pa.edited", source_type)
    ai = said(*([first] if first else []), edit)

    assert "ai-edited" == ai.label
    assert (edit.digital_source_type, "c2pa.edited") in stated(ai)


@pytest.mark.parametrize("term", ["digitalArt", "composite"])
def test_perceptible_possibly_genai(term: str) -> None:
    """An edit whose source may be AI is no label, but a capture that it was applied to is no longer surely one."""
    assert "none" == said(did("c2pa.created", "digitalCapture"), did("c2pa.edited", term)).label
    assert "none" == said(did("c2pa.edited", term)).label


@pytest.mark.parametrize("action", sorted(NON_EDITORIAL))
def test_non_editorial(action: str) -> None:
    """What changes nothing that is seen changes no label: neither a capture's, nor does it make one of its own."""
    assert "camera-captured" == said(did("c2pa.created", "digitalCapture"), did(action)).label
    assert "none" == said(did(action, "trainedAlgorithmicMedia")).label


@pytest.mark.parametrize("action", ["c2pa.unknown", "com.example.anything"])
def test_ambiguous(action: str) -> None:
    """What an unknown or a foreign action did is not said, so a capture under it is no longer surely one."""
    assert "none" == said(did("c2pa.created", "digitalCapture"), did(action)).label
    assert "ai-generated" == said(did("c2pa.created", "trainedAlgorithmicMedia"), did(action)).label
    assert "none" == said().label


def test_older_manifests_are_read_alike_and_it_is_said() -> None:
    """Claims of version 1 are outside the rubric: the same reading, with the version in the evidence."""
    older = said(did("c2pa.created", "trainedAlgorithmicMedia"), claim_version=1)

    assert "ai-generated" == older.label
    assert ("1", "claim_version") in stated(older)
    assert ("1", "claim_version") not in stated(said(did("c2pa.created", "trainedAlgorithmicMedia")))


def test_an_edit_of_a_fully_genai_parent() -> None:
    """What was made by AI stays so when somebody edits it."""
    ai = said(did("c2pa.opened"), did("c2pa.cropped"), did("c2pa.created", "trainedAlgorithmicMedia", **PARENT))

    assert "ai-generated" == ai.label
    assert (IPTC + "trainedAlgorithmicMedia", "c2pa.created (parentOf)") in stated(ai)


def test_a_genai_component() -> None:
    """AI that was placed into a picture makes that picture AI-edited."""
    ai = said(did("c2pa.created"), did("c2pa.placed"), did("c2pa.created", "trainedAlgorithmicMedia", **COMPONENT))

    assert "ai-edited" == ai.label
    assert (IPTC + "trainedAlgorithmicMedia", "c2pa.created (componentOf)") in stated(ai)
