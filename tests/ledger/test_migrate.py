"""A ledger is made, migrated after a copy, or refused."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from creditline.ledger import engine, migrate, schema
from creditline.ledger.store import Ledger
from creditline.model.errors import LedgerError
from creditline.model.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.unmigrated
LAST = schema.REVISIONS[-1]
NEXT = f"{int(LAST) + 1:04}"
KNOWN = (*schema.REVISIONS, NEXT)
SECOND = f"""
import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{LAST}"


def upgrade() -> None:
    op.add_column("works", sa.Column("note", sa.Text))
"""


@pytest.fixture
def base(tmp_path: Path) -> Iterator[sa.Engine]:
    made = engine.connect(engine.address(tmp_path / "50% off", Settings()))
    yield made
    made.dispose()


@pytest.fixture
def later(tmp_path: Path) -> Path:
    scripts = tmp_path / "100% later"
    shutil.copytree(migrate.SCRIPTS, scripts)
    (scripts / "versions" / f"rev_{NEXT}.py").write_text(SECOND)
    return scripts


def test_revisions_give_the_tables_that_the_code_works_with(base: sa.Engine) -> None:
    """The revisions, run on nothing, give exactly `schema.metadata`; a second run does nothing."""
    assert migrate.upgrade(base) is None
    assert schema.REVISIONS[-1] == migrate.upgrade(base)

    with engine.reading(base) as connection:
        ours = {"include_name": lambda name, kind, _: kind != "table" or not name.startswith("codes")}
        assert [] == compare_metadata(MigrationContext.configure(connection, opts=ours), schema.metadata)


def test_every_revision_is_known() -> None:
    """`schema.REVISIONS` names the revision files, in their order."""
    config = Config()
    config.set_main_option("script_location", str(migrate.SCRIPTS))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)

    assert schema.REVISIONS == tuple(reversed([script.revision for script in scripts.walk_revisions()]))


@pytest.mark.sqlite
def test_an_older_ledger_is_migrated_after_a_copy(base: sa.Engine, later: Path) -> None:
    """What is in it stays, and the file as it was lies beside it."""
    migrate.upgrade(base)
    with engine.writing(base) as connection:
        connection.execute(schema.meta.insert().values(key="id", value="kept"))

    assert LAST == migrate.upgrade(base, scripts=later, known=KNOWN)

    with engine.reading(base) as connection:
        assert NEXT == migrate.revision(connection)
        assert "kept" == connection.scalar(sa.select(schema.meta.c.value).where(schema.meta.c.key == "id"))
    with closing(sqlite3.connect(f"{base.url.database}.before-{NEXT}")) as copy:
        assert [(LAST,)] == copy.execute("SELECT version_num FROM alembic_version").fetchall()


def test_a_newer_ledger_is_refused(base: sa.Engine, later: Path, tmp_path: Path) -> None:
    """An unknown revision is left alone, with the way out said."""
    migrate.upgrade(base, scripts=later, known=KNOWN)

    with pytest.raises(LedgerError) as caught:
        Ledger.open(tmp_path / "50% off", Settings())
    assert "ledger_newer" == caught.value.code
    assert caught.value.next_step


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    """A database that holds foreign tables is left alone."""
    other = engine.connect(engine.address(tmp_path, Settings()))
    with engine.writing(other) as connection:
        connection.exec_driver_sql("CREATE TABLE recipes (id INTEGER)")
    other.dispose()

    with pytest.raises(LedgerError) as caught:
        Ledger.open(tmp_path, Settings())
    assert "ledger_foreign" == caught.value.code


def test_a_failing_migration_leaves_the_old_ledger(base: sa.Engine, later: Path) -> None:
    """A revision that breaks half-way is rolled back whole."""
    migrate.upgrade(base)
    (later / "versions" / f"rev_{NEXT}.py").write_text(SECOND + "    raise RuntimeError\n")

    with pytest.raises(RuntimeError):
        migrate.upgrade(base, scripts=later, known=KNOWN)

    with engine.reading(base) as connection:
        assert LAST == migrate.revision(connection)
        assert "note" not in [column["name"] for column in sa.inspect(connection).get_columns("works")]


def test_revision_2_marks_what_was_replaced_and_says_where(base: sa.Engine, tmp_path: Path) -> None:
    """Of two older verdicts on one copy only the newer holds, and outcomes get their pair of stages."""
    scripts = tmp_path / "first"
    shutil.copytree(migrate.SCRIPTS, scripts)
    for path in (scripts / "versions").glob("rev_*.py"):
        if path.name != "rev_0001.py":
            path.unlink()
    migrate.upgrade(base, scripts=scripts, known=("0001",))
    audit = '{"fields": [{"id": "creator", "outcome": "removed", "lost_between": ["uploaded", "served"]}]}'
    with engine.writing(base) as connection:
        for name in ("a", "b"):
            values = f"VALUES ('{name}', 't', 'v', false, '{audit}')"
            connection.exec_driver_sql(f"INSERT INTO verdicts (id, at, version, lost, audit) {values}")
        connection.exec_driver_sql("INSERT INTO outcomes VALUES (2, 'field', 'creator', 'removed', 1)")

    migrate.upgrade(base)

    with engine.reading(base) as connection:
        held = connection.execute(sa.select(schema.verdicts.c.id).where(schema.verdicts.c.holds)).scalars()
        assert ["b"] == list(held)
        assert "uploaded>served" == connection.scalar(sa.select(schema.outcomes.c.hop))
