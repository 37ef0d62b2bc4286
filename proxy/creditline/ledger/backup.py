"""The whole ledger in one file: a ZIP that holds `ledger.sqlite` and the kept pictures.

To restore, unpack it into an empty folder and name that with `--home`. Signing key, certificate authority and
settings are not in it: they are secrets or belong to one machine.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import zipfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from creditline.ledger import engine, queries
from creditline.ledger.store import PICTURES
from creditline.model.errors import LedgerError, NotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    from creditline.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: how many pictures, which ones are absent or damaged in the store, the file's bytes."""

    pictures: int
    absent: tuple[str, ...]
    bytes: int


def backup(ledger: Ledger, target: Path, *, force: bool = False) -> Backup:
    """Writes the backup beside its name and renames it when it is whole; mode 0600. Others may go on writing.

    Raises:
        LedgerError: the file exists and `force` is not set, it cannot be written, or the ledger is PostgreSQL's.
    """
    if target.exists() and not force:
        raise LedgerError(f"{target} exists already", next_step="choose another name, or say --force")
    if not target.parent.is_dir():
        raise LedgerError(f"{target.parent} is no folder", code="disk", next_step="choose another place")
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    snapshot = target.with_name(f".{target.name}.{secrets.token_hex(4)}.sqlite")
    try:
        engine.copy_file(ledger.engine, snapshot)
        with os.fdopen(os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            done = _write(ledger, snapshot, stream)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
    except OSError as error:
        raise LedgerError(
            f"{target} cannot be written: {error.strerror}", code="disk", next_step="choose another place"
        ) from error
    finally:
        for path in (temporary, snapshot):
            with contextlib.suppress(OSError):  # renamed already, or never made
                path.unlink()
    return Backup(done[0], done[1], target.stat().st_size)


def _write(ledger: Ledger, snapshot: Path, stream: IO[bytes]) -> tuple[int, tuple[str, ...]]:
    absent: list[str] = []
    count = 0
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED, strict_timestamps=False) as archive:
        archive.write(snapshot, engine.FILE_NAME, compress_type=zipfile.ZIP_DEFLATED)
        # Listed after the snapshot, so that no picture it knows is left out; one purged since then is.
        for sha256 in sorted(queries.kept_pictures(ledger)):
            try:
                data = ledger.blobs.get(sha256)
            except LedgerError as error:
                if error.code not in {NotFoundError.code, "blob_damaged"}:
                    raise
                absent.append(sha256)
                continue
            archive.writestr(f"{PICTURES}/{sha256[:2]}/{sha256[2:4]}/{sha256}", data)
            count += 1
    return count, tuple(absent)
