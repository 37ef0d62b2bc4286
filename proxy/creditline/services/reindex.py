"""Upkeep of the fingerprint search: its numbers, and codes made anew after a change of how they are made."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from creditline.fingerprints.perceptual import KIND
from creditline.ledger import queries
from creditline.ledger.index import upkeep
from creditline.ledger.index.choose import BY_NAME, engine_of
from creditline.services.answers import fingerprint_of
from creditline.services.workers import WorkerLostError, Workers
from creditline.vocab.thresholds import CODE_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from creditline.ledger.store import Ledger
    from creditline.model.settings import Settings
    from creditline.services.workers import Answer

SCHEMA = "creditline/index/1"
TOGETHER = 50
"""Pictures written in one transaction: each reaches the disk once, and a crash costs no more than these."""
AHEAD = 4
"""Pictures under way for each worker."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did: pictures made anew, those that could not be read, and codes in the database's own table."""

    pictures: int
    unreadable: tuple[str, ...]
    refilled: int | None


def stats(ledger: Ledger, settings: Settings) -> dict[str, Any]:
    """The search in numbers: the engine, bytes of memory it takes, and each kind of code.

    Raises:
        SettingsError, MissingPartError: the engine that is set is not to be had.
        LedgerError: the ledger cannot be read.
    """
    engine = engine_of(ledger, settings.index)
    rows = upkeep.kinds(ledger)
    return {
        "schema": SCHEMA,
        "engine": next(word for word, chosen in BY_NAME.items() if chosen is engine),
        "version": CODE_VERSION,
        "memory": sum(engine.load(ledger, row.kind).nbytes for row in rows),
        "kinds": [
            {
                "kind": row.kind,
                "pictures": row.pictures,
                "searched": row.searched,
                "undecodable": row.undecodable,
                "versions": {str(version): count for version, count in row.versions.items()},
                "outdated": row.outdated,
            }
            for row in rows
        ],
    }


def rebuild(
    ledger: Ledger,
    settings: Settings,
    *,
    every: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Rebuilt:
    """Makes codes of another version anew from the kept pictures, or those of `every` picture, on all workers.

    What was interrupted goes on where it stopped (but with `every`): each picture's row says which making it is of.

    Raises:
        LedgerError: the ledger cannot be read or written.
    """
    due = upkeep.outdated(ledger, KIND, every=every)
    workers = Workers(ledger.home, settings.workers, settings.read_timeout, waited_for=True)
    unreadable: list[str] = []
    made: list[tuple[str, str | None, list[Any]]] = []
    try:
        for number, (sha256, work, answer) in enumerate(_answers(ledger, due, workers, settings.workers), 1):
            if answer is None or "error" in answer:
                unreadable.append(sha256)
            else:
                stands = queries.seen_in(ledger, [sha256], ("original", "uploaded"))
                codes = [answer["fingerprint"], *(answer["crops"] if stands else ())]
                made.append((sha256, work, [fingerprint_of(code) for code in codes]))
            if len(made) == TOGETHER or number == len(due):
                upkeep.replace(ledger, made)
                made = []
            if progress is not None:
                progress(number, len(due))
    finally:
        workers.close()
    return Rebuilt(len(due) - len(unreadable), tuple(unreadable), upkeep.refill(ledger))


def _answers(
    ledger: Ledger, due: list[tuple[str, str | None]], workers: Workers, count: int
) -> Iterator[tuple[str, str | None, Answer | None]]:
    """The workers' answers in order, a few pictures ahead; None where a worker or the file was lost."""
    waiting: deque[tuple[str, str | None, Future[Answer] | None]] = deque()
    for sha256, work in due:
        file = ledger.blobs.path(sha256) if ledger.blobs.has(sha256) else None
        waiting.append((sha256, work, workers.submit({"job": "codes", "path": str(file)}) if file else None))
        if len(waiting) > AHEAD * max(1, count):
            yield _answered(*waiting.popleft())
    while waiting:
        yield _answered(*waiting.popleft())


def _answered(
    sha256: str, work: str | None, future: Future[Answer] | None
) -> tuple[str, str | None, Answer | None]:
    try:
        return sha256, work, None if future is None else future.result()
    except WorkerLostError:
        return sha256, work, None
