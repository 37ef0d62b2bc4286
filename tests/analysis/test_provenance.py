"""One AI label from many declarations."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from creditline.analysis.provenance import judge
from creditline.model.reading import (
    C2paAction,
    C2paProduct,
    C2paReading,
    Evidence,
    Generation,
    Property,
    Region,
)

BASE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
NONE = C2paReading(state="none")
DST = "Iptc4xmpExt:DigitalSourceType"

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
ABSENT = "shared/corpus is absent (it is given to the team only): corpus tests not run"


def xmp(term: str, key: str = DST) -> Property:
    """A declaration in XMP."""
    return Property("xmp", key, BASE + term)


def action(name: str, term: str | None = None, **more: Any) -> C2paAction:
    """A C2PA action; a bare name means the `c2pa.` one."""
    full = name if "." in name else f"c2pa.{name}"
    agent = more.pop("agent", None)
    return C2paAction(full, BASE + term if term else None, agent, **more)


def manifest(*actions: C2paAction, **more: Any) -> C2paReading:
    """A manifest by a signer on the official list, unless said otherwise."""
    values = {"state": "trusted", "trust_list": "c2pa", "claim_version": 2, "signer": "Maker"} | more
    return C2paReading(actions=actions, **values)


PARENT = {"depth": 1, "relationship": "parentOf"}
COMPONENT = {"depth": 1, "relationship": "componentOf"}
INPUT = {"depth": 1, "relationship": "inputTo"}
COMFY = Generation(
    "ComfyUI", models=("m.safetensors",), prompt="p", negative_prompt="n", seed="42", key="workflow"
)


def test_nothing_declared() -> None:
    """Silence is no label, and never one of a person."""
    ai = judge((), (), NONE)

    assert ("none", None, ()) == (ai.label, ai.digital_source_type, ai.evidence)


@pytest.mark.parametrize(
    ("term", "label"),
    [
        ("trainedAlgorithmicMedia", "ai-generated"),
        ("compositeWithTrainedAlgorithmicMedia", "ai-edited"),
        ("compositeSynthetic", "ai-edited"),
        ("digitalCapture", "none"),
        ("algorithmicallyEnhanced", "none"),
        ("algorithmicMedia", "none"),
        ("composite", "none"),
        ("screenCapture", "none"),
        ("digitalCreation", "human-made"),
        ("humanEdits", "human-made"),
        ("negativeFilm", "human-made"),
        ("nonsense", "none"),
    ],
)
def test_source_type_in_xmp(term: str, label: str) -> None:
    """Each term gives its label and stands as evidence; an unsigned capture gives none."""
    ai = judge((xmp(term),), (), NONE)

    assert label == ai.label
    assert (Evidence("digital_source_type", BASE + term, "xmp", DST),) == ai.evidence
    assert (None if term == "nonsense" else term) == ai.digital_source_type


@pytest.mark.parametrize("key", ["Iptc4xmpExt:DigitalSourcefileType", "Iptc4xmpExt:DigitalSourceFileType"])
def test_legacy_spellings(key: str) -> None:
    """The two older property names are read too."""
    assert "ai-generated" == judge((xmp("trainedAlgorithmicMedia", key),), (), NONE).label


def test_source_type_of_a_depicted_work_is_not_the_pictures() -> None:
    """A source type inside a structure speaks of something else."""
    inner = xmp("trainedAlgorithmicMedia", f"Iptc4xmpExt:ArtworkOrObject/{DST}")

    assert "none" == judge((inner,), (), NONE).label


@pytest.mark.parametrize(
    ("actions", "label"),
    [
        ([action("created", "trainedAlgorithmicMedia")], "ai-generated"),
        ([action("opened", "trainedAlgorithmicMedia")], "ai-generated"),
        ([action("created", "compositeWithTrainedAlgorithmicMedia")], "ai-edited"),
        ([action("created", "digitalCapture"), action("edited", "trainedAlgorithmicMedia")], "ai-edited"),
        ([action("created", "digitalCapture"), action("edited", "compositeSynthetic")], "ai-edited"),
        ([action("created", "digitalCapture"), action("enhanced", "trainedAlgorithmicMedia")], "camera-captured"),
        ([action("created", "computationalCapture"), action("cropped")], "camera-captured"),
        ([action("created", "digitalCapture"), action("edited", "composite")], "none"),
        ([action("created", "digitalCapture"), action("placed")], "none"),
        ([action("created", "digitalCapture"), action("com.vendor.magic")], "none"),
        ([action("created", "digitalCreation")], "human-made"),
        ([action("created", "algorithmicMedia")], "none"),
        ([action("opened"), action("created", "trainedAlgorithmicMedia", **PARENT)], "ai-generated"),
        ([action("opened"), action("edited", "trainedAlgorithmicMedia", **PARENT)], "ai-edited"),
        ([action("placed"), action("created", "trainedAlgorithmicMedia", **COMPONENT)], "ai-edited"),
        ([action("opened"), action("created", "trainedAlgorithmicMedia", **INPUT)], "none"),
        ([action("created", agent="Adobe Firefly")], "ai-generated"),
        ([action("opened"), action("edited", agent="Adobe Firefly")], "ai-edited"),
        ([action("opened"), action("edited", agent="Adobe Photoshop")], "none"),
        ([action("placed"), action("created", agent="gpt-image 2.0", **COMPONENT)], "ai-edited"),
    ],
)
def test_actions_by_the_rubric(actions: list[C2paAction], label: str) -> None:
    """Inceptions say what the picture is, editorial actions what was done; ingredients count by their use."""
    assert label == judge((), (), manifest(*actions)).label


@pytest.mark.parametrize(
    ("more", "label"),
    [
        ({"trust_list": "c2pa"}, "camera-captured"),
        ({"trust_list": "interim"}, "camera-captured"),
        ({"trust_list": "user"}, "none"),
        ({"state": "valid", "trust_list": None}, "none"),
        ({"state": "invalid", "trust_list": None, "tampered": True}, "none"),
    ],
)
def test_capture_needs_a_public_list(more: dict[str, Any], label: str) -> None:
    """A capture is a label only when signed and trusted by a public list; the claim is evidence all the same."""
    ai = judge((), (), manifest(action("created", "digitalCapture"), **more))

    assert label == ai.label
    assert (Evidence("c2pa_action", f"{BASE}digitalCapture", "c2pa", "c2pa.created"),) == ai.evidence


def test_capture_in_a_parent() -> None:
    """A parent's capture counts only when every link of the chain is trusted."""
    actions = (action("opened"), action("created", "digitalCapture", **PARENT))

    assert "camera-captured" == judge((), (), manifest(*actions, worst_ingredient="trusted")).label
    assert "none" == judge((), (), manifest(*actions, worst_ingredient="invalid")).label
    assert "none" == judge((), (), manifest(*actions)).label


