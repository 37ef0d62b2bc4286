"""Each fingerprint says which making of codes it is of; on PostgreSQL the codes lie in a table of their own, too.

That table, `codes`, is what PostgreSQL scans: a third of the bytes of `fingerprints`, in partitions by kind and number.
A trigger keeps it in step inside the transaction that changes a fingerprint, so a crash cannot part the two.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

# Numbers run over all kinds; a picture has five codes, so a partition holds about a million of a kind.
_POSTGRESQL = (
    """CREATE TABLE codes (
        kind varchar(64) NOT NULL, number bigint NOT NULL, code bit(256) NOT NULL,
        CONSTRAINT pk_codes PRIMARY KEY (kind, number)
    ) PARTITION BY LIST (kind)""",
    """CREATE FUNCTION creditline_partition(kind varchar, number bigint) RETURNS void LANGUAGE plpgsql
    SET search_path FROM CURRENT AS $$
    DECLARE
        width CONSTANT bigint := 5000000;
        first CONSTANT bigint := number / width * width;
        branch CONSTANT text := 'codes_' || left(md5(kind), 12);
        leaf CONSTANT text := branch || '_' || number / width;
    BEGIN
        IF to_regclass(branch) IS NULL THEN
            EXECUTE format('CREATE TABLE %I (LIKE codes INCLUDING ALL) PARTITION BY RANGE (number)', branch);
            EXECUTE format('ALTER TABLE codes ATTACH PARTITION %I FOR VALUES IN (%L)', branch, kind);
        END IF;
        IF to_regclass(leaf) IS NULL THEN
            EXECUTE format('CREATE TABLE %I (LIKE codes INCLUDING ALL)', leaf);
            EXECUTE format(
                'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)', branch, leaf, first, first + width
            );
        END IF;
    END $$""",
    """CREATE FUNCTION creditline_code() RETURNS trigger LANGUAGE plpgsql
    SET search_path FROM CURRENT AS $$
    BEGIN
        IF TG_OP <> 'INSERT' THEN
            DELETE FROM codes WHERE codes.kind = OLD.kind AND codes.number = OLD.seq;
        END IF;
        IF TG_OP <> 'DELETE' AND NEW.work IS NOT NULL AND length(NEW.code) = 32 THEN
            PERFORM creditline_partition(NEW.kind, NEW.seq);
            INSERT INTO codes VALUES (NEW.kind, NEW.seq, ('x' || encode(NEW.code, 'hex'))::bit(256));
        END IF;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER codes_follow AFTER INSERT OR DELETE OR UPDATE OF code, work, kind ON fingerprints
    FOR EACH ROW EXECUTE FUNCTION creditline_code()""",
    # Whoever has work and code is put in by its own trigger.
    "UPDATE fingerprints SET code = code WHERE work IS NOT NULL AND code IS NOT NULL",
)


def upgrade() -> None:
    """Adds `fingerprints.version`, and PostgreSQL's table of codes."""
    op.add_column("fingerprints", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    if op.get_bind().dialect.name == "postgresql":
        for statement in _POSTGRESQL:
            op.get_bind().exec_driver_sql(statement.replace("%", "%%"))
