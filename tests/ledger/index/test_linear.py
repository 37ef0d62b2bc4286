"""The exact scan in numpy finds what brute force finds, in the ledger's words and its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from tests.ledger.index.conformance import CODES, RADII, STEPS, agrees, brute

from creditline.ledger.index import linear
from creditline.ledger.index.linear import LinearIndex
from creditline.ledger.store import Ledger
from creditline.model.errors import LedgerError, NotFoundError
from creditline.model.observation import Fingerprint
from creditline.model.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

KIND = "creditline.pdq.1"


@given(steps=STEPS, query=CODES, radius=RADII)
@settings(max_examples=60, deadline=None)
def test_it_agrees_with_brute_force(steps: list[tuple[str, int, bytes]], query: bytes, radius: int) -> None:
    """The conformance run."""
    agrees(LinearIndex(), steps, query, radius)


def test_slices_are_joined_rightly(monkeypatch: pytest.MonkeyPatch) -> None:
    """More codes than one slice and one allocation hold are all compared."""
    monkeypatch.setattr(linear, "SLICE", 100)
    monkeypatch.setattr(linear, "_LEAST", 16)
    held = {f"{number:04}": os.urandom(32) for number in range(1050)}
    index = LinearIndex()
    for name, code in list(held.items())[:50]:
        index.add(name, code)
    index.bulk_load(list(held.items())[50:])
    query = held["0999"]

    assert brute(held, query, 118) == index.within(query, 118)


@pytest.mark.parametrize("code", [b"", bytes(31), bytes(33)])
def test_codes_of_another_length_are_refused(code: bytes) -> None:
    """A code that is not 256 bits long is a LedgerError everywhere."""
    index = LinearIndex()

    for action in (
        lambda: index.add("a", code),
        lambda: index.within(code, 1),
        lambda: index.bulk_load([("a", code)]),
    ):
        with pytest.raises(LedgerError):
            action()


def test_memory_stays_near_forty_bytes_a_code() -> None:
    """32 bytes of code, 8 of number, and what growing needs."""
    index = LinearIndex()
    index.bulk_load((str(number), number.to_bytes(32)) for number in range(200_000))

    assert index.nbytes <= 42 * len(index)


def test_it_loads_from_the_ledger(tmp_path: Path) -> None:
    """Only codes of the kind that belong to a work are candidates; ids are SHA-256; later ones can be added."""
    with Ledger.open(tmp_path, Settings()) as ledger:
        work = ledger.new_work("cat")
        codes = {f"{number:064x}": os.urandom(32) for number in range(5)}
        for name, code in codes.items():
            ledger.put_fingerprint(name, Fingerprint(KIND, code), work)
        ledger.put_fingerprint("a" * 64, Fingerprint(KIND, os.urandom(32)))
        ledger.put_fingerprint("b" * 64, Fingerprint("other", os.urandom(32)), work)
        ledger.put_fingerprint("c" * 64, Fingerprint(KIND, None, missed="no picture"), work)

        index = LinearIndex.load(ledger, KIND)
        name, code = next(iter(codes.items()))

        assert brute(codes, code, 256) == index.within(code, 256)
        assert 40 * len(codes) == index.nbytes

        ledger.put_fingerprint("d" * 64, Fingerprint(KIND, code), work)
        index.add("d" * 64, code)
        assert [(name, 0), ("d" * 64, 0)] == index.within(code, 0)
        assert index.remove(name)
        assert [("d" * 64, 0)] == index.within(code, 0)
        assert not index.remove("f" * 64)
        with pytest.raises(NotFoundError):
            index.add("f" * 64, code)


def test_it_catches_up_with_other_processes(tmp_path: Path) -> None:
    """What is added to the ledger after loading is found by the next search, in whatever order both sides add."""
    with Ledger.open(tmp_path, Settings()) as ledger, Ledger.open(tmp_path, Settings()) as other:
        index = LinearIndex.load(ledger, KIND)
        work = ledger.new_work("cat")
        codes = {f"{number:064x}": os.urandom(32) for number in range(6)}
        for number, (name, code) in enumerate(codes.items()):
            mine = number % 2 == 0
            (ledger if mine else other).put_fingerprint(name, Fingerprint(KIND, code), work)
            if mine:
                index.add(name, code)

        query = next(iter(codes.values()))
        assert brute(codes, query, 256) == index.within(query, 256)
        assert 6 == len(index)
        other.put_fingerprint("d" * 64, Fingerprint(KIND, query))
        other.put_fingerprint("e" * 64, Fingerprint("other", query), work)
        assert brute(codes, query, 256) == index.within(query, 256)


def test_it_hears_of_codes_that_were_made_anew(tmp_path: Path) -> None:
    """Another code, or a work that became known, of a picture that was there already is found by the next search."""
    with Ledger.open(tmp_path, Settings()) as ledger, Ledger.open(tmp_path, Settings()) as other:
        work = ledger.new_work("cat")
        ledger.put_fingerprint("a" * 64, Fingerprint(KIND, bytes(32)), work)
        ledger.put_fingerprint("b" * 64, Fingerprint(KIND, bytes(32)))
        index = LinearIndex.load(ledger, KIND)
        other.put_fingerprint("a" * 64, Fingerprint(KIND, b"\xff" * 32))
        other.put_fingerprint("b" * 64, Fingerprint(KIND, bytes(32)), work)

        assert [("b" * 64, 0)] == index.within(bytes(32), 200)
        assert [("a" * 64, 0)] == index.within(b"\xff" * 32, 0)
