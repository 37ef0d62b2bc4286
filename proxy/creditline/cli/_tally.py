"""A long run of `inspect`: how far it is, what gave no reading, and an output that a later run can go on with."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, BinaryIO, cast

from creditline.cli._terminal import plain, utf8
from creditline.model.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from creditline.services.many import Outcome

LONG = 100
"""Files from which on a run says how far it is, and how it ended."""
BEGINNING = b'{"schema": "creditline/inspection/1"'
UNKNOWN = '"format": "unknown"'
OFTEN, SELDOM = 0.2, 10.0
"""Seconds between two lines of progress, on a terminal and elsewhere."""


class Tally:
    """Counts outcomes; progress goes to standard error, files without a reading to `failures` as `path, tab, why`."""

    def __init__(self, failures: Path | None, *, before: int = 0) -> None:
        self._list = None if failures is None else _opened(failures, "wb")
        self._failed = 0
        self._before = before
        self._count = 0
        self._start = self._shown = time.monotonic()
        self._live = sys.stderr.isatty() and not sys.stdout.isatty()
        self._closed = False
        self.read_any = before > 0

    def add(self, outcome: Outcome) -> None:
        """Count one outcome."""
        self._count += 1
        self.read_any = self.read_any or outcome.error is None
        if (why := _failure(outcome)) is not None:
            self._failed += 1
            if self._list is not None:
                self._list.write(utf8(f"{plain(outcome.path)}\t{plain(why)}\n"))
        now = time.monotonic()
        if self._count >= LONG and now - self._shown >= (OFTEN if self._live else SELDOM):
            self._shown = now
            sys.stderr.write(f"\r\x1b[K{self._words()}" if self._live else f"{self._words()}\n")
            sys.stderr.flush()

    def clear(self) -> None:
        """Make room for another line on the terminal."""
        if self._live and self._count >= LONG:
            sys.stderr.write("\r\x1b[K")

    def close(self) -> None:
        """Say how a long run ended, once."""
        if self._closed:
            return
        self._closed = True
        if self._count >= LONG or self._before:
            self.clear()
            sys.stderr.write(f"{self._words()}\n")
        if self._list is not None:
            self._list.close()

    def _words(self) -> str:
        rate = self._count / max(time.monotonic() - self._start, 1e-9)
        said = f"{self._count:,} files, {self._failed:,} without a reading, {rate:,.0f} a second"
        return f"{said}; {self._before:,} were there before" if self._before else said


def _failure(outcome: Outcome) -> str | None:
    if outcome.error is not None:
        return f"{outcome.error.code}: {outcome.error}"
    if outcome.line is None or UNKNOWN not in outcome.line:  # most files, without taking the line apart
        return None
    inspection = outcome.inspection
    if inspection.format != "unknown":
        return None
    return "; ".join(f"{problem.code}: {problem.message}" for problem in inspection.errors[:1])


class Output:
    """The file that lines are written to, each whole before the next."""

    def __init__(self, path: Path, *, go_on: bool) -> None:
        self._file = _opened(path, "ab" if go_on else "wb")

    def write(self, text: str) -> None:
        """Add text, in UTF-8."""
        self._file.write(utf8(text))

    def close(self) -> None:
        """Write what is still held."""
        self._file.close()


def finished(path: Path) -> frozenset[str]:
    """The paths that a file of JSON lines has a whole line for; half a last line is cut off.

    Raises:
        UsageError: it holds something else than `inspect --json` writes.
    """
    done = set()
    whole = 0
    try:
        with path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    _expect(BEGINNING.startswith(line[: len(BEGINNING)]), path)
                    break
                done.add(_path_of(line, path))
                whole += len(line)
        os.truncate(path, whole)
    except FileNotFoundError:
        return frozenset()
    except OSError as error:
        raise UsageError(f"{path} cannot be gone on with: {error.strerror}") from error
    return frozenset(done)


def _path_of(line: bytes, source: Path) -> str:
    try:
        found = json.loads(line)["path"]
    except (ValueError, KeyError, TypeError):
        found = None
    _expect(isinstance(found, str), source)
    return str(found)


def _expect(own: bool, source: Path) -> None:
    if not own:
        raise UsageError(f"{source} holds other lines than those of inspect --json; nothing was changed in it")


def _opened(path: Path, mode: str) -> BinaryIO:
    try:
        return cast("BinaryIO", path.open(mode))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
