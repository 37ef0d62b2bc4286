"""A validated manifest store's report, well-formed or not, turned into values."""

from __future__ import annotations

from typing import Any

import pytest

from creditline.metadata import c2pa_manifest as store
from creditline.model.errors import LimitError
from creditline.model.reading import C2paAction

GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def report(**manifests: dict[str, Any]) -> dict[str, Any]:
    """A report whose active manifest is the first one given."""
    return {"active_manifest": next(iter(manifests)), "manifests": manifests}


def ingredient(label: str, relationship: str = "parentOf", **more: Any) -> dict[str, Any]:
    """An ingredient that has a manifest."""
    return {"active_manifest": label, "relationship": relationship, "label": "c2pa.ingredient.v3", **more}


def acted(*actions: dict[str, Any], label: str = "c2pa.actions.v2", **data: Any) -> dict[str, Any]:
    """A manifest with an actions assertion."""
    return {"assertions": [{"label": label, "data": {"actions": list(actions), **data}}]}


def results(*failures: str, success: tuple[str, ...] = ()) -> dict[str, Any]:
    """Validation results as a signer records them."""
    return {
        "activeManifest": {
            "failure": [{"code": code, "url": f"self#{code}"} for code in failures],
            "success": [{"code": code} for code in success],
        }
    }


def test_walk_names_the_weakest_link() -> None:
    """A parent's parent is a parent; what hangs on a component is a component, on an input an input."""
    chain = report(
        a={"ingredients": [ingredient("b"), ingredient("c", "componentOf"), ingredient("d", "inputTo")]},
        b={"ingredients": [ingredient("e")]},
        c={"ingredients": [ingredient("f")]},
        d={"ingredients": [ingredient("g")]},
        e={},
        f={},
        g={},
    )

    met = {v.label: (v.depth, v.relationship) for v in store.walk(chain)}

    assert {
        "a": (0, None),
        "b": (1, "parentOf"),
        "c": (1, "componentOf"),
        "d": (1, "inputTo"),
        "e": (2, "parentOf"),
        "f": (2, "componentOf"),
        "g": (2, "inputTo"),
    } == met


def test_cycles_end() -> None:
    """Manifests that name each other, or themselves, are met once per relationship."""
    ring = report(
        a={"ingredients": [ingredient("a"), ingredient("b"), ingredient("b", "componentOf")]},
        b={"ingredients": [ingredient("a"), ingredient("a", "inputTo")]},
    )

    visits = store.walk(ring)

    assert len(visits) <= 8
    assert {"a", "b"} == {v.label for v in visits}


def test_long_chains_are_refused() -> None:
    """A store of more manifests than the cap is past a limit, not half read."""
    labels = [f"m{n}" for n in range(store.MAX_MANIFESTS + 2)]
    chain = report(
        **{a: {"ingredients": [ingredient(b)]} for a, b in zip(labels, [*labels[1:], "none"], strict=True)}
    )

    with pytest.raises(LimitError):
        store.walk(chain)


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"active_manifest": "x", "manifests": {}},
        {"active_manifest": "x", "manifests": None},
        {"active_manifest": ["x"], "manifests": {"x": {}}},
        {"active_manifest": "x", "manifests": {"x": "text"}},
        {"active_manifest": "__proto__", "manifests": {"__proto__": {"ingredients": {"__proto__": 1}}}},
        {"active_manifest": "x", "manifests": {"x": {"ingredients": [None, 3, {"active_manifest": 4}]}}},
        {
            "active_manifest": "x",
            "manifests": {"x": {"assertions": [None, {"label": 1}, {"label": "c2pa.actions"}]}},
        },
        {"active_manifest": "x", "manifests": {"x": acted({"action": None}, {"digitalSourceType": 7})}},
        {"validation_results": [], "validation_status": {"code": 1}},
        {"validation_results": {"activeManifest": None, "ingredientDeltas": [None, {"validationDeltas": 3}]}},
    ],
)
def test_malformed_reports_are_read(odd: dict[str, Any]) -> None:
    """Keys that are missing, null or of another type never raise."""
    visits = store.walk(odd)

    assert () == store.actions(visits)
    assert () == store.training(visits)
    assert () == store.problems(odd, visits)
    assert store.worst_ingredient(odd, visits) is None
    assert not store.tampered(odd)


def test_actions_keep_agent_and_place() -> None:
    """An agent may be a text, an object or an index; actions of a parent say how they were reached."""
    chain = report(
        a={
            **acted(
                {"action": "c2pa.opened", "softwareAgentIndex": 0},
                {"action": "c2pa.edited", "softwareAgent": {"name": "Photo assist"}},
                softwareAgents=[{"name": "Editor", "version": "2"}],
            ),
            "ingredients": [ingredient("b")],
        },
        b=acted(
            {"action": "c2pa.created", "digitalSourceType": GENERATED, "softwareAgent": "Model"},
            label="c2pa.actions",
        ),
    )

    actions = store.actions(store.walk(chain))

    assert (
        C2paAction("c2pa.opened", None, "Editor 2"),
        C2paAction("c2pa.edited", None, "Photo assist"),
        C2paAction("c2pa.created", GENERATED, "Model", 1, "parentOf"),
    ) == actions


def test_too_many_actions() -> None:
    """More actions than any session makes are past a limit."""
    flood = report(a=acted(*[{"action": "c2pa.edited"}] * (store.MAX_ACTIONS + 1)))

    with pytest.raises(LimitError):
        store.actions(store.walk(flood))


