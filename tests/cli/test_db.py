"""`creditline db`."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from tests.cli.sample import credited, home, one_line, remember, run, write

from creditline.ledger import schema

if TYPE_CHECKING:
    from pathlib import Path


def test_status_of_a_folder_without_a_ledger_makes_none() -> None:
    """Asking changes nothing."""
    result = run("db", "status")

    assert 0 == result.exit_code
    assert "none yet" in result.stdout
    assert not (home() / "ledger.sqlite").exists()


def test_upgrade_brings_the_newest_revision() -> None:
    """After `upgrade` the ledger is there and of the newest revision."""
    assert 0 == run("db", "upgrade").exit_code
    assert f"{schema.REVISIONS[-1]}, newest known {schema.REVISIONS[-1]}" in run("db", "status").stdout


def test_upgrade_keeps_what_is_there(tmp_path: Path) -> None:
    """A ledger of the newest revision is left as it is."""
    seen = remember(write(tmp_path / "a.jpg", credited()))

    assert 0 == run("db", "upgrade").exit_code
    assert 0 == run("show", seen.id).exit_code


def test_a_ledger_of_a_newer_program_is_refused() -> None:
    """A revision that this program does not know is not written to."""
    run("db", "upgrade")
    with sqlite3.connect(home() / "ledger.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    result = run("status")

    assert 2 == result.exit_code
    assert "9999" in one_line(result)


def test_a_ledger_that_is_no_database() -> None:
    """Another file under the ledger's name is refused in one line, by every command that opens it."""
    write(home() / "ledger.sqlite", b"hello " * 1000)

    for command in (("db", "status"), ("db", "upgrade"), ("status",), ("log",)):
        result = run(*command)
        assert 2 == result.exit_code
        assert "ledger" in one_line(result)
