"""What the server asks the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.server.sample import fill

from creditline.ledger.store import Ledger
from creditline.model.errors import NotFoundError
from creditline.model.settings import Settings
from creditline.server.lookups import Lookups

if TYPE_CHECKING:
    from pathlib import Path


def test_listings_end(tmp_path: Path) -> None:
    """`next` is set exactly while something follows."""
    with Ledger.open(tmp_path, Settings()) as ledger:
        fill(ledger)
        lookups = Lookups(ledger)

        assert lookups.observations(limit=3).next is None
        first = lookups.observations(limit=2)
        assert first.items[-1].id == first.next
        assert 1 == len(lookups.observations(limit=2, after=first.next).items)


def test_what_is_not_there(tmp_path: Path) -> None:
    """Things that pages are about raise, things that pages merely show are None."""
    with Ledger.open(tmp_path, Settings()) as ledger:
        lookups = Lookups(ledger)

        for find in (lookups.work, lookups.verdict, lookups.site):
            with pytest.raises(NotFoundError):
                find("nope")
        assert lookups.observation("nope") is None
        assert lookups.reading("0" * 64) is None
        assert lookups.picture("0" * 64) is None
        assert not lookups.kept("0" * 64)
        assert not lookups.kept(None)
