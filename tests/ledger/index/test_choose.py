"""The engine that searches is the one that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from creditline.ledger.index import ENGINES
from creditline.ledger.index.choose import BY_NAME, engine_of
from creditline.ledger.store import Ledger
from creditline.model.errors import SettingsError
from creditline.model.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def test_each_engine_has_a_word(tmp_path: Path, ledger_database: str) -> None:
    """`auto` leaves the search to PostgreSQL where the ledger lives there; other words name one engine each."""
    with Ledger.open(tmp_path, Settings()) as ledger:
        own = {"sqlite": "memory", "postgresql": "database"}[ledger_database]

        assert BY_NAME[own] is engine_of(ledger)
        assert set(ENGINES) == {engine_of(ledger, word) for word in BY_NAME}
        with pytest.raises(SettingsError) as caught:
            engine_of(ledger, "hnsw")
        assert "memory" in str(caught.value)


@pytest.mark.sqlite
def test_sqlite_does_not_search(tmp_path: Path) -> None:
    """`database` is for PostgreSQL only."""
    with Ledger.open(tmp_path, Settings()) as ledger, pytest.raises(SettingsError):
        engine_of(ledger, "database").load(ledger, "k")
