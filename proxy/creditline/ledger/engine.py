"""Connections to the ledger's database, and what is particular to SQLite and to PostgreSQL.

SQLite runs in WAL mode, so that readers never wait for the writer; every commit reaches the disk
(`synchronous=FULL`) before it is acknowledged; deleted values are overwritten. PostgreSQL gets an advisory lock, so
that there, too, one writer at a time works on one schema, from whatever machine.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError

from creditline.model.errors import LedgerError, MissingPartError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import URL, Connection, Engine

    from creditline.model.settings import Settings

BUSY_SECONDS = 30.0
"""How long a writer waits for another process; a commit takes milliseconds, a migration seconds."""
FILE_NAME = "ledger.sqlite"

_WRITES = "creditline_writes"
_WRITER_LOCK = 0x43524C49  # any constant of our own: PostgreSQL's advisory locks are numbers
_TAKE_WRITER_LOCK = f"SELECT pg_advisory_xact_lock({_WRITER_LOCK}, hashtext(current_schema()))"


def address(home: Path, settings: Settings) -> URL:
    """The database's URL.

    Raises:
        SettingsError: no URL, or a database other than SQLite and PostgreSQL.
    """
    if not settings.database:
        return sa.URL.create("sqlite", database=str(home / FILE_NAME))
    try:
        url = sa.make_url(settings.database)
        backend = url.get_backend_name()
    except (ArgumentError, ValueError) as error:
        raise SettingsError("database is no database URL") from error
    if backend == "sqlite" and url.database in {None, "", ":memory:"}:
        raise SettingsError("database needs a file: the ledger does not live in memory")
    if backend not in {"sqlite", "postgresql"}:
        raise SettingsError(
            f"database takes SQLite or postgresql+psycopg, not {backend!r}",
            next_step="leave it empty, or write postgresql+psycopg://user@host/name",
        )
    if backend == "postgresql" and url.drivername == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if backend == "postgresql" and url.get_driver_name() != "psycopg":
        raise SettingsError("database takes postgresql+psycopg; no other driver is looked after")
    return url


def connect(url: URL) -> Engine:
    """An engine whose connections are set up; a SQLite file is made private (0600) before anything is in it.

    Raises:
        MissingPartError: the database's driver is not installed.
        LedgerError: the folder or file cannot be made.
    """
    if url.get_backend_name() != "sqlite":
        try:
            engine = sa.create_engine(url, pool_pre_ping=True)
        except (ImportError, SQLAlchemyError) as error:
            raise MissingPartError(
                f"the database driver for {url.drivername} is not installed",
                next_step="pip install 'creditline[postgres]'",
            ) from error
        sa.event.listen(engine, "begin", _on_begin_postgres)
        return engine
    _make_file(Path(str(url.database)))
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    sa.event.listen(engine, "connect", _on_connect)
    sa.event.listen(engine, "begin", _on_begin)
    return engine


def _make_file(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise LedgerError(
            f"{path} cannot be opened: {error.strerror}",
            next_step="choose another data folder with --home, or check who owns this one",
        ) from error


def _on_connect(connection: sqlite3.Connection, record: Any) -> None:  # noqa: ARG001 - SQLAlchemy's
    # The driver's own BEGIN comes late and is never IMMEDIATE: `_on_begin` says it instead.
    connection.isolation_level = None
    _enter_wal(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _enter_wal(connection: sqlite3.Connection) -> None:
    # The switch to WAL does not honour the busy timeout (SQLite, "Write-Ahead Logging", 8).
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _on_begin_postgres(connection: Connection) -> None:
    if connection.get_execution_options().get(_WRITES, False):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(BUSY_SECONDS * 1000)}")
        connection.exec_driver_sql(_TAKE_WRITER_LOCK)


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the ledger throughout.

    Raises:
        LedgerError: the database refuses.
    """
    options: dict[str, Any] = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with translated(), engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """The one writer's connection: committed when the block ends, rolled back when it raises.

    Raises:
        LedgerError: the database refuses; `ledger_busy` when another process kept writing.
    """
    with translated(), engine.execution_options(**{_WRITES: True}).begin() as connection:
        yield connection


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turns the database's errors into ours, without the statement (it may hold personal values)."""
    try:
        yield
    except IntegrityError as error:
        raise LedgerError(
            f"the ledger refuses a contradictory record: {error.orig}", code="ledger_integrity"
        ) from error
    except SQLAlchemyError as error:
        raise _ours(getattr(error, "orig", None) or error) from error
    except sqlite3.Error as error:
        raise _ours(error) from error


def _ours(error: BaseException) -> LedgerError:
    words = str(error).splitlines()[0][:300] if str(error) else type(error).__name__
    if "locked" in words or "lock timeout" in words:
        return LedgerError(
            "another process has been writing to the ledger for too long",
            code="ledger_busy",
            next_step="wait for it, or stop it, and try again",
        )
    if "malformed" in words or "not a database" in words:
        return LedgerError(
            f"the ledger's file is damaged: {words}",
            code="ledger_damaged",
            next_step="restore it from a backup (creditline backup), or move it aside to begin a new one",
        )
    if "is full" in words:
        return LedgerError("the disk is full", code="disk", next_step="free some space")
    return LedgerError(f"the ledger cannot be used: {words}")


def copy_file(engine: Engine, target: Path) -> None:
    """A consistent copy of a SQLite ledger (its online backup), mode 0600, while others go on using it.

    Raises:
        LedgerError: not SQLite, or the copy cannot be written.
    """
    if engine.dialect.name != "sqlite":
        raise LedgerError(
            "only a SQLite ledger can be copied as a file", next_step="copy a PostgreSQL ledger with pg_dump"
        )
    _make_file(target)
    with translated(), engine.connect() as connection:
        source = connection.connection.driver_connection
        with contextlib.closing(sqlite3.connect(target)) as copy:
            source.backup(copy)  # type: ignore[union-attr]
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without -wal and -shm beside it


def forget_pages(engine: Engine) -> None:
    """Takes purged values out of SQLite's write-ahead log too; does nothing elsewhere.

    A reader in the middle of something may hold it back; the next call, or the last to close, makes up for it.
    """
    if engine.dialect.name == "sqlite":
        with translated(), engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
