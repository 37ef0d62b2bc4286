"""One audit as its page shows it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.sample import audit, field

from creditline.ledger.rows import VerdictRow
from creditline.server.audit_view import AuditView, stages, view

STAGES = {
    name: {"sha256": name[0] * 64, "via": "proxy", "variant": None, "observation": None}
    for name in ("original", "uploaded", "served")
}


def _view(document: dict[str, Any], **readings: dict[str, Any]) -> AuditView:
    row = VerdictRow("v", "2026-08-21T10:00:00Z", "1", None, None, None, "w", "a", None, None, True, document)
    return view(row, readings=readings, observations={}, kept=frozenset({"o" * 64}))


def test_lost_fields_come_first() -> None:
    """Rows go from removed to kept, credit and rights before the rest."""
    page = _view(
        audit(
            [
                field("title", 1, "a", "a", "kept"),
                field("caption", None, "a", None, "removed"),
                field("creator", 2, ["a"], None, "removed"),
            ],
            STAGES,
        )
    )

    assert ["rights", "other"] == [group.id for group in page.groups]
    assert ["Creator", "Title"] == [row.label for row in page.groups[0].rows]


def test_where_it_was_lost_and_where_it_stood() -> None:
    """A row says who had the file when the value went, and in which carriers it was."""
    reading = {
        "fields": [
            {"id": "creator", "carrier": "iptc", "key": "2:080"},
            {"id": "creator", "carrier": "xmp", "key": "dc:creator"},
        ]
    }
    page = _view(audit([field("creator", 2, ["Ann"], None, "removed")], STAGES), original=reading)
    (row,) = page.groups[0].rows

    assert "by the site" == row.where
    assert ("IPTC 2:080", "XMP dc:creator") == row.source
    assert ["", "", "not there"] == [cell.note for cell in row.cells]


def test_a_value_that_is_there_and_unreadable_is_never_absent() -> None:
    """Unreadable and not examined keep their own words."""
    item = field("creator", 2, ["Ann"], None, "not_examined")
    item["presence"]["served"] = "not_examined"
    unreadable = field("title", 1, None, "x", "unreadable")
    unreadable["presence"]["original"] = "unreadable"
    rows = _view(audit([item, unreadable], STAGES)).groups[0].rows

    assert ["there, but unreadable", "not examined"] == [row.cells[0].note or row.cells[2].note for row in rows]
    assert all(not row.where for row in rows)


def test_without_an_upload_there_is_no_column() -> None:
    """A stage that was not seen is no empty column."""
    page = _view(audit([], {"original": STAGES["original"], "uploaded": None, "served": STAGES["served"]}))

    assert ("Original", "Served") == page.columns
    assert [True, False] == [stage.kept for stage in page.stages]


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"stages": None, "fields": None, "match": None, "summary": None, "carriers": None},
        {"stages": {"original": "x"}, "fields": ["x", None, {}], "carriers": [{}], "ai": "x", "pixels": []},
        {"stages": {"served": {}}, "fields": [{"id": None, "outcome": "new", "presence": [], "category": "1"}]},
    ],
)
def test_another_versions_audit_shows_less(document: dict[str, Any]) -> None:
    """A document with members missing or of another kind still gives a page."""
    page = _view(document)

    assert page.sentences
    assert len(stages(document)) == len(page.stages)


def test_how_a_fingerprint_was_checked_is_shown() -> None:
    """The match names the comparison of the small pictures, or says that the fingerprint decided alone."""
    document = audit([])
    alone = document | {
        "match": document["match"] | {"method": "fingerprint", "verdict": "same-work", "luma": None}
    }
    compared = document | {
        "match": document["match"] | {"method": "fingerprint", "luma": {"correlation": 0.99, "detail": 0.9}}
    }

    assert ("Small pictures compared", "no: the fingerprint decided alone") in _view(alone).match_facts
    assert ("Small pictures compared", "correlation 0.99, of the detail 0.9") in _view(compared).match_facts
