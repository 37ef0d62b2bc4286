"""Which engine searches: by the setting `index`, and by where the ledger lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.ledger.index.faiss_flat import FaissIndex
from creditline.ledger.index.linear import LinearIndex
from creditline.ledger.index.postgres import DIALECT, PostgresIndex
from creditline.model.errors import SettingsError

if TYPE_CHECKING:
    from creditline.ledger.store import Ledger

AUTO = "auto"
BY_NAME: dict[str, type[LinearIndex | PostgresIndex]] = {
    "memory": LinearIndex,
    "faiss": FaissIndex,
    "database": PostgresIndex,
}
"""Word of the setting → engine."""


def engine_of(ledger: Ledger, name: str = AUTO) -> type[LinearIndex | PostgresIndex]:
    """The engine that a word of the setting names for this ledger.

    `auto`: PostgreSQL searches its own codes, a SQLite ledger's are held in memory.

    Raises:
        SettingsError: no such engine.
    """
    if name == AUTO:
        return PostgresIndex if ledger.engine.dialect.name == DIALECT else LinearIndex
    if name not in BY_NAME:
        raise SettingsError(f"index takes {AUTO}, {', '.join(BY_NAME)}, not {name!r:.40}")
    return BY_NAME[name]
