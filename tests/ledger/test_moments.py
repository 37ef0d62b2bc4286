"""Times: what sorts, what is refused."""

from __future__ import annotations

import pytest

from creditline.ledger import moments
from creditline.model.errors import UsageError


def test_fractions_sort_after_whole_seconds() -> None:
    """A time with a fraction lies after the same second without one, as text would not have it."""
    whole, fraction = moments.microseconds("2026-11-24T13:00:00Z"), moments.microseconds("2026-11-24T13:00:00.5Z")

    assert fraction - whole == 500_000


@pytest.mark.parametrize("text", ["2026-11-24T14:00:00+01:00", "2026-11-24T13:00:00", "20261124T130000Z"])
def test_offsets_are_understood(text: str) -> None:
    """An offset counts, a missing one means UTC."""
    assert moments.microseconds("2026-11-24T13:00:00Z") == moments.microseconds(text)


def test_iso_is_the_way_back() -> None:
    """`iso` undoes `microseconds`, to the millisecond, before 1970 too."""
    for text in ("2026-11-24T13:00:00.123Z", "1969-12-31T23:59:59.999Z"):
        assert text == moments.iso(moments.microseconds(text))


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "\ud800"])
def test_no_time_is_a_usage_error(text: str) -> None:
    """What is no ISO 8601 time is refused with a sentence, not with a ValueError."""
    with pytest.raises(UsageError):
        moments.microseconds(text)


def test_now_is_utc() -> None:
    """The present ends in Z and can be read back as it is written."""
    present = moments.now()

    assert present.endswith("Z")
    assert present == moments.iso(moments.microseconds(present))
