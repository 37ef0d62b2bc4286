"""Connections are set up as promised and their errors are ours."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from creditline.ledger import engine
from creditline.ledger.store import Ledger
from creditline.model.errors import LedgerError, MissingPartError, SettingsError
from creditline.model.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.sqlite
def test_sqlite_is_set_up(tmp_path: Path) -> None:
    """WAL, every commit on the disk, foreign keys, deleted values overwritten, a file nobody else may read."""
    with Ledger.open(tmp_path / "home", Settings()) as ledger, ledger.reads() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked]

    assert ["wal", 2, 1, 1, 30000] == found
    assert 0o600 == (tmp_path / "home" / engine.FILE_NAME).stat().st_mode & 0o777
    assert 0o700 == (tmp_path / "home").stat().st_mode & 0o777


@pytest.mark.sqlite
@pytest.mark.parametrize("name", ["a?b#c", "50%", "späce bar", "x;y&z=1"])
def test_any_folder_name_will_do(tmp_path: Path, name: str) -> None:
    """A data folder may be called anything: its name is never parsed as an address."""
    with Ledger.open(tmp_path / name, Settings()):
        assert (tmp_path / name / engine.FILE_NAME).is_file()


@pytest.mark.sqlite
def test_a_database_elsewhere(tmp_path: Path) -> None:
    """The `database` setting names another file."""
    with Ledger.open(tmp_path, Settings(database=f"sqlite:///{tmp_path}/other.sqlite")):
        assert (tmp_path / "other.sqlite").is_file()
        assert not (tmp_path / engine.FILE_NAME).exists()


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "database",
    ["mysql://u:secret@h/d", "nonsense", "sqlite://", "sqlite:///:memory:", "postgresql+asyncpg://u:secret@h/d"],
)
def test_databases_that_will_not_do(tmp_path: Path, database: str) -> None:
    """Anything but SQLite in a file and PostgreSQL is a SettingsError that shows no password."""
    with pytest.raises(SettingsError) as caught:
        Ledger.open(tmp_path, Settings(database=database))
    assert "secret" not in str(caught.value)


@pytest.mark.sqlite
def test_a_driver_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL without its driver names the command that brings it, however the driver is written."""
    monkeypatch.setitem(sys.modules, "psycopg", None)

    for name in ("postgresql+psycopg", "postgresql"):
        with pytest.raises(MissingPartError) as caught:
            Ledger.open(tmp_path, Settings(database=f"{name}://u:secret@h/d"))
        assert "pip install" in str(caught.value.next_step)


@pytest.mark.sqlite
@pytest.mark.parametrize("content", [b"this is no database" * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_file_is_said(tmp_path: Path, content: bytes) -> None:
    """A file that is no database is `ledger_damaged`, with what to do."""
    (tmp_path / engine.FILE_NAME).write_bytes(content)

    with pytest.raises(LedgerError) as caught:
        Ledger.open(tmp_path, Settings())
    assert "ledger_damaged" == caught.value.code
    assert caught.value.next_step


@pytest.mark.sqlite
def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A data folder that is a file is a LedgerError."""
    (tmp_path / "home").write_bytes(b"")

    with pytest.raises(LedgerError):
        Ledger.open(tmp_path / "home", Settings())


def test_a_busy_ledger_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that never ends makes the next one give up with `ledger_busy`, and reading goes on."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    with Ledger.open(tmp_path, Settings()) as ledger, Ledger.open(tmp_path, Settings()) as other, other.writes():
        with pytest.raises(LedgerError) as caught:
            ledger.new_work("cat")
        assert "ledger_busy" == caught.value.code
        assert ledger.verify().ok


def test_personal_values_stay_out_of_errors(tmp_path: Path) -> None:
    """An error tells what was refused, not the values of the statement."""
    with Ledger.open(tmp_path, Settings()) as ledger, pytest.raises(LedgerError) as caught:
        ledger.put_link("rule", "https://x.test/private", None, "no such observation")

    assert "ledger_integrity" == caught.value.code
    assert "private" not in str(caught.value)


def test_processes_may_open_a_new_ledger_at_once(tmp_path: Path) -> None:
    """Four processes that find nothing make one ledger, not four halves."""
    code = (
        "import sys, pathlib\n"
        "from creditline.ledger.store import Ledger\n"
        "from creditline.model import settings\n"
        "home = pathlib.Path(sys.argv[1])\n"
        "with Ledger.open(home, settings.load(home)) as ledger:\n"
        "    print(ledger.id, ledger.verify().ok)\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    answers = {process.communicate(timeout=60)[0] for process in running}

    assert [0] * 4 == [process.returncode for process in running]
    assert 1 == len(answers)
    assert answers.pop().endswith(b"True\n")
