"""Exchanges of archives have ids and times that stay."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from creditline.importers.found import body_of, exchange, identity, moment

AT = datetime(2026, 1, 1, tzinfo=UTC)


def test_identity() -> None:
    """The same things have one id; its time is theirs, also before 1970."""
    assert identity(AT, "a", "b") == identity(AT, "a", "b")
    assert identity(AT, "a", "b") != identity(AT, "ab", "")
    assert 26 == len(identity(datetime(1960, 1, 1, tzinfo=UTC), "a"))


@pytest.mark.parametrize("url", ["ftp://a/", "data:x", "", "http://[", "https://"])
def test_no_web_address_is_no_exchange(url: str) -> None:
    """What is not of the web is passed over."""
    assert exchange("GET", url, AT, ((), body_of(b"", 9)), 200, None) is None


def test_moments() -> None:
    """Times with zones, without, and none at all."""
    assert AT == moment("2026-01-01T01:00:00+01:00")
    assert AT == moment("2026-01-01T00:00:00")
    assert datetime(1970, 1, 1, tzinfo=UTC) == moment("yesterday") == moment(None)


def test_bodies() -> None:
    """A body under the cap is kept; over it, or absent, it says why not."""
    assert b"x" == body_of(b"x", 1).data
    assert "too_large" == body_of(b"xx", 1).missed
    assert "not_kept" == body_of(None, 1).missed
