"""A folder of one recorder's own beside those of others: locked while it lives, taken over when it is gone."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from ulid import ULID

if TYPE_CHECKING:
    from collections.abc import Iterator


class Tray:
    """`path` is the folder; it lies in `folder` beside those of other recorders."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.path = folder / str(ULID())
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        # Locked before it is there: an unlocked tray is one that its recorder left behind.
        self._lock = _lock_of(self.path)
        self._lock.acquire(timeout=0)
        self.path.mkdir(mode=0o700)

    def left(self) -> Iterator[Path]:
        """What lies in the trays of recorders that are gone, oldest first; what is not moved goes with its tray."""
        for tray in sorted(path for path in self._folder.iterdir() if path.is_dir() and path != self.path):
            lock = _lock_of(tray)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                continue  # its recorder is alive
            try:
                yield from sorted(tray.iterdir()) if tray.is_dir() else []  # another recorder may have been here
                shutil.rmtree(tray, ignore_errors=True)
                Path(lock.lock_file).unlink(missing_ok=True)
            finally:
                lock.release()

    def close(self) -> None:
        """Give the tray up: removed where it is empty, else left for the next recorder."""
        with contextlib.suppress(OSError):
            self.path.rmdir()
            Path(self._lock.lock_file).unlink(missing_ok=True)
        self._lock.release()


def _lock_of(tray: Path) -> FileLock:
    return FileLock(f"{tray}.lock", thread_local=False)  # a recorder may be closed by another thread
