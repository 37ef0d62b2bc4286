"""The tables hold what the values hold."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest
from sqlalchemy.dialects import sqlite

from creditline.ledger import schema
from creditline.model.errors import LedgerError, LimitError
from creditline.model.observation import PERSONAL, Observation

DIALECT = sqlite.dialect()


def test_every_part_of_an_observation_has_a_column() -> None:
    """Nothing of an observation is lost on the way to the table."""
    assert {item.name for item in fields(Observation)} <= set(schema.observations.c.keys())


def test_personal_fields_lie_beside_salt_and_digest() -> None:
    """Every personal field that an observation carries can be purged."""
    assert {item.name for item in fields(Observation)} & set(PERSONAL) == set(schema.PERSONAL)
    for name in schema.PERSONAL:
        assert {name, f"{name}_salt", f"{name}_digest"} <= set(schema.observations.c.keys())


def test_documents_come_back_in_order() -> None:
    """A document comes back as it was put, lone surrogates included."""
    document = {"b": ["\ud800", None], "a": 0.5}
    stored = schema.Document().process_bind_param(document, DIALECT)

    assert json.dumps(document) == json.dumps(schema.Document().process_result_value(stored, DIALECT))


def test_what_is_no_document_is_refused() -> None:
    """Neither NaN, nor bytes, nor broken text, nor sheer size gets past the type."""
    for bad in (float("nan"), b"x", {"a": {1, 2}}):
        with pytest.raises(LedgerError):
            schema.Document().process_bind_param(bad, DIALECT)
    with pytest.raises(LedgerError):
        schema.Document().process_result_value("{", DIALECT)
    with pytest.raises(LimitError):
        schema.Document().process_bind_param("x" * (schema.MAX_JSON + 1), DIALECT)
