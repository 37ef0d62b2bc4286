"""An audit's line is that of contract §4, and what counts as lost is what it says."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest

from creditline.model.audit import (
    OUTCOMES,
    Audit,
    CarrierOutcome,
    Change,
    FieldOutcome,
    Match,
    Pixels,
    Stage,
)
from creditline.model.picture import Presence

P, A = Presence.PRESENT, Presence.ABSENT
MATCH = Match("same-work", "fingerprint", 12, 58, 91, 1e-9, {"crop": [0, 0, 1, 1]}, "url_equal")
NO_PIXELS = Pixels(None, None, None, format_changed=False)


def audit(*fields: FieldOutcome, **changes: Change) -> Audit:
    """An audit of a served copy."""
    first, last = Stage("a" * 64, "extension"), Stage("b" * 64, "proxy", "https://a.example/1", "large", "01")
    return Audit(
        first,
        None,
        last,
        MATCH,
        Pixels(False, (1024, 683), (600, 400), format_changed=False),
        (CarrierOutcome("iptc", (P, None, A), "removed"),),
        fields,
        **changes,
    )


def field(outcome: Any, category: int | None = 2) -> FieldOutcome:
    """A creator with this outcome."""
    return FieldOutcome("creator", category, (["Ann"], None, None), (P, None, A), outcome, ("original", "served"))


def test_the_line_of_the_contract() -> None:
    """Keys at every level are those of §4 and the documented additions: observation, detail, lost_between."""
    line = json.loads(json.dumps(audit(field("removed")).to_json()))

    assert {
        "schema",
        "stages",
        "match",
        "carriers",
        "fields",
        "c2pa",
        "ai",
        "consent",
        "pixels",
        "summary",
    } == set(line)
    assert ["original", "uploaded", "served"] == list(line["stages"])
    assert line["stages"]["uploaded"] is None
    assert {"sha256", "via", "url", "variant", "observation"} == set(line["stages"]["served"])
    assert {
        "verdict",
        "method",
        "distance",
        "threshold",
        "quality",
        "false_match_rate",
        "geometry",
        "rule",
        "luma",
    } == set(line["match"])
    assert {
        "carrier": "iptc",
        "presence": {"original": "present", "uploaded": None, "served": "absent"},
        "outcome": "removed",
    } == line["carriers"][0]
    assert {
        "id": "creator",
        "category": 2,
        "original": ["Ann"],
        "uploaded": None,
        "served": None,
        "presence": {"original": "present", "uploaded": None, "served": "absent"},
        "outcome": "removed",
        "lost_between": ["original", "served"],
        "detail": None,
    } == line["fields"][0]
    for name in ("c2pa", "ai", "consent"):
        assert {"original", "uploaded", "served", "outcome", "lost_between"} == set(line[name])
    assert {
        "identical": False,
        "original": [1024, 683],
        "served": [600, 400],
        "format_changed": False,
    } == line["pixels"]
    assert {"cmi", "cmi_lost", "ai_label_lost", "c2pa_lost", "consent_lost"} == set(line["summary"])
    assert {"kept", "altered", "moved", "removed", "added", "unreadable", "not_examined"} == set(
        line["summary"]["cmi"]
    )
    assert "creditline/audit/1" == line["schema"]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_only_removed_and_altered_are_lost(outcome: str) -> None:
    """Moved, added, unreadable and not_examined never are; without a category nothing counts as CMI."""
    lost = outcome in {"removed", "altered"}

    assert lost == audit(field(outcome)).lost == audit(field(outcome)).summary()["cmi_lost"]
    assert not audit(field(outcome, None)).lost
    assert 1 == audit(field(outcome)).counts()[outcome]
    assert 0 == sum(audit(field(outcome, None)).counts().values())


@pytest.mark.parametrize(("name", "outcome"), list(product(("c2pa", "ai", "consent"), (*OUTCOMES, None))))
def test_each_judgement_has_its_own_summary(name: str, outcome: Any) -> None:
    """A judgement that was removed or altered is lost, and only that one."""
    summary = audit(**{name: Change(("x", None, None), outcome)}).summary()

    key = {"c2pa": "c2pa_lost", "ai": "ai_label_lost", "consent": "consent_lost"}[name]
    lost = {key} if outcome in {"removed", "altered"} else set()
    assert lost == {item for item, value in summary.items() if value is True}


def test_a_stored_line_is_read_back() -> None:
    """Everything comes back as it was, also where stages are missing."""
    change = Change(("trusted", None, "none"), "removed", ("original", "served"))
    full = audit(field("removed"), field("kept", None), c2pa=change)
    bare = Audit(None, Stage("c" * 64, "proxy"), None, Match("undecided", None), NO_PIXELS)

    for one in (full, bare):
        assert one == Audit.from_json(json.loads(json.dumps(one.to_json())))


def test_which_verdicts_may_be_compared() -> None:
    """Only those that say that it is the same work."""
    verdicts: list[Any] = ["identical", "same-pixels", "same-work", "contains", "different", "undecided"]

    assert [True] * 4 + [False] * 2 == [Match(verdict, None).same for verdict in verdicts]
