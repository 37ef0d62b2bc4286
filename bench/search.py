"""Exact search costs little more than reading the codes from memory, at a million and at ten millions.

Codes are random; ids are their numbers, so that at ten millions the index is measured and not Python's strings.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import sqlalchemy as sa

from _ratio import Amount, asked, compare, main
from creditline.fingerprints.perceptual import KIND
from creditline.ledger import schema
from creditline.ledger.index.linear import LinearIndex
from creditline.ledger.store import Ledger
from creditline.model.observation import Fingerprint
from creditline.model.settings import Settings
from creditline.vocab.thresholds import ALONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from _ratio import Line

MILLION = 1_000_000
SIZES = ((MILLION, 41), (10 * MILLION, 11))
PORTION = 50_000
INSERTS = 101
SCAN = "exact search, {:,} codes"
LOAD = f"cold load of {MILLION:,} codes from the ledger"
MEMORY = "… memory a code"
INSERT = "durable insert of one code"


class Numbered:
    """Names that are numbers in decimal."""

    def number(self, id: str, *, new: bool = False) -> int | None:  # noqa: A002, ARG002 - the interface's words
        return int(id)

    def ids(self, numbers: Sequence[int]) -> list[str]:
        return [str(number) for number in numbers]


def codes(count: int) -> NDArray[np.uint8]:
    """Random codes, 32 bytes each."""
    return np.random.default_rng(11).integers(0, 256, (count, 32), np.uint8)


def bare_scan(columns: list[NDArray[np.uint64]], words: NDArray[np.uint64]) -> NDArray[np.intp]:
    """The floor: distances to all codes in four columns, and those within the radius."""
    distances = np.zeros(len(columns[0]), np.uint16)
    for column, word in zip(columns, words, strict=True):
        distances += np.bitwise_count(column ^ word)
    return np.flatnonzero(distances <= ALONE.distance)


def searched(count: int, rounds: int) -> Iterator[Line]:
    """Our index against the bare scan, and the memory that it takes."""
    held = codes(count)
    index = LinearIndex(Numbered())
    for start in range(0, count, PORTION):
        index.bulk_load((str(n), held[n].tobytes()) for n in range(start, min(start + PORTION, count)))
    columns = [np.ascontiguousarray(column) for column in held.view(np.uint64).T]
    wanted = held[count // 2]
    words = wanted.view(np.uint64)
    assert [(str(count // 2), 0)] == index.within(wanted.tobytes(), 0)
    yield compare(
        SCAN.format(count),
        lambda: index.within(wanted.tobytes(), ALONE.distance),
        lambda: bare_scan(columns, words),
        against="bare numpy scan",
        goal=1.2,
        rounds=rounds,
    )


def from_the_ledger() -> Iterator[Line]:
    """How long a start takes that finds a million codes, and how long one more takes."""
    with (
        tempfile.TemporaryDirectory(prefix="creditline-bench-") as folder,
        Ledger.open(Path(folder), Settings()) as ledger,
    ):
        work = ledger.new_work("bench")
        fill(ledger, work)
        with ledger.reads() as connection:
            start = time.perf_counter()
            connection.exec_driver_sql("SELECT seq, code FROM fingerprints ORDER BY seq").cursor.fetchall()
            bare = time.perf_counter() - start
        start = time.perf_counter()
        index = LinearIndex.load(ledger, KIND)
        yield Amount(LOAD, time.perf_counter() - start, "s", 1.0, f"the bare rows {bare:.2f} s")
        assert len(index) == MILLION
        yield Amount(MEMORY, index.nbytes / MILLION, "bytes", 40, "32 of code, 8 of number")
        times = [insert(ledger, index, work, number) for number in range(INSERTS)]
        note = f"p50; a bare durable insert {bare_insert(Path(folder)):.1f} ms"
        yield Amount(INSERT, statistics.median(times), "ms", 1.0, note)


def bare_insert(folder: Path) -> float:
    """The floor: milliseconds of a commit of one row that reaches the disk."""
    times = []
    with contextlib.closing(sqlite3.connect(folder / "bare.sqlite", isolation_level=None)) as bare:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            bare.execute(f"PRAGMA {pragma}")
        bare.execute("CREATE TABLE codes (name TEXT PRIMARY KEY, code BLOB)")
        for number in range(INSERTS):
            start = time.perf_counter()
            bare.execute("INSERT INTO codes VALUES (?, ?)", (f"{number:064x}", bytes(32)))
            times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def fill(ledger: Ledger, work: str) -> None:
    """A million pictures of one work."""
    held = codes(MILLION)
    with ledger.writes() as connection:
        for start in range(0, MILLION, PORTION):
            names = [f"{number:064x}" for number in range(start, start + PORTION)]
            connection.execute(
                sa.insert(schema.pictures),
                [{"sha256": name, "kept": False, "first_seen": "2026-01-01T00:00:00Z"} for name in names],
            )
            connection.execute(
                sa.insert(schema.fingerprints),
                [
                    {"sha256": name, "kind": KIND, "work": work, "code": held[start + n].tobytes(), "quality": 100}
                    for n, name in enumerate(names)
                ],
            )


def insert(ledger: Ledger, index: LinearIndex, work: str, number: int) -> float:
    """Milliseconds until one more code is on disk and can be found."""
    name = hashlib.sha256(str(number).encode()).hexdigest()
    code = np.random.default_rng(number).bytes(32)
    start = time.perf_counter()
    ledger.put_fingerprint(name, Fingerprint(KIND, code, 100), work)
    index.add(name, code)
    return (time.perf_counter() - start) * 1000


def lines() -> Iterator[Line]:
    """Every line of this bench."""
    for count, rounds in SIZES:
        if asked(SCAN.format(count)):
            yield from searched(count, rounds)
    if any(asked(name) for name in (LOAD, MEMORY, INSERT)):
        yield from from_the_ledger()


if __name__ == "__main__":
    sys.exit(main(lines))
