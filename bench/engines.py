"""Every engine finds the same in a million codes of one ledger, and what each costs beside the bare scan.

The ledger lives in a PostgreSQL server that is started for it, so that all three engines search the same rows.
Half of the questions are stored codes with up to 80 bits flipped, half are other codes; brute force answers them, too.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests import postgres

from _ratio import Amount, main
from creditline.fingerprints.perceptual import KIND
from creditline.ledger.index.choose import BY_NAME
from creditline.ledger.store import Ledger
from creditline.model.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from _ratio import Line

MILLION = 1_000_000
QUESTIONS = 40
RADIUS = 80
FLIPPED = 80


def codes(count: int, seed: int) -> NDArray[np.uint8]:
    """Random codes, 32 bytes each."""
    return np.random.default_rng(seed).integers(0, 256, (count, 32), np.uint8)


def questions(held: NDArray[np.uint8]) -> list[bytes]:
    """Stored codes with 0, 4, 8 … bits flipped, and as many that are near nothing."""
    chance = np.random.default_rng(5)
    asked = []
    for number in range(QUESTIONS // 2):
        bits = np.unpackbits(held[int(chance.integers(len(held)))])
        bits[chance.choice(256, number * FLIPPED // (QUESTIONS // 2), replace=False)] ^= 1
        asked.append(np.packbits(bits).tobytes())
    return asked + [code.tobytes() for code in codes(QUESTIONS // 2, 6)]


def brute(held: NDArray[np.uint8], code: bytes) -> list[tuple[str, int]]:
    """What is near, by comparing everything, in the engines' order."""
    far = np.bitwise_count(held.view(np.uint64) ^ np.frombuffer(code, np.uint64)).sum(axis=1, dtype=np.int64)
    near = np.flatnonzero(far <= RADIUS)
    return sorted(((f"{n:064x}", int(far[n])) for n in near), key=lambda hit: (hit[1], hit[0]))


def fill(ledger: Ledger, held: NDArray[np.uint8]) -> float:
    """A million pictures of one work; seconds that PostgreSQL took for its table of codes."""
    work = ledger.new_work("bench")
    with ledger.writes() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        with driver.cursor() as cursor:
            cursor.execute(
                "SET LOCAL session_replication_role = replica"
            )  # the trigger's work is done in one go below
            with cursor.copy("COPY pictures (sha256, kept, first_seen) FROM STDIN") as copy:
                for n in range(len(held)):
                    copy.write_row((f"{n:064x}", False, "2026-01-01T00:00:00Z"))
            with cursor.copy("COPY fingerprints (sha256, kind, work, code, quality) FROM STDIN") as copy:
                for n, code in enumerate(held):
                    copy.write_row((f"{n:064x}", KIND, work, code.tobytes(), 100))
            start = time.perf_counter()
            cursor.execute("SELECT creditline_partition(%s, 1)", (KIND,))
            cursor.execute(
                "INSERT INTO codes SELECT kind, seq, ('x' || encode(code, 'hex'))::bit(256) FROM fingerprints"
            )
            return time.perf_counter() - start


def lines() -> Iterator[Line]:
    """Build, then each engine against brute force."""
    if postgres.programs() is None:
        print(postgres.ABSENT, file=sys.stderr)
        return
    with postgres.server() as url, tempfile.TemporaryDirectory(prefix="creditline-bench-") as folder:
        settings = Settings(database=url.render_as_string(hide_password=False))
        with Ledger.open(Path(folder), settings) as ledger:
            yield from measured(ledger)


def measured(ledger: Ledger) -> Iterator[Line]:
    """Of one ledger in PostgreSQL every engine's answers and times."""
    held = codes(MILLION, 11)
    build = fill(ledger, held)
    with ledger.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
        leaves = "FROM pg_class AS c WHERE relname LIKE 'codes%' AND relkind = 'r'"
        size = connection.execute(sa.text(f"SELECT sum(pg_total_relation_size(c.oid)) {leaves}")).scalar()
    note = f"{int(size or 0) / MILLION:.0f} bytes a code"
    yield Amount("PostgreSQL: building the table of codes", build, "s", 120, note)
    asked = questions(held)
    right = [brute(held, code) for code in asked]
    columns = [np.ascontiguousarray(column) for column in held.view(np.uint64).T]
    floor = np.median([_bare(columns, code) for code in asked])
    for word, engine in BY_NAME.items():
        start = time.perf_counter()
        index = engine.load(ledger, KIND)
        loaded = time.perf_counter() - start
        index.within(asked[0], RADIUS)
        times, wrong = [], 0
        for code, expected in zip(asked, right, strict=True):
            start = time.perf_counter()
            wrong += expected != index.within(code, RADIUS)
            times.append(1000 * (time.perf_counter() - start))
        half, most = np.percentile(times, [50, 99])
        note = f"{QUESTIONS} questions; p50 {half:.1f} ms, p99 {most:.1f} ms, {half / floor:.1f} × the bare numpy scan"
        note += f"; loaded in {loaded:.2f} s, {index.nbytes / MILLION:.0f} bytes a code in memory"
        yield Amount(f"answers other than brute force's: {word}", wrong, "", 0, note)


def _bare(columns: list[NDArray[np.uint64]], code: bytes) -> float:
    start = time.perf_counter()
    distances = np.zeros(len(columns[0]), np.uint16)
    for column, word in zip(columns, np.frombuffer(code, np.uint64), strict=True):
        distances += np.bitwise_count(column ^ word)
    np.flatnonzero(distances <= RADIUS)
    return 1000 * (time.perf_counter() - start)


if __name__ == "__main__":
    sys.exit(main(lines))
