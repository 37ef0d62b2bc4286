"""Steps of one upload find each other by their ids."""

from __future__ import annotations

from creditline.pipeline.journey import MAX_LEASES, Leases, join_keys, row_of
from creditline.vocab import sites


def test_a_lease_completes_its_upload() -> None:
    """By any id that both name, on the same site, until its time is over; the upload's own values win."""
    now = [0.0]
    leases = Leases(lambda: now[0])
    leases.remember("a", [{"key": "k1", "asset": "x"}, {"key": "k2", "asset": "y"}], ttl=60)

    assert {"key": "k2", "asset": "y"} == leases.complete("a", {"key": "k2"})
    assert {"key": "k2", "asset": "z"} == leases.complete("a", {"key": "k2", "asset": "z"})
    assert {"key": "k3"} == leases.complete("a", {"key": "k3"})
    assert {"key": "k1"} == leases.complete("b", {"key": "k1"})
    now[0] = 61.0
    assert {"key": "k1"} == leases.complete("a", {"key": "k1"})


def test_leases_are_bounded() -> None:
    """The oldest are forgotten first."""
    leases = Leases()
    leases.remember("a", [{"key": str(n), "v": f"v{n}"} for n in range(2 * MAX_LEASES)], ttl=60)

    assert {"key": "0"} == leases.complete("a", {"key": "0"})
    last = 2 * MAX_LEASES - 1
    assert f"v{last}" == leases.complete("a", {"key": str(last)})["v"]


def test_rows_of_several_pictures() -> None:
    """A row for each picture belongs to it; one row for several belongs to none."""
    assert {"id": "2"} == row_of([{"id": "1"}, {"id": "2"}], 1, 2)
    assert {"id": "1"} == row_of([{"id": "1"}], 0, 1)
    assert {} == row_of([{"id": "1"}], 0, 2)
    assert {} == row_of([], 0, 1)


def test_join_keys() -> None:
    """Only ids that a later step names again are kept for it."""
    profile = sites.load().profile("instagram")
    assert profile is not None

    assert (("instagram/upload_id", "5"),) == join_keys(profile, {"upload_id": "5", "other": "6"})
