"""Tests that open a ledger run on both databases; what only one has is marked so."""

from __future__ import annotations

import pytest
from tests.conftest import DATABASES, chosen_database


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test once on SQLite and once on PostgreSQL; only there where that was asked for."""
    if "Ledger" not in vars(metafunc.module) or metafunc.definition.get_closest_marker("sqlite"):
        return
    asked = chosen_database(metafunc.config)
    kinds = [asked] if asked != DATABASES[0] else DATABASES
    if metafunc.definition.get_closest_marker("postgresql"):
        kinds = ["postgresql"]
    metafunc.parametrize("ledger_database", kinds, indirect=True)