@pytest.mark.parametrize("label", ["cawg.training-mining", "c2pa.training-mining", "c2pa.training-mining__1"])
@pytest.mark.parametrize("nested", [True, False])
def test_training_in_every_spelling(label: str, nested: bool) -> None:
    """Both labels and prefixes are read, with and without the `entries` level."""
    prefix = label[:4]
    entries = {
        f"{prefix}.ai_training": {"use": "notAllowed"},
        f"{prefix}.data_mining": {"use": "constrained", "constraints_info": "ask"},
        f"{prefix}.ai_inference": {"use": "constrained"},
        "__proto__": {"use": 3},
    }
    data = {"entries": entries} if nested else entries
    chain = report(a={"assertions": [{"label": label, "data": data}]})

    visits = store.walk(chain)

    assert (
        ("ai_inference", "notAllowed"),
        ("ai_training", "notAllowed"),
        ("data_mining", "constrained"),
    ) == store.training(visits)
    assert [("data_mining", "ask")] == list(store.constraints(visits[0]))


def test_training_of_the_nearest_manifest() -> None:
    """A parent's statement stands until a nearer manifest makes one; a component's never does."""
    said = {"assertions": [{"label": "cawg.training-mining", "data": {"cawg.ai_training": {"use": "notAllowed"}}}]}
    parent = report(a={"ingredients": [ingredient("b")]}, b=said)
    component = report(a={"ingredients": [ingredient("b", "componentOf")]}, b=said)

    assert (("ai_training", "notAllowed"),) == store.training(store.walk(parent))
    assert () == store.training(store.walk(component))


@pytest.mark.parametrize(
    ("manifest", "generator"),
    [
        ({"claim_generator_info": [{"name": "App", "version": "1"}], "claim_generator": "x"}, "App 1"),
        ({"claim_generator_info": None, "claim_generator": "App/1 lib/2"}, "App/1 lib/2"),
        ({"claim_generator_info": []}, None),
        ({"claim_generator_info": [{"version": "1"}]}, None),
        ({}, None),
    ],
)
def test_claim_generator(manifest: dict[str, Any], generator: str | None) -> None:
    """The v2 list is preferred, the v1 text used without it; null, empty and absent are all none."""
    assert generator == store.claim_generator(manifest)


@pytest.mark.parametrize(
    ("link", "deltas", "state"),
    [
        ({"validation_results": results(success=(store.TRUSTED,))}, [], "trusted"),
        ({"validation_results": results(success=(store.TRUSTED,))}, [store.UNTRUSTED], "valid"),
        ({"validation_results": results(store.UNTRUSTED)}, [], "valid"),
        ({"validation_results": results("assertion.dataHash.mismatch")}, [], "invalid"),
        ({"validation_status": [{"code": "timeStamp.mismatch"}]}, [], "valid"),
        ({"validation_status": [{"code": "assertion.dataHash.match"}]}, [], "valid"),
        ({}, ["claimSignature.mismatch"], "invalid"),
        ({}, ["manifest.inaccessible"], "remote"),
        ({"active_manifest": None}, ["ingredient.manifest.missing"], "invalid"),
        ({"active_manifest": None}, ["ingredient.unknownProvenance"], None),
    ],
)
def test_worst_ingredient(link: dict[str, Any], deltas: list[str], state: str | None) -> None:
    """An ingredient's state is what its signer recorded, corrected by what is found anew."""
    chain = report(a={"ingredients": [ingredient("b") | link]}, b={})
    uri = "self#jumbf=/c2pa/a/c2pa.assertions/c2pa.ingredient.v3"
    chain["validation_results"] = {
        "ingredientDeltas": [
            {"ingredientAssertionURI": uri, "validationDeltas": {"failure": [{"code": c} for c in deltas]}}
        ]
    }

    assert state == store.worst_ingredient(chain, store.walk(chain))


def test_the_worst_of_several() -> None:
    """One bad link deep in the chain is the state of the whole chain."""
    good = results(success=(store.TRUSTED,))
    chain = report(
        a={"ingredients": [ingredient("b", validation_results=good)]},
        b={"ingredients": [ingredient("c", validation_results=results("claimSignature.mismatch"))]},
        c={},
    )

    visits = store.walk(chain)

    assert "invalid" == store.worst_ingredient(chain, visits)
    assert ["claimSignature.mismatch"] == [p.code for p in store.problems(chain, visits)]


def test_tampered_only_by_content() -> None:
    """Only a content hash says that the picture changed; a bad signature or an expired one does not."""
    assert store.tampered({"validation_results": results("assertion.boxesHash.mismatch")})
    assert not store.tampered({"validation_results": results("claimSignature.mismatch")})
    assert not store.tampered({"validation_results": results("cawg.ica.did_unavailable")})


@pytest.mark.parametrize(
    ("sentence", "where"),
    [
        ("signing certificate trusted, found in [system_anchors] trust anchors", "system_anchors"),
        ("signing certificate trusted, found in User trust anchors", "User"),
        ("signing certificate trusted", None),
        (None, None),
    ],
)
def test_anchors_are_read_from_the_sentence(sentence: str | None, where: str | None) -> None:
    """Where the signer's root was found comes from the SDK's sentence, and is unknown without one."""
    said = {"code": store.TRUSTED, "explanation": sentence}
    made = {"validation_results": {"activeManifest": {"success": [{"code": "x"}, said]}}}

    assert where == store.anchors(made)
    assert store.anchors({}) is None