def test_invalid_signature_still_declares_ai() -> None:
    """A broken manifest is no proof of a person's work, but what it says of AI stands as a declaration."""
    broken = {"state": "invalid", "trust_list": None}

    assert "ai-generated" == judge((), (), manifest(action("created", "trainedAlgorithmicMedia"), **broken)).label
    assert "none" == judge((), (), manifest(action("created", "digitalCreation"), **broken)).label
    assert (
        "ai-generated"
        == judge(
            (xmp("trainedAlgorithmicMedia"),), (), manifest(action("created", "digitalCapture"), **broken)
        ).label
    )


@pytest.mark.parametrize(
    ("properties", "generations", "c2pa"),
    [
        ((), (COMFY,), manifest(action("created", "digitalCapture"))),
        ((xmp("trainedAlgorithmicMedia"),), (), manifest(action("created", "digitalCapture"))),
        ((xmp("digitalCapture"),), (COMFY,), NONE),
        ((xmp("digitalCreation"), Property("png_text", DST, "trainedAlgorithmicMedia")), (), NONE),
        ((xmp("print"),), (), manifest(action("created", "trainedAlgorithmicMedia"))),
    ],
)
def test_conflicts_are_shown(
    properties: tuple[Property, ...], generations: tuple[Generation, ...], c2pa: C2paReading
) -> None:
    """AI against a capture or a person's work is conflicting, and both sides are evidence."""
    ai = judge(properties, generations, c2pa)

    assert "conflicting" == ai.label
    assert len(ai.evidence) >= 2


