"""Tests that open a ledger run on both databases; what only SQLite has is marked `sqlite`."""

from __future__ import annotations

import pytest
from tests.conftest import DATABASES, chosen_database


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test once on SQLite and once on PostgreSQL; only there where that was asked for."""
    if "Ledger" not in vars(metafunc.module) or metafunc.definition.get_closest_marker("sqlite"):
        return
    asked = chosen_database(metafunc.config)
    metafunc.parametrize("ledger_database", [asked] if asked != DATABASES[0] else DATABASES, indirect=True)
