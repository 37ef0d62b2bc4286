"""Verdicts that hold are found newest first, and by work, from an index that is in that order already.

With `(holds, site)` alone SQLite went through every verdict that holds to list the newest, or to count one work's.
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Adds both indexes; the one on `work` alone begins the new one and goes."""
    op.create_index(op.f("ix_verdicts_holds_seq"), "verdicts", ["holds", "seq"])
    op.create_index(op.f("ix_verdicts_work_holds"), "verdicts", ["work", "holds"])
    op.drop_index(op.f("ix_verdicts_work"), table_name="verdicts")