@pytest.mark.parametrize(
    ("properties", "generations", "c2pa", "label"),
    [
        # A capture that AI then changed in part: the two go together.
        ((xmp("digitalCapture"),), (), manifest(action("edited", "trainedAlgorithmicMedia")), "ai-edited"),
        # The careful word for a part outweighs a generator's record, which cannot tell part from whole.
        ((xmp("compositeWithTrainedAlgorithmicMedia"),), (COMFY,), NONE, "ai-edited"),
        # A person's hand goes with any origin.
        ((xmp("trainedAlgorithmicMedia"), xmp("humanEdits")), (), NONE, "ai-generated"),
        # What the parent was before AI made something of it.
        (
            (),
            (),
            manifest(action("created", "trainedAlgorithmicMedia"), action("created", "digitalCapture", **PARENT)),
            "ai-generated",
        ),
        ((), (COMFY,), NONE, "ai-generated"),
    ],
)
def test_no_conflict(
    properties: tuple[Property, ...], generations: tuple[Generation, ...], c2pa: C2paReading, label: str
) -> None:
    """Declarations that can both be true are no conflict."""
    assert label == judge(properties, generations, c2pa).label


def test_the_generators_record() -> None:
    """Models, prompts and seed come from the generators' own records, evidence names where."""
    ai = judge((), (COMFY, Generation("ComfyUI", models=("m.safetensors", "lora"))), NONE)

    assert ("ComfyUI",) == ai.generators
    assert ("m.safetensors", "lora") == ai.models
    assert ("p", "n", "42") == (ai.prompt, ai.negative_prompt, ai.seed)
    assert ai.share is None
    assert Evidence("generator", "ComfyUI", "", "workflow") in ai.evidence


def test_a_record_that_cannot_be_resolved_says_so() -> None:
    """The reason stands among the evidence and changes no label."""
    open_end = Generation("ComfyUI", carrier="png_text", key="workflow", unresolved="No sampler.")
    ai = judge((), (open_end,), NONE)

    assert Evidence("unresolved", "No sampler.", "png_text", "workflow") in ai.evidence
    assert "ai-generated" == ai.label


def test_stamped_credit_lines() -> None:
    """A service's stamp says whether it made or edited the picture; a source type outweighs it."""
    edited = Generation("Google AI", raw="Edited with Google AI", carrier="xmp")
    made = Generation("Google AI", raw="Made with Google AI", carrier="xmp")

    assert "ai-edited" == judge((), (edited,), NONE).label
    assert "ai-generated" == judge((), (made,), NONE).label
    assert "ai-generated" == judge((xmp("trainedAlgorithmicMedia"),), (edited,), NONE).label


def test_iptc_ai_fields() -> None:
    """The fields of IPTC 2025.1 are declarations of their own."""
    prefix = "Iptc4xmpExt:AI"
    ai = judge(
        (
            Property("xmp", f"{prefix}SystemUsed", "Model X"),
            Property("xmp", f"{prefix}SystemVersionUsed", "2"),
            Property("xmp", f"{prefix}PromptInformation", "a harbour"),
            Property("xmp", f"{prefix}PromptWriterName", "Ann"),
        ),
        (),
        NONE,
    )

    assert ("ai-generated", ("Model X",), "a harbour") == (ai.label, ai.generators, ai.prompt)
    assert ["ai_system", "ai_system_version", "prompt", "prompt_writer"] == [e.claim for e in ai.evidence]


