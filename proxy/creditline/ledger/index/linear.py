"""The exact scan: every code is compared, so no neighbour is ever missed.

Codes lie as four contiguous columns of 64 bits, scanned in slices that fit the processor's cache. 40 bytes a code.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

import numpy as np

from creditline.ledger.index.interface import CODE_BYTES
from creditline.ledger.index.names import LedgerNames, MemoryNames
from creditline.model.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from creditline.ledger.index.interface import Names
    from creditline.ledger.store import Ledger

SLICE = 32_768
"""Codes compared at a time: a column's slice and its scratch are 512 KiB together, inside a core's cache."""
_COLUMNS = 4
_LEAST = 1024  # codes that the first allocation holds
_GROWTH = 64  # 1/64 more than needed: at 10⁶ codes a copy of 10 ms every 15,000, and 41 bytes a code
_PORTION = 65_536  # items of a bulk load that stand in memory as Python objects


class LinearIndex:
    """An exact `CandidateIndex` in memory."""

    def __init__(self, names: Names | None = None) -> None:
        self._names: Names = MemoryNames() if names is None else names
        self._columns: NDArray[np.uint64] = np.empty((_COLUMNS, 0), np.uint64)
        self._numbers: NDArray[np.int64] = np.empty(0, np.int64)
        self._length = 0
        self._highest = -1
        self._lock = threading.Lock()
        self._source: LedgerNames | None = None
        self._loaded = -1

    @classmethod
    def load(cls, ledger: Ledger, kind: str) -> Self:
        """The codes of one kind of every known work's pictures in the ledger.

        Raises:
            LedgerError: the ledger cannot be read.
        """
        names = LedgerNames(ledger, kind)
        index = cls(names)
        index._reserve(names.count())
        for numbers, codes in names.codes():
            index._append(np.array(numbers, np.int64), codes)
        if len(index._numbers) > index._length + index._length // _GROWTH:
            index._reserve(index._length)
        index._source, index._loaded = names, index._highest
        return index

    def refresh(self) -> None:
        """Takes in what was added to the ledger since, by this process or another; `within` does it by itself.

        Raises:
            LedgerError: the ledger cannot be read.
        """
        if self._source is None:
            return
        for numbers, codes in self._source.codes(after=self._loaded):
            pieces = (codes[start : start + CODE_BYTES] for start in range(0, len(codes), CODE_BYTES))
            self._merge(dict(zip(numbers, pieces, strict=True)))
            self._loaded = max(self._loaded, numbers[-1])

    def __len__(self) -> int:
        """How many ids are held."""
        return self._length

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the codes and numbers take."""
        return self._columns.nbytes + self._numbers.nbytes

    def add(self, id: str, code: bytes) -> None:  # noqa: A002 - the interface's word
        """Adds a code, or replaces the one that the id had."""
        _check(code)
        number = self._names.number(id, new=True)
        assert number is not None  # noqa: S101 - `new` gives a number or raises
        with self._lock:
            place = self._place(number)
            if place is None:
                self._append(np.array([number], np.int64), code)
            else:
                self._put(place, code)

    def remove(self, id: str) -> bool:  # noqa: A002 - the interface's word
        """Forgets an id; False when it was not there."""
        number = self._names.number(id)
        return number is not None and self.remove_number(number)

    def remove_number(self, number: int) -> bool:
        """Forgets a number; False when it was not there."""
        with self._lock:
            place = self._place(number)
            if place is None:
                return False
            last = self._length - 1
            self._move(last, place)
            self._numbers[place] = self._numbers[last]
            self._length = last
            return True

    def within(self, code: bytes, radius: int) -> list[tuple[str, int]]:
        """Every id whose code differs in at most `radius` bits, with the distance; nearest first, then by id."""
        return self.within_each([code], radius)[0]

    def within_each(self, codes: Sequence[bytes], radius: int) -> list[list[tuple[str, int]]]:
        """`within` for each code, in one go: a slice stays in the cache for all of them."""
        for code in codes:
            _check(code)
        self.refresh()
        with self._lock:
            found = self._near(codes, radius)
        numbers = sorted({number for hits in found for number, _ in hits})
        ids = dict(zip(numbers, self._names.ids(numbers), strict=True))
        # A number without an id was purged from the ledger and not yet dropped here.
        named = [[(ids[number], distance) for number, distance in hits if ids[number]] for hits in found]
        return [sorted(hits, key=lambda hit: (hit[1], hit[0])) for hits in named]

    def bulk_load(self, items: Iterable[tuple[str, bytes]]) -> None:
        """Adds many at once; the last of an id wins."""
        latest: dict[int, bytes] = {}
        for id_, code in items:
            _check(code)
            number = self._names.number(id_, new=True)
            assert number is not None  # noqa: S101 - `new` gives a number or raises
            latest[number] = code
            if len(latest) >= _PORTION:
                self._merge(latest)
                latest = {}
        self._merge(latest)

    def _merge(self, latest: dict[int, bytes]) -> None:
        with self._lock:
            held = self._numbers[: self._length]
            for place in np.flatnonzero(np.isin(held, np.array(list(latest), np.int64))).tolist():
                self._put(place, latest.pop(int(held[place])))
            self._append(np.array(list(latest), np.int64), b"".join(latest.values()))

    def _near(self, codes: Sequence[bytes], radius: int) -> list[list[tuple[int, int]]]:
        """Numbers and distances of what is near each code, in any order."""
        queries = [np.frombuffer(code, np.uint64) for code in codes]
        found: list[list[tuple[int, int]]] = [[] for _ in codes]
        scratch = np.empty(min(SLICE, self._length), np.uint64)
        for start in range(0, self._length, SLICE):
            stop = min(start + SLICE, self._length)
            for query, hits in zip(queries, found, strict=True):
                distances = self._distances(query, start, stop, scratch[: stop - start])
                near = np.flatnonzero(distances <= radius)
                if len(near):
                    hits.extend(
                        zip(self._numbers[start:stop][near].tolist(), distances[near].tolist(), strict=True)
                    )
        return found

    def _distances(
        self, query: NDArray[np.uint64], start: int, stop: int, scratch: NDArray[np.uint64]
    ) -> NDArray[np.uint16]:
        total = np.zeros(stop - start, np.uint16)  # 256 differing bits do not fit the uint8 that one count has
        for column, part in zip(self._columns, query, strict=True):
            np.bitwise_xor(column[start:stop], part, out=scratch)
            total += np.bitwise_count(scratch)
        return total

    def _place(self, number: int) -> int | None:
        if number > self._highest:  # numbers mostly come in order: a new one is seen without a search
            return None
        places = np.flatnonzero(self._numbers[: self._length] == number)
        return int(places[0]) if len(places) else None

    def _append(self, numbers: NDArray[np.int64], codes: bytes) -> None:
        if not len(numbers):
            return
        length = self._length + len(numbers)
        if length > len(self._numbers):
            self._reserve(max(_LEAST, length + length // _GROWTH))
        self._extend(self._length, codes)
        self._numbers[self._length : length] = numbers
        self._length = length
        self._highest = max(self._highest, int(numbers.max()))

    def _reserve(self, capacity: int) -> None:
        numbers = np.empty(capacity, np.int64)
        numbers[: self._length] = self._numbers[: self._length]
        self._numbers = numbers
        self._resize(capacity)

    # What an engine that holds codes in another way does otherwise; `_near` belongs to these.

    def _put(self, place: int, code: bytes) -> None:
        self._columns[:, place] = np.frombuffer(code, np.uint64)

    def _move(self, last: int, place: int) -> None:
        """The last code goes to a place whose own is forgotten."""
        self._columns[:, place] = self._columns[:, last]

    def _extend(self, length: int, codes: bytes) -> None:
        """Joined codes go behind the first `length`; there is room for them."""
        fresh = np.frombuffer(codes, np.uint64).reshape(-1, _COLUMNS)
        self._columns[:, length : length + len(fresh)] = fresh.T

    def _resize(self, capacity: int) -> None:
        columns = np.empty((_COLUMNS, capacity), np.uint64)
        columns[:, : self._length] = self._columns[:, : self._length]
        self._columns = columns


def _check(code: bytes) -> None:
    if len(code) != CODE_BYTES:
        raise LedgerError(f"a code has {CODE_BYTES} bytes, not {len(code)}", code="ledger_value")
