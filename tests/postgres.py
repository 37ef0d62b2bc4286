"""A PostgreSQL server of the tests' own: on loopback, in a folder that goes, as a user that is not root."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from creditline.ledger import engine, migrate
from creditline.ledger.schema import REVISIONS, metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from creditline.model.settings import Settings

ABSENT = "PostgreSQL is absent; tools/install-postgres.sh brings it"
NAME = "creditline"
_PLACES = ("/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt")
# Tests lose nothing when the machine loses power.
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=2GB", "autovacuum=off")
START_SECONDS = 30


def programs() -> Path | None:
    """The folder that holds `initdb` and `postgres`; None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    for place in _PLACES:
        folders += sorted(Path(place).parent.glob(f"{Path(place).name}*/**/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").is_file()), None)


@contextlib.contextmanager
def server() -> Iterator[sa.URL]:
    """A running server; the address of its empty database."""
    bin_ = programs()
    if bin_ is None:
        pytest.skip(ABSENT)
    with tempfile.TemporaryDirectory(prefix="creditline-postgres-") as folder:
        owner = _owner(Path(folder))
        data = Path(folder) / "data"
        made = [bin_ / "initdb", "-D", data, "-U", NAME, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(made, check=True, capture_output=True, cwd=folder, **owner)
        port = _free_port()
        options = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", *_FAST]
        command = [bin_ / "postgres", "-D", data, *(word for option in options for word in ("-c", option))]
        running = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **owner
        )
        try:
            _wait(bin_, port, running)
            yield sa.URL.create(
                "postgresql+psycopg", username=NAME, host="127.0.0.1", port=port, database="postgres"
            )
        finally:
            running.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(2)
            running.send_signal(2)  # "fast": whoever is still connected is thrown out
            running.wait(30)


def _owner(folder: Path) -> dict[str, Any]:
    """Popen's arguments for a user other than root, whom the server refuses; the folder is given to them."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            os.chown(folder, user.pw_uid, user.pw_gid)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    pytest.skip("there is no user postgres or nobody to run PostgreSQL as")


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def _wait(bin_: Path, port: int, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    asked = [bin_ / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(asked, check=False).returncode:
        assert running.poll() is None, "PostgreSQL ended while it was starting"
        assert time.monotonic() < until, "PostgreSQL did not start"
        time.sleep(0.05)


class Schemas:
    """Schemas for the ledgers of one test after another: made and migrated once, emptied when a test is done."""

    def __init__(self, base: sa.URL) -> None:
        self._base = base
        self._free: list[str] = []
        self._used: dict[Path, str] = {}
        self._count = 0
        self._unmigrated = False
        self._engine = sa.create_engine(base, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)

    def begin(self, *, unmigrated: bool = False) -> sa.URL:
        """Makes ready for a test; the address that processes which it starts find in their environment."""
        self._unmigrated = unmigrated
        self._first = self._taken()
        return self._url(self._first)

    def address(self, home: Path, settings: Settings) -> sa.URL:
        """Stands in for `engine.address`: what would be a file in the data folder is a schema.

        The first data folder of a test has the one that its environment names; further ones have others.
        """
        if settings.database not in {"", self._url(self._first).render_as_string(hide_password=False)}:
            return _address(home, settings)
        if home not in self._used:
            self._used[home] = self._taken() if self._used else self._first
        return self._url(self._used[home])

    def end(self) -> None:
        """Empties what the test used; what it changed beyond rows is dropped."""
        for schema in {self._first, *self._used.values()}:
            if self._unmigrated or not self._emptied(schema):
                self._say(f"DROP SCHEMA {schema} CASCADE")
            else:
                self._free.append(schema)
        self._used = {}

    def _taken(self) -> str:
        if self._free and not self._unmigrated:
            return self._free.pop()
        self._count += 1
        schema = f"ledger_{self._count}"
        self._say(f"CREATE SCHEMA {schema}")
        if not self._unmigrated:
            base = engine.connect(self._url(schema))
            migrate.upgrade(base)
            base.dispose()
        return schema

    def _emptied(self, schema: str) -> bool:
        with self._engine.connect() as connection:
            columns = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s"
            found = {tuple(row) for row in connection.exec_driver_sql(columns, (schema,))}
            tables = {table for table, _ in found}
            if not {(t.name, c.name) for t in metadata.tables.values() for c in t.columns} <= found:
                return False
            stands = (
                connection.exec_driver_sql(f"SELECT version_num FROM {schema}.alembic_version").scalars().all()
            )
            if stands != [REVISIONS[-1]]:
                return False
            numbers = "SELECT sequence_name FROM information_schema.sequences WHERE sequence_schema = %s"
            sequences = connection.exec_driver_sql(numbers, (schema,)).scalars().all()
            # As a replica neither foreign keys nor triggers ask for an order.
            said = [
                f"SET search_path = {schema}",
                "SET lock_timeout = 5000",
                "SET session_replication_role = replica",
            ]
            said += [f"DELETE FROM {table}" for table in sorted(tables - {"alembic_version"})]
            said += ["INSERT INTO meta (key, value) VALUES ('head', '0:')"]
            said += [f"ALTER SEQUENCE {sequence} RESTART" for sequence in sequences]
            said += ["RESET ALL"]
            connection.exec_driver_sql("; ".join(said))
            return True

    def _url(self, schema: str) -> sa.URL:
        return self._base.update_query_dict({"options": f"-csearch_path={schema}"})

    def _say(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(f"SET lock_timeout = 5000; {statement}")


_address = engine.address
