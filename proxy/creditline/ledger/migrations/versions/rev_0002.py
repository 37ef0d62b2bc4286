"""Verdicts that a newer one replaced are marked, and each outcome says between which stages it came about."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_PAGE = 500  # verdicts whose documents are held in memory at a time


def upgrade() -> None:
    """Adds both columns and fills them from what is there."""
    op.add_column("verdicts", sa.Column("holds", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("outcomes", sa.Column("hop", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_verdicts_holds_site"), "verdicts", ["holds", "site"])
    connection = op.get_bind()
    copy = "CASE WHEN served IS NULL THEN uploaded END"
    connection.execute(
        sa.text(
            "UPDATE verdicts SET holds = false WHERE seq NOT IN "  # noqa: S608 - no value in it
            f"(SELECT max(seq) FROM verdicts GROUP BY work, served, variant, {copy})"
        )
    )
    last = 0
    while page := connection.execute(
        sa.text("SELECT seq, audit FROM verdicts WHERE seq > :last AND audit IS NOT NULL ORDER BY seq LIMIT :n"),
        {"last": last, "n": _PAGE},
    ).all():
        last = page[-1].seq
        if hops := [hop for row in page for hop in _hops(row.seq, row.audit)]:
            connection.execute(
                sa.text(
                    "UPDATE outcomes SET hop = :hop WHERE verdict = :verdict AND kind = :kind AND name = :name"
                    " AND outcome = :outcome"
                ),
                hops,
            )


def _hops(verdict: int, text: str) -> list[dict[str, object]]:
    try:
        audit = json.loads(text)
        items = [("field", item["id"], item) for item in audit.get("fields") or ()]
        items += [("judgement", name, audit[name]) for name in ("c2pa", "ai", "consent") if audit.get(name)]
        return [
            {
                "verdict": verdict,
                "kind": kind,
                "name": str(name)[:128],
                "outcome": item.get("outcome"),
                "hop": ">".join(map(str, item["lost_between"]))[:64],
            }
            for kind, name, item in items
            if item.get("lost_between")
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
