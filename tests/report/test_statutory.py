"""The page on the law."""

from __future__ import annotations

from creditline.report import statutory


def test_the_range_is_per_posting() -> None:
    """$2,500 to $25,000 each, nothing for none."""
    assert (3, 7_500, 75_000) == statutory.exposure(3)
    assert (0, 0, 0) == statutory.exposure(0)


def test_what_is_not_shown_is_said() -> None:
    """Knowledge, intent and authority, and each duty with its day."""
    assert {"Knowledge", "Intent", "Authority"} <= {name for name, _ in statutory.NOT_SHOWN}
    assert ["2025-09-01", "2026-08-02", "2027-01-01"] == [duty.since for duty in statutory.DUTIES]
