"""Many files read one after the other: in worker processes on every core, in the order they were named.

Memory stays flat however many files there are: only what is being read is held.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections import deque
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from creditline.model.errors import CreditlineError, LimitError, PictureError
from creditline.model.picture import Problem
from creditline.model.reading import Ai, C2paReading, Consent, Inspection
from creditline.services.check import MAX_PICTURE, inspect_bytes, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

STANDARD_INPUT = "-"
FEW = 8
"""Up to so many files are read in this process: workers would take longer to start."""
TOGETHER = 8
"""Files a worker is given at once."""
AHEAD = 3
"""Times `TOGETHER` files for each worker that may be under way: one slow file does not stop the others."""
DEADLINE = 30.0
"""Seconds of one file, after which its worker is ended and it alone goes without a reading."""


class Outcome(NamedTuple):
    """What one file gave: its line (contract §3) as JSON text, an error when it could not be read, or both."""

    path: str
    line: str | None
    error: CreditlineError | None

    @property
    def inspection(self) -> Inspection:
        """The line as a value; there must be one."""
        assert self.line is not None  # noqa: S101
        return Inspection.from_json(json.loads(self.line))


def files_in(folder: str) -> Iterator[str]:
    """The files in a folder and in the folders in it, each folder's own first, by name; links are not followed."""
    for here, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(here, name)
            if path.is_file():
                yield str(path)


def read_all(paths: Iterable[str], *, pixels: bool, home: Path, workers: int | None = None) -> Iterator[Outcome]:
    """One outcome a path, in order, each as soon as it and those before it are known.

    `-` is standard input, read here. A file that crashes its reader or takes longer than `DEADLINE` is an outcome
    with the error `worker_lost`; the rest go on.
    """
    rest = iter(paths)
    first = list(islice(rest, FEW + 1))
    if len(first) <= FEW:
        for path in first:
            yield read_one(path, pixels=pixels)
        return
    yield from _spread(chain(first, rest), pixels, home, workers or _cores())


def read_one(path: str, *, pixels: bool) -> Outcome:
    """The outcome of one path, read in this process."""
    try:
        data = _standard_input() if path == STANDARD_INPUT else load(Path(path))
        if not data:
            raise PictureError("standard input is empty", code="empty_file")
    except CreditlineError as error:
        nothing = _line(_unread(path, error, hashlib.sha256().hexdigest(), 0))
        return Outcome(path, nothing if error.code == "empty_file" else None, error)
    return Outcome(path, _line(inspect_bytes(data, path=path, pixels=pixels)), None)


def inspections(path: Path, home: Path, *, paths: list[str], pixels: bool) -> dict[str, Any]:  # noqa: ARG001 - as every job
    """The worker's job: the outcomes of `paths` as `{"read": [[line | null, code | null, message], …]}`."""
    read = [read_one(name, pixels=pixels) for name in paths]
    return {"read": [[o.line, o.error and o.error.code, str(o.error or "")] for o in read]}


def _spread(paths: Iterator[str], pixels: bool, home: Path, count: int) -> Iterator[Outcome]:
    from creditline.services.workers import Workers

    workers = Workers(home, count, DEADLINE, waited_for=True)

    def begun(group: list[str]) -> Callable[[], Iterable[Outcome]]:
        if group == [STANDARD_INPUT]:
            return lambda: [read_one(STANDARD_INPUT, pixels=pixels)]
        future = workers.submit(_job(group, pixels))
        return lambda: _received(workers, group, pixels, future.result)

    under_way: deque[Callable[[], Iterable[Outcome]]] = deque()
    try:
        for group in _groups(paths):
            under_way.append(begun(group))
            if len(under_way) > AHEAD * count:
                yield from under_way.popleft()()
        while under_way:
            yield from under_way.popleft()()
    finally:
        workers.close()


def _groups(paths: Iterator[str]) -> Iterator[list[str]]:
    group: list[str] = []
    for path in paths:
        if path == STANDARD_INPUT or len(group) == TOGETHER:
            if group:
                yield group
            group = []
        if path == STANDARD_INPUT:
            yield [path]
        else:
            group.append(path)
    if group:
        yield group


def _job(group: list[str], pixels: bool) -> dict[str, Any]:
    return {"job": "inspections", "path": "", "paths": group, "pixels": pixels}


def _received(
    workers: Any, group: list[str], pixels: bool, result: Callable[[], dict[str, Any]]
) -> Iterator[Outcome]:
    """A group's outcomes; when its worker was lost, those of each file asked for alone, so that one is lost."""
    try:
        answer = result()
        if "error" in answer:
            raise LimitError(answer["error"]["message"], code=answer["error"]["code"])
    except CreditlineError as error:
        if len(group) == 1:
            lost = PictureError(f"{group[0]}: {error}", code=error.code)
            yield Outcome(group[0], _line_of_lost(group[0], lost), lost)
            return
        for path in group:
            yield from _received(workers, [path], pixels, workers.submit(_job([path], pixels)).result)
        return
    for path, (line, code, message) in zip(group, answer["read"], strict=True):
        yield Outcome(path, line, None if code is None else PictureError(message, code=code))


def _standard_input() -> bytes:
    data = sys.stdin.buffer.read(MAX_PICTURE + 1)
    if len(data) > MAX_PICTURE:
        raise LimitError(f"standard input has more than {MAX_PICTURE} bytes", code="too_large")
    return data


def _cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _line(inspection: Inspection) -> str:
    return json.dumps(inspection.to_json(), ensure_ascii=False)


def _line_of_lost(path: str, error: CreditlineError) -> str | None:
    """The line of a file whose reader was lost, None when not even its bytes can be read any more."""
    try:
        with Path(path).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return _line(_unread(path, error, digest, file.tell()))
    except OSError:
        return None


def _unread(path: str, error: CreditlineError, sha256: str, size: int) -> Inspection:
    """A file without a reading (contract §3: what cannot be parsed at all still gives its line)."""
    return Inspection(
        path=path,
        sha256=sha256,
        bytes=size,
        format="unknown",
        width=None,
        height=None,
        orientation=None,
        frames=None,
        carriers=(),
        fields=(),
        resolved=(),
        c2pa=C2paReading(state="not_examined"),
        ai=Ai(),
        consent=Consent(),
        errors=(Problem(error.code, str(error)),),
    )
