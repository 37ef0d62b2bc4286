"""Manifests and soft bindings of the recovery API, and which kept pictures carry which manifest."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MAX_LABEL = 512


def upgrade() -> None:
    """Makes the tables, and fills `credentials` from the readings that are there."""
    credentials = op.create_table(
        "credentials",
        sa.Column("label", sa.String(length=512), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["pictures.sha256"], name=op.f("fk_credentials_sha256_pictures")),
        sa.PrimaryKeyConstraint("label", "sha256", name=op.f("pk_credentials")),
    )
    op.create_index(op.f("ix_credentials_sha256"), "credentials", ["sha256"])
    op.create_table(
        "manifests",
        sa.Column("id", sa.String(length=512), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("store", sa.LargeBinary(), nullable=False),
        sa.Column("opaque", sa.Boolean(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manifests")),
    )
    op.create_index(op.f("ix_manifests_sha256"), "manifests", ["sha256"])
    op.create_table(
        "bindings",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("alg", sa.String(length=255), nullable=False),
        sa.Column("manifest", sa.String(length=512), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=True),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("key", "alg", "manifest", name=op.f("pk_bindings")),
    )
    op.create_index(op.f("ix_bindings_manifest"), "bindings", ["manifest"])
    op.create_index(op.f("ix_bindings_kind"), "bindings", ["kind"])
    connection = op.get_bind()
    readings = sa.table("readings", sa.column("sha256"), sa.column("inspection"), sa.column("seq"))
    latest = sa.select(readings.c.sha256, readings.c.inspection).order_by(readings.c.seq)
    # One at a time: a reading may be megabytes.
    found: dict[str, str] = {}
    for sha256, text in connection.execute(latest):
        c2pa = (json.loads(text) or {}).get("c2pa") or {}
        label = c2pa.get("label")
        if isinstance(label, str) and 0 < len(label) <= MAX_LABEL:
            found[sha256] = label
    if found:
        rows = [{"label": label, "sha256": sha256} for sha256, label in found.items()]
        connection.execute(credentials.insert(), rows)
