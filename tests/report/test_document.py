"""The document's own arithmetic."""

from __future__ import annotations

from tests.report.sample import document

from creditline.report.document import Line


def test_n_is_what_was_there_and_could_be_compared() -> None:
    """Added, unreadable and not examined are in no share."""
    line = Line(
        "x", "field", "creator", "Creator", 2, {"removed": 1, "altered": 1, "kept": 2, "added": 5, "unreadable": 4}
    )

    assert (4, 2) == (line.n, line.lost)
    assert line.interval.low < 0.5 < line.interval.high


def test_a_line_is_told_or_kept_and_never_both() -> None:
    """What was kept every time is a sentence, all else a row."""
    site = document().sites[0]

    assert ["ai", "creator", "Ann Example"] == [line.id for line in site.told]
    assert ["web_statement"] == [line.id for line in site.kept]
