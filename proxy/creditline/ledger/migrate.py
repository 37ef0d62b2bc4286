"""Brings a ledger to the tables this code works with, or says why it will not.

An empty database is made, an older one is migrated (SQLite: after a copy beside it, `<file>.before-<revision>`), a
newer one is refused: it may hold what this code would lose.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from creditline.ledger import engine as engines
from creditline.ledger import schema
from creditline.model.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection, Engine

SCRIPTS = Path(__file__).parent / "migrations"


def revision(connection: Connection) -> str | None:
    """The revision that the database stands at; None for an empty one.

    Raises:
        LedgerError: a database that holds something else.
    """
    inspector = sa.inspect(connection)
    if inspector.has_table("alembic_version"):
        found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars().all()
        return found[0] if found else None
    if inspector.get_table_names():
        raise LedgerError(
            "the database holds tables of another program",
            code="ledger_foreign",
            next_step="name another database, or another data folder with --home",
        )
    return None


def upgrade(engine: Engine, *, scripts: Path = SCRIPTS, known: Sequence[str] = schema.REVISIONS) -> str | None:
    """Migrates where that is due; gives the revision that stood before.

    Raises:
        LedgerError: `ledger_newer`, `ledger_foreign`, or the database refuses.
    """
    with engines.reading(engine) as connection:
        before = revision(connection)
    _refuse_newer(before, known)
    if before == known[-1]:
        return before
    if before is not None and engine.dialect.name == "sqlite":
        copy = Path(f"{engine.url.database}.before-{known[-1]}")
        if not copy.exists():  # two processes may come here at once: the first copy is the right one
            engines.copy_file(engine, copy)
    with engines.writing(engine) as connection:
        current = revision(connection)  # another process may have been faster
        _refuse_newer(current, known)
        if current != known[-1]:
            _run(connection, scripts)
    return before


def _refuse_newer(found: str | None, known: Sequence[str]) -> None:
    if found is not None and found not in known:
        raise LedgerError(
            f"this ledger was written by a newer Creditline (revision {found}, this one knows {known[-1]})",
            code="ledger_newer",
            next_step="update Creditline, or use another data folder with --home",
        )


def _run(connection: Connection, scripts: Path) -> None:
    # Alembic costs a tenth of a second and is needed once in a ledger's life.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
