"""Sums that are kept for a while."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from tests.server.sample import fill

from creditline.ledger.store import Ledger
from creditline.model.settings import Settings
from creditline.services import summaries
from creditline.services.summaries import Summaries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path, Settings()) as opened:
        yield opened


def test_a_small_ledger_is_always_up_to_date(ledger: Ledger) -> None:
    """What was added a moment ago is counted."""
    sums = Summaries(ledger)
    before = sums.counts().observations
    filled = fill(ledger)

    assert (0, 3) == (before, sums.counts().observations)
    assert [filled.site] == [site.site for site in sums.sites()] == [score.site for score in sums.scores()]
    assert {"2026-08"} == {tally.month for tally in sums.months(filled.site)}
    assert [] == sums.months("elsewhere")


def test_a_large_one_is_counted_behind_the_page(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last sum is given at once; when it is old, a thread counts again and the next page has it."""
    monkeypatch.setattr(summaries, "SMALL", -1)
    now = [0.0]
    sums = Summaries(ledger, clock=lambda: now[0])
    sums.warm()
    fill(ledger)

    assert 0 == sums.counts().observations
    now[0] = summaries.LEAST_AGE + 1
    assert 0 == sums.counts().observations
    deadline = time.monotonic() + 10
    while sums.counts().observations == 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert 3 == sums.counts().observations
