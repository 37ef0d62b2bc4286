"""A backup is one file that makes a working data folder again."""

from __future__ import annotations

import hashlib
import zipfile
from typing import TYPE_CHECKING

import pytest

from creditline.ledger import queries
from creditline.ledger.backup import backup
from creditline.ledger.rows import Batch
from creditline.ledger.store import Ledger
from creditline.model.errors import LedgerError
from creditline.model.observation import Observation
from creditline.model.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "home", Settings()) as opened:
        yield opened


def add(ledger: Ledger, name: str, data: bytes) -> str:
    sha256 = hashlib.sha256(data).hexdigest()
    seen = Observation(id=name, at="2026-11-24T13:00:00Z", stage="uploaded", via="cli", sha256=sha256)
    ledger.record(Batch(seen, data=data))
    return sha256


@pytest.mark.sqlite
def test_an_unpacked_backup_is_a_ledger(ledger: Ledger, tmp_path: Path) -> None:
    """Unpacked into an empty folder it opens, verifies and has every picture; nobody else may read it."""
    sha256 = add(ledger, "a", b"one")

    done = backup(ledger, tmp_path / "backup.zip")
    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        archive.extractall(tmp_path / "restored")

    assert (1, (), (tmp_path / "backup.zip").stat().st_size) == (done.pictures, done.absent, done.bytes)
    assert 0o600 == (tmp_path / "backup.zip").stat().st_mode & 0o777
    with Ledger.open(tmp_path / "restored", Settings()) as restored:
        assert ledger.id == restored.id
        assert restored.verify().ok
        assert queries.observations(ledger) == queries.observations(restored)
        assert b"one" == restored.blobs.get(sha256)
    assert {"home", "backup.zip", "restored"} == {path.name for path in tmp_path.iterdir()}


@pytest.mark.sqlite
def test_absent_and_damaged_pictures_are_named(ledger: Ledger, tmp_path: Path) -> None:
    """A picture that cannot be had does not stop the backup, nor is its absence kept quiet."""
    gone, damaged, fine = add(ledger, "a", b"1"), add(ledger, "b", b"2"), add(ledger, "c", b"3")
    ledger.blobs.remove(gone)
    ledger.blobs.path(damaged).write_bytes(b"?")

    done = backup(ledger, tmp_path / "backup.zip")

    assert 1 == done.pictures
    assert {gone, damaged} == set(done.absent)
    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        assert {"ledger.sqlite", f"pictures/{fine[:2]}/{fine[2:4]}/{fine}"} == set(archive.namelist())


@pytest.mark.sqlite
def test_nothing_is_overwritten_unasked(ledger: Ledger, tmp_path: Path) -> None:
    """An existing file stays unless `force` is set; an impossible place is said; nothing is left behind."""
    target = tmp_path / "backup.zip"
    target.write_bytes(b"mine")

    with pytest.raises(LedgerError) as caught:
        backup(ledger, target)
    assert caught.value.next_step
    assert b"mine" == target.read_bytes()
    backup(ledger, target, force=True)
    assert zipfile.is_zipfile(target)
    with pytest.raises(LedgerError):
        backup(ledger, target / "below.zip")
    assert {"home", "backup.zip"} == {path.name for path in tmp_path.iterdir()}
