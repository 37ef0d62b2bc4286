"""Pictures as files named by their SHA-256: what goes in comes out bit-identical or not at all.

`<folder>/ab/cd/<64 hex>`, folders mode 0700, files 0600. A file appears under its name only when it is whole and
on the disk (temporary file, fsync, rename).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from creditline.model.errors import LedgerError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

CHUNK = 1024 * 1024
"""Bytes read at a time: a spooled body of 256 MiB never stands in memory whole."""
STALE_SECONDS = 3600.0
"""Age after which a temporary file belongs to nobody: no picture takes an hour to write."""

_NAME = re.compile(r"[0-9a-f]{64}", re.ASCII)
_TEMPORARY = "incoming-"


class Blobs:
    """A content-addressed store of pictures in one folder; safe for several processes at once.

    Raises `LedgerError` (`blob_name` for what is no SHA-256, `blob_damaged`, `disk`) and `NotFoundError`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes, *, expected: str | None = None) -> str:
        """Keeps the bytes and gives their SHA-256; what is there already is left alone.

        Nothing is kept when they are not the `expected` ones (`blob_name`).
        """
        name = hashlib.sha256(data).hexdigest()
        _refuse_other(name, expected)
        if not self._is_whole(name, len(data)):
            with self._incoming() as (stream, temporary):
                stream.write(data)
                self._settle(stream, temporary, name)
        return name

    def put_file(self, path: Path, *, expected: str | None = None) -> str:
        """Keeps a copy of a file, read once in pieces, and gives its SHA-256; `expected` as for `put`."""
        try:
            source = path.open("rb")
        except OSError as error:
            raise LedgerError(f"{path} cannot be read: {error.strerror}", code="disk") from error
        with source, self._incoming() as (stream, temporary):
            running = hashlib.sha256()
            length = 0
            while piece := source.read(CHUNK):
                running.update(piece)
                length += len(piece)
                stream.write(piece)
            name = running.hexdigest()
            _refuse_other(name, expected)
            if not self._is_whole(name, length):
                self._settle(stream, temporary, name)
        return name

    def get(self, sha256: str) -> bytes:
        """The bytes, checked against their name."""
        path = self.path(sha256)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise LedgerError(f"picture {sha256} cannot be read: {error.strerror}", code="disk") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise LedgerError(
                f"picture {sha256} is damaged on disk",
                code="blob_damaged",
                next_step="restore it from a backup, or import the file again",
            )
        return data

    def open(self, sha256: str) -> BinaryIO:
        """The file, opened for reading and not checked: for streaming what was checked before."""
        try:
            return self.path(sha256).open("rb")
        except OSError as error:
            raise LedgerError(f"picture {sha256} cannot be read: {error.strerror}", code="disk") from error

    def path(self, sha256: str) -> Path:
        """Where the picture lies.

        Raises:
            NotFoundError: it was never kept, or was removed.
        """
        path = self._place(sha256)
        if not path.is_file():
            raise NotFoundError(f"picture {sha256} is not kept here")
        return path

    def has(self, sha256: str) -> bool:
        """Whether the picture is kept."""
        return self._place(sha256).is_file()

    def remove(self, sha256: str) -> bool:
        """Forgets a picture; False when it was not there."""
        path = self._place(sha256)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise LedgerError(f"picture {sha256} cannot be removed: {error.strerror}", code="disk") from error
        for folder in (path.parent, path.parent.parent):
            with contextlib.suppress(OSError):  # not empty: other pictures live there
                folder.rmdir()
        return True

    def names(self) -> Iterator[str]:
        """Every kept picture, in order of name."""
        if not self.folder.is_dir():
            return
        for path in sorted(self.folder.glob("??/??/*")):
            if _NAME.fullmatch(path.name) and path.is_file():
                yield path.name

    def orphans(self, known: Container[str]) -> Iterator[str]:
        """Kept pictures that `known` lacks: left by a stop between writing the file and the record."""
        return (name for name in self.names() if name not in known)

    def sweep(self) -> int:
        """Removes temporary files that a stopped process left; how many."""
        removed = 0
        for path in self.folder.glob(_TEMPORARY + "*") if self.folder.is_dir() else ():
            with contextlib.suppress(OSError):  # another process was faster
                if time.time() - path.stat().st_mtime > STALE_SECONDS:
                    path.unlink()
                    removed += 1
        return removed

    def _place(self, sha256: str) -> Path:
        if not isinstance(sha256, str) or not _NAME.fullmatch(sha256):
            raise LedgerError(f"{sha256!r:.80} is not the SHA-256 of a picture", code="blob_name")
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def _is_whole(self, name: str, length: int) -> bool:
        try:
            return self._place(name).stat().st_size == length
        except OSError:
            return False

    @contextlib.contextmanager
    def _incoming(self) -> Iterator[tuple[BinaryIO, Path]]:
        temporary = self.folder / f"{_TEMPORARY}{secrets.token_hex(8)}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                yield stream, temporary
        except OSError as error:
            raise LedgerError(
                f"a picture cannot be kept in {self.folder}: {error.strerror}",
                code="disk",
                next_step="free some space, or check who owns the folder",
            ) from error
        finally:
            with contextlib.suppress(OSError):  # renamed already, or never made
                temporary.unlink()

    def _settle(self, stream: BinaryIO, temporary: Path, name: str) -> None:
        stream.flush()
        os.fsync(stream.fileno())
        place = self._place(name)
        while True:
            for folder in (place.parent.parent, place.parent):
                folder.mkdir(mode=0o700, exist_ok=True)
            try:
                temporary.replace(place)
                break
            except FileNotFoundError:
                # Another process just removed the folder because it was empty.
                if not temporary.exists():
                    raise
        for folder in (place.parent, place.parent.parent, self.folder):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _refuse_other(name: str, expected: str | None) -> None:
    if expected is not None and name != expected:
        raise LedgerError(f"these bytes are not those of picture {expected:.80}", code="blob_name")
