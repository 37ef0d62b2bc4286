"""What every fingerprint engine promises: exact answers within a radius, no matter the order of insertion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CODE_BITS = 256
"""Bits of a code: distances run from 0 to this."""
CODE_BYTES = CODE_BITS // 8


class CandidateIndex(Protocol):
    """Codes of `CODE_BYTES` bytes by id (a picture's SHA-256), searched by Hamming distance.

    Safe to share between threads. Raises `LedgerError` for a code of another length.
    """

    def add(self, id: str, code: bytes) -> None:  # noqa: A002 - the interface's word
        """Adds a code, or replaces the one that the id had."""

    def remove(self, id: str) -> bool:  # noqa: A002
        """Forgets an id; False when it was not there."""

    def within(self, code: bytes, radius: int) -> list[tuple[str, int]]:
        """Every id whose code differs in at most `radius` bits, with the distance; nearest first, then by id."""

    def within_each(self, codes: Sequence[bytes], radius: int) -> list[list[tuple[str, int]]]:
        """`within` for each code, in one go."""

    def bulk_load(self, items: Iterable[tuple[str, bytes]]) -> None:
        """Adds many at once, much faster than one by one; the last of an id wins."""

    def __len__(self) -> int:
        """How many ids are held."""


class Names(Protocol):
    """The numbers that an engine holds in place of ids: eight bytes each, where an id would take a hundred."""

    def number(self, id: str, *, new: bool = False) -> int | None:  # noqa: A002
        """An id's number, the same every time; None for an id that has none and is not to get one.

        Raises:
            NotFoundError: `new`, and this kind of names cannot give it one.
        """

    def ids(self, numbers: Sequence[int]) -> list[str]:
        """The ids of numbers, in their order."""
