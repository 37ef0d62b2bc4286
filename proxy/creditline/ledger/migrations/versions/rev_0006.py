"""Beside each code lies the small picture that it was taken of, by which a fingerprint's word is checked.

Rows of before have none: there the fingerprint goes on to decide alone, and the audit says so, until
`creditline index rebuild` makes them anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Adds `fingerprints.luma`."""
    op.add_column("fingerprints", sa.Column("luma", sa.LargeBinary(), nullable=True))
