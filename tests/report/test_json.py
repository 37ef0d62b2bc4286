"""The document for programs."""

from __future__ import annotations

import json as parser

from tests.report.sample import HOSTILE, document

from creditline.report import json


def test_the_whole_document_is_in_it() -> None:
    """Schema, answers, counts with intervals, law and limits; pictures by hash only."""
    line = parser.loads(json.render(document()))

    assert "creditline/report/1" == line["schema"]
    creator = line["sites"][0]["fields"][1]
    assert ("creator", 3, 2, {"by the site": 2}) == tuple(
        creator[key] for key in ("id", "n", "lost", "lost_between")
    )
    assert {"postings": 3, "low": 7500, "high": 75000} == line["law"]["exposure"]
    assert "a" * 64 == line["examples"][0]["pictures"][0]["sha256"]
    assert "image" not in line["examples"][0]["pictures"][0]


def test_hostile_text_stays_a_string() -> None:
    """One line, whatever is in it."""
    data = json.render(document(HOSTILE + "\n\ud800"))

    assert 1 == data.count(b"\n")
    assert HOSTILE + "\n\ud800" == parser.loads(data)["title"]
