"""The conformance programme's signals (rubric of 2026-08-06), read from the SDK's report of one manifest store.

Read apart from `creditline.analysis.provenance` on purpose: the table in docs/reference/c2pa-review.md sets what the
rubric finds beside the label that Creditline gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from creditline.analysis.provenance import INCEPTIONS, NON_EDITORIAL
from creditline.metadata.c2pa_manifest import as_dict, as_list
from creditline.vocab.source_types import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

INCEPTION_SIGNALS = {
    "trainedAlgorithmicMedia": "fully GenAI media",
    "compositeWithTrainedAlgorithmicMedia": "partly GenAI creation",
    "composite": "composition that may contain GenAI",
    "digitalCapture": "captured media",
    "computationalCapture": "captured media",
    "compositeCapture": "captured media, stitched",
    "digitalCreation": "non-GenAI digital creation",
    "screenCapture": "screen capture, may contain GenAI",
    "empty": "blank canvas",
}
PERCEPTIBLE = frozenset(
    {
        "trainedAlgorithmicMedia",
        "compositeWithTrainedAlgorithmicMedia",
        "compositeSynthetic",
        "trainedAlgorithmicData",
    }
)
POSSIBLE = frozenset({"digitalArt", "composite"})


def signals(report: Mapping[str, Any]) -> list[str]:
    """Signals of the active manifest, in the rubric's order of first mention; `[]` when there is no manifest."""
    manifest = as_dict(as_dict(report.get("manifests")).get(str(report.get("active_manifest"))))
    return list(dict.fromkeys(_signals(manifest))) if manifest else []


def _signals(manifest: Mapping[str, Any]) -> Iterator[str]:
    stated: list[Mapping[str, Any]] = []
    doubts: list[str] = []
    for assertion in map(as_dict, as_list(manifest.get("assertions"))):
        if not str(assertion.get("label")).startswith("c2pa.actions"):
            continue
        data = as_dict(assertion.get("data"))
        stated += map(as_dict, as_list(data.get("actions")))
        if data.get("allActionsIncluded") is not True:
            doubts.append("not all actions included")
        if manifest.get("claim_version") == 2 and assertion.get("created") is False:
            doubts.append("gathered actions")
    for action in stated:
        yield from _of_action(str(action.get("action")), normalise(str(action.get("digitalSourceType") or "")))
    for ingredient in map(as_dict, as_list(manifest.get("ingredients"))):
        if not ingredient.get("active_manifest"):
            yield "unknown provenance"
    if not stated:
        doubts.append("no actions")
    names = [str(action.get("action")) for action in stated]
    if any(not name.startswith("c2pa.") for name in names):
        doubts.append("an action outside c2pa.")
    if "c2pa.unknown" in names:
        doubts.append("c2pa.unknown")
    if doubts:
        yield f"ambiguous ({', '.join(dict.fromkeys(doubts))})"


def _of_action(name: str, term: str | None) -> Iterator[str]:
    if name in INCEPTIONS:
        if term in INCEPTION_SIGNALS:
            yield INCEPTION_SIGNALS[term]
    elif name in NON_EDITORIAL:
        yield "non-editorial"
    elif term in PERCEPTIBLE:
        yield "perceptible GenAI transformation"
    elif term in POSSIBLE:
        yield "perceptible, possibly GenAI"
