"""Observations and rows are two forms of one thing."""

from __future__ import annotations

from typing import Any, cast

import pytest

from creditline.ledger import chain, records
from creditline.model.errors import LedgerError
from creditline.model.observation import Observation

SEEN = Observation(
    id="1", at="2026-11-24T13:00:00Z", stage="served", via="import", site="x", account="a", profile="p", form="F1",
    url="u", filename="f", sha256="a" * 64, bytes=1, format="png", width=2, height=3, work="w", exchange="e",
    declared=(("b", "1"), ("a", "2")), state="unreadable", missed="m",
)  # fmt: skip


def test_there_and_back() -> None:
    """Every member survives, and the row still verifies."""
    sealed = chain.seal(SEEN, 7, "b" * 64)
    row: Any = records.to_row(sealed, "part")

    assert sealed.observation == records.observation_of(row)
    assert sealed == records.sealed_of(row)
    assert 1_795_525_200_000_000 == row["moment"]


@pytest.mark.parametrize("declared", ["", "[1]", "{", None, 5])
def test_a_damaged_row(declared: object) -> None:
    """A row whose declarations were damaged is an error to readers and broken to the chain."""
    row = cast("Any", records.to_row(chain.seal(SEEN, 1, None), "") | {"declared": declared})

    with pytest.raises(LedgerError) as caught:
        records.observation_of(row)
    assert "ledger_damaged" == caught.value.code
    assert records.sealed_of(row).broken
