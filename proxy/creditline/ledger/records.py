"""Observations to rows and back."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from creditline.ledger import schema
from creditline.ledger.chain import Sealed
from creditline.ledger.moments import microseconds
from creditline.model.errors import LedgerError
from creditline.model.observation import Observation

if TYPE_CHECKING:
    from sqlalchemy.engine import RowMapping

_PLAIN = tuple(column.name for column in fields(Observation) if column.name != "declared")


def to_row(sealed: Sealed, part: str) -> dict[str, Any]:
    """The columns of `schema.observations` for an observation in its place."""
    seen = sealed.observation
    row: dict[str, Any] = {name: getattr(seen, name) for name in _PLAIN}
    row |= {
        "seq": sealed.seq,
        "moment": microseconds(seen.at),
        "part": part,
        "declared": json.dumps(dict(seen.declared)),
    }
    for name in schema.PERSONAL:
        row[f"{name}_salt"] = sealed.salts.get(name)
        row[f"{name}_digest"] = sealed.digests.get(name)
    return row


def observation_of(row: RowMapping) -> Observation:
    """The observation that a row holds.

    Raises:
        LedgerError: the row was damaged.
    """
    declared = _declared(row["declared"])
    if declared is None:
        raise LedgerError(
            f"observation {row['id']} is damaged",
            code="ledger_damaged",
            next_step="creditline log --verify says where",
        )
    return Observation(**{name: row[name] for name in _PLAIN}, declared=declared)


def sealed_of(row: RowMapping) -> Sealed:
    """A row as the chain sees it; a damaged one is `broken`, so that verifying goes on."""
    declared = _declared(row["declared"])
    return Sealed(
        Observation(**{name: row[name] for name in _PLAIN}, declared=declared or ()),
        row["seq"],
        {n: row[f"{n}_digest"] for n in schema.PERSONAL if row[f"{n}_digest"] is not None},
        {n: bytes(row[f"{n}_salt"]) for n in schema.PERSONAL if isinstance(row[f"{n}_salt"], bytes | memoryview)},
        broken=declared is None,
    )


def _declared(text: Any) -> tuple[tuple[str, str], ...] | None:
    try:
        pairs = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return None
    return tuple(pairs.items()) if isinstance(pairs, dict) else None