@pytest.mark.parametrize(
    ("carrier", "key", "value", "label"),
    [
        ("xmp", "TC260:AIGC", {"Label": "1", "ContentProducer": "x"}, "ai-generated"),
        ("exif", "ExifIFD:UserComment", {"AIGC": {"Label": 1, "ProduceID": "x"}}, "ai-generated"),
        ("png_text", "AIGC", {"Label": "2", "ContentProducer": "x"}, "none"),
        ("png_text", "AIGC", {"Label": "3", "ContentProducer": "x"}, "none"),
    ],
)
def test_chinese_label(carrier: str, key: str, value: dict[str, Any], label: str) -> None:
    """Label 1 says generated; 2 and 3 say maybe, which is evidence and no label."""
    text = json.dumps(value)

    ai = judge((Property(carrier, key, text),), (), NONE)

    assert label == ai.label
    assert (Evidence("aigc_label", text, carrier, key),) == ai.evidence


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[" * 50_000,
        "{" * 50_000,
        '{"Label": "1"}',
        '{"AIGC": 1}',
        '{"prompt": "x"}',
        "{" + " " * 100_000,
        "1",
    ],
)
def test_what_is_no_label(text: str) -> None:
    """Broken, huge or other JSON declares nothing and costs no time."""
    start = time.monotonic()

    ai = judge((Property("exif", "ExifIFD:UserComment", text),), (), NONE)

    assert ("none", ()) == (ai.label, ai.evidence)
    assert time.monotonic() - start < 2


def test_marks_without_a_source_type() -> None:
    """An assertion that marks AI content is a declaration by its label; the same key elsewhere is not."""
    mark = Property("c2pa", "com.adobe.generative-ai", "Adobe Firefly 1.0.0")
    ai = judge((mark,), (), manifest(action("created")))

    assert ("ai-generated", ("Adobe Firefly",)) == (ai.label, ai.generators)
    assert ("Adobe Firefly 1.0.0",) == ai.models
    assert "none" == judge((Property("xmp", "x:generative-ai", "y"),), (), NONE).label


def test_agents_and_signers() -> None:
    """An agent is named before the signer; the signer only where a public list knows it."""
    made = action("created", "trainedAlgorithmicMedia")

    assert ("Model",) == judge(
        (), (), manifest(action("created", "trainedAlgorithmicMedia", agent="Model"))
    ).generators
    assert ("Maker",) == judge((), (), manifest(made)).generators
    assert ("Google AI",) == judge((), (), manifest(made, signer="Google LLC")).generators
    assert () == judge((), (), manifest(made, state="valid", trust_list=None)).generators
    assert () == judge((), (), manifest(made, trust_list="user")).generators


def test_agents_have_one_name() -> None:
    """However a manifest spells them, agents are one generator; the numbered spelling is a model."""
    spelled = [
        action("created", "trainedAlgorithmicMedia", agent=a) for a in ("gpt-image 2.0", "DALL·E", "ChatGPT")
    ]
    ai = judge((), (), manifest(*spelled))
    samsung = manifest(action("edited", "trainedAlgorithmicMedia", agent="Photo assist"), signer="Samsung Galaxy")

    assert (("OpenAI",), ("gpt-image 2.0",)) == (ai.generators, ai.models)
    assert ("Samsung Galaxy AI",) == judge((), (), samsung).generators


def test_old_claims_say_so() -> None:
    """A reading of a v1 claim names its version; without a declaration it says nothing."""
    old = manifest(action("created", "trainedAlgorithmicMedia"), claim_version=1)

    assert Evidence("claim_version", "1", "c2pa", "claim_version") in judge((), (), old).evidence
    assert () == judge((), (), manifest(action("opened"), action("placed"), claim_version=1)).evidence


