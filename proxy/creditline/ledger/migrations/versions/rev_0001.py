"""The ledger's first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes every table of revision 0001, and the chain's empty head."""
    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "missed",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=255), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("exchange", sa.String(length=64), nullable=True),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", "site", name=op.f("pk_missed")),
    )
    op.create_table(
        "pictures",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("format", sa.String(length=32), nullable=True),
        sa.Column("width", sa.BigInteger(), nullable=True),
        sa.Column("height", sa.BigInteger(), nullable=True),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("first_seen", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_pictures")),
    )
    op.create_table(
        "works",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("mine", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_works")),
    )
    op.create_index(op.f("ix_works_sha256"), "works", ["sha256"])
    op.create_table(
        "fingerprints",
        sa.Column("seq", NUMBER, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("work", sa.String(length=64), nullable=True),
        sa.Column("code", sa.LargeBinary(), nullable=True),
        sa.Column("quality", sa.Integer(), nullable=True),
        sa.Column("pixels", sa.String(length=64), nullable=True),
        sa.Column("missed", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["sha256"], ["pictures.sha256"], name=op.f("fk_fingerprints_sha256_pictures")),
        sa.ForeignKeyConstraint(["work"], ["works.id"], name=op.f("fk_fingerprints_work_works")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_fingerprints")),
        sa.UniqueConstraint("sha256", "kind", name=op.f("uq_fingerprints_sha256_kind")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_fingerprints_pixels"), "fingerprints", ["pixels"])
    op.create_index(op.f("ix_fingerprints_work"), "fingerprints", ["work"])
    op.create_table(
        "observations",
        sa.Column("seq", NUMBER, autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=64), nullable=False),
        sa.Column("moment", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("via", sa.String(length=16), nullable=False),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("account_salt", sa.LargeBinary(), nullable=True),
        sa.Column("account_digest", sa.String(length=64), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("url_salt", sa.LargeBinary(), nullable=True),
        sa.Column("url_digest", sa.String(length=64), nullable=True),
        sa.Column("filename", sa.Text(), nullable=True),
        sa.Column("filename_salt", sa.LargeBinary(), nullable=True),
        sa.Column("filename_digest", sa.String(length=64), nullable=True),
        sa.Column("profile", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("format", sa.Text(), nullable=True),
        sa.Column("width", sa.BigInteger(), nullable=True),
        sa.Column("height", sa.BigInteger(), nullable=True),
        sa.Column("work", sa.String(length=64), nullable=True),
        sa.Column("exchange", sa.String(length=64), nullable=True),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("declared", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("missed", sa.Text(), nullable=True),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("prev", sa.String(length=64), nullable=True),
        sa.Column("purged", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["sha256"], ["pictures.sha256"], name=op.f("fk_observations_sha256_pictures")),
        sa.ForeignKeyConstraint(["work"], ["works.id"], name=op.f("fk_observations_work_works")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_observations")),
        sa.UniqueConstraint("id", name=op.f("uq_observations_id")),
    )
    op.create_index(op.f("ix_observations_exchange"), "observations", ["exchange"])
    op.create_index(op.f("ix_observations_moment"), "observations", ["moment"])
    op.create_index(op.f("ix_observations_sha256"), "observations", ["sha256"])
    op.create_index(op.f("ix_observations_site_moment"), "observations", ["site", "moment"])
    op.create_index(op.f("ix_observations_work"), "observations", ["work"])
    op.create_table(
        "readings",
        sa.Column("seq", NUMBER, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("reader", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("inspection", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["pictures.sha256"], name=op.f("fk_readings_sha256_pictures")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_readings")),
        sa.UniqueConstraint("sha256", "reader", name=op.f("uq_readings_sha256_reader")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "links",
        sa.Column("rule", sa.String(length=128), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("work", sa.String(length=64), nullable=True),
        sa.Column("observation", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["observation"], ["observations.id"], name=op.f("fk_links_observation_observations")
        ),
        sa.ForeignKeyConstraint(["work"], ["works.id"], name=op.f("fk_links_work_works")),
        sa.PrimaryKeyConstraint("rule", "key", name=op.f("pk_links")),
    )
    op.create_index(op.f("ix_links_observation"), "links", ["observation"])
    op.create_table(
        "verdicts",
        sa.Column("seq", NUMBER, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("original", sa.String(length=64), nullable=True),
        sa.Column("uploaded", sa.String(length=64), nullable=True),
        sa.Column("served", sa.String(length=64), nullable=True),
        sa.Column("work", sa.String(length=64), nullable=True),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("variant", sa.Text(), nullable=True),
        sa.Column("match", sa.String(length=32), nullable=True),
        sa.Column("lost", sa.Boolean(), nullable=False),
        sa.Column("audit", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["original"], ["observations.id"], name=op.f("fk_verdicts_original_observations")),
        sa.ForeignKeyConstraint(["served"], ["observations.id"], name=op.f("fk_verdicts_served_observations")),
        sa.ForeignKeyConstraint(["uploaded"], ["observations.id"], name=op.f("fk_verdicts_uploaded_observations")),
        sa.ForeignKeyConstraint(["work"], ["works.id"], name=op.f("fk_verdicts_work_works")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_verdicts")),
        sa.UniqueConstraint("id", name=op.f("uq_verdicts_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_verdicts_original"), "verdicts", ["original"])
    op.create_index(op.f("ix_verdicts_served"), "verdicts", ["served"])
    op.create_index(op.f("ix_verdicts_site"), "verdicts", ["site"])
    op.create_index(op.f("ix_verdicts_uploaded"), "verdicts", ["uploaded"])
    op.create_index(op.f("ix_verdicts_work"), "verdicts", ["work"])
    op.create_table(
        "outcomes",
        sa.Column("verdict", NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["verdict"], ["verdicts.seq"], name=op.f("fk_outcomes_verdict_verdicts")),
        sa.PrimaryKeyConstraint("verdict", "kind", "name", "outcome", name=op.f("pk_outcomes")),
    )
    op.execute("INSERT INTO meta (key, value) VALUES ('head', '0:')")
