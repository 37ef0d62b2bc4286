"""FAISS's flat index gives the same answers."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from tests.ledger.index.conformance import CODES, RADII, STEPS, agrees, brute, name

from creditline.ledger.index.faiss_flat import FaissIndex
from creditline.ledger.index.linear import LinearIndex
from creditline.ledger.store import Ledger
from creditline.model.errors import LedgerError, MissingPartError
from creditline.model.observation import Fingerprint
from creditline.model.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("faiss", reason="FAISS is absent; pip install 'creditline[faiss]' brings it")


@given(steps=STEPS, query=CODES, radius=RADII)
@settings(max_examples=60, deadline=None)
def test_it_agrees_with_brute_force(steps: list[tuple[str, int, bytes]], query: bytes, radius: int) -> None:
    """The conformance run."""
    agrees(FaissIndex(), steps, query, radius)


def test_it_answers_as_the_embedded_engine_does(tmp_path: Path) -> None:
    """Loaded from one ledger both find the same, and what is added to the ledger later, too."""
    with Ledger.open(tmp_path, Settings()) as ledger:
        work = ledger.new_work("cat")
        held = {name(number): os.urandom(32) for number in range(30)}
        for id_, code in held.items():
            ledger.put_fingerprint(id_, Fingerprint("k", code), work)
        engines = [FaissIndex.load(ledger, "k"), LinearIndex.load(ledger, "k")]
        held[name(99)] = bytes(32)
        ledger.put_fingerprint(name(99), Fingerprint("k", bytes(32)), work)

        assert [brute(held, bytes(32), 128)] * 2 == [engine.within(bytes(32), 128) for engine in engines]
        assert engines[1].nbytes == engines[0].nbytes


@pytest.mark.parametrize("code", [b"", bytes(31), bytes(33)])
def test_codes_of_another_length_are_refused(code: bytes) -> None:
    """A code that is not 256 bits long never reaches FAISS."""
    index = FaissIndex()

    for action in (lambda: index.add("a", code), lambda: index.within(code, 1)):
        with pytest.raises(LedgerError):
            action()


def test_without_faiss_the_way_to_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra that brings it is named."""
    monkeypatch.setitem(sys.modules, "faiss", None)

    with pytest.raises(MissingPartError) as caught:
        FaissIndex()
    assert "creditline[faiss]" in str(caught.value.next_step)