def test_source_type_behind_the_label() -> None:
    """Of several source types the one that the label rests on is given."""
    chain = manifest(
        action("edited", "compositeWithTrainedAlgorithmicMedia"),
        action("created", "trainedAlgorithmicMedia", **PARENT),
    )

    ai = judge((), (), chain)

    assert ("ai-generated", "trainedAlgorithmicMedia") == (ai.label, ai.digital_source_type)


@pytest.mark.parametrize(
    "value", [[], {}, [""], {"x-default": ""}, "__proto__", ["__proto__"], {"__proto__": "x"}]
)
def test_odd_values(value: Any) -> None:
    """Lists, alternatives and names that mean something elsewhere are plain values."""
    ai = judge((Property("xmp", DST, value), Property("__proto__", "__proto__", value)), (), NONE)

    assert "none" == ai.label


@pytest.mark.skipif(not (CORPUS / "MANIFEST.json").is_file(), reason=ABSENT)
@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("c2pa-js-legacy__composite-dst.jpg", "ai-edited"),
        ("c2pa-js-legacy__firefly-1.jpg", "ai-generated"),
        ("c2pa-js-legacy__genai-actions-v2.jpg", "ai-generated"),
        ("remove-ai-watermarks__flux-1.jpg", "ai-generated"),
        ("remove-ai-watermarks__samsung_black_1.png", "ai-edited"),
        ("sd-metadata__gemini_3.1pro.png", "ai-generated"),
    ],
)
def test_corpus_manifests(name: str, label: str) -> None:
    """Real manifests of AI pictures give the label that their makers declare."""
    from creditline.metadata import c2pa_store

    path = CORPUS / "ai-generators" / name
    c2pa = c2pa_store.read(path.read_bytes(), "png" if path.suffix == ".png" else "jpeg")

    assert label == judge(c2pa.properties, (), c2pa).label


HALF = (Region("rectangle", "percent", 0, 0, 50, 100),)
TENTH = (Region("rectangle", "percent", 0, 0, 10, 100),)
PART = "compositeWithTrainedAlgorithmicMedia"


@pytest.mark.parametrize(
    ("regions", "share", "label"),
    [
        ([TENTH], 0.1, "ai-edited"),
        ([HALF], 0.5, "ai-generated"),
        ([TENTH, TENTH], 0.1, "ai-edited"),
        ([TENTH, HALF], 0.5, "ai-generated"),
        ([TENTH, None], None, "ai-edited"),
        ([None], None, "ai-edited"),
    ],
)
def test_the_declared_share(regions: list[tuple[Region, ...] | None], share: float | None, label: str) -> None:
    """More than a quarter makes it AI-generated; one edit that does not say where leaves the share unknown."""
    edits = [action("edited", PART, regions=where) for where in regions]
    ai = judge((), (), manifest(action("created", "digitalCapture"), *edits), (300, 200))

    assert label == ai.label
    assert (share is None) == (ai.share is None)
    assert share is None or abs(share - (ai.share or 0)) < 0.01


def test_pixels_of_an_earlier_picture_have_no_share() -> None:
    """Percentages of a parent still count; its pixels are of a picture whose size is not known."""
    pixels = (Region("rectangle", "pixel", 0, 0, 300, 200),)

    for where, label in ((pixels, "ai-edited"), (HALF, "ai-generated")):
        ai = judge((), (), manifest(action("edited", PART, regions=where, **PARENT)), (300, 200))

        assert label == ai.label


def test_a_product_that_must_not_claim_a_capture() -> None:
    """The claim of a product that the programme forbids it gives no label; another product's does."""
    made = manifest(action("created", "digitalCapture"))
    forbidden = C2paProduct("Editor", "Maker", 1, ("digitalCapture",), claimed=("digitalCapture",))

    assert "camera-captured" == judge((), (), made).label
    assert "none" == judge((), (), replace(made, product=forbidden)).label
