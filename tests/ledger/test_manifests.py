"""Manifests and soft bindings in the ledger."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from creditline.ledger import manifests
from creditline.ledger.manifests import Binding, StoredManifest
from creditline.ledger.store import Ledger
from creditline.model.errors import ConflictError
from creditline.model.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KIND = "io.iscc.v0"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path, Settings()) as opened:
        yield opened


def put(ledger: Ledger, identity: str, data: bytes = b"x", *bound: Binding) -> StoredManifest:
    made = StoredManifest(identity, hashlib.sha256(data).hexdigest(), data, True, "2026-01-01T00:00:00Z")
    manifests.put(ledger, made, bound)
    return made


def test_a_manifest_is_kept_once(ledger: Ledger) -> None:
    """The same again changes nothing; other bytes under its id are refused; gone is gone, bindings and all."""
    made = put(ledger, "a", b"x", Binding("v"))
    put(ledger, "a", b"x")

    with pytest.raises(ConflictError):
        put(ledger, "a", b"y")
    assert made == manifests.get(ledger, "a") == manifests.by_bytes(ledger, made.sha256)
    assert ["a"] == manifests.bound_to(ledger, "v", "any", 10)
    assert (True, False) == (manifests.remove(ledger, "a"), manifests.remove(ledger, "a"))
    assert manifests.get(ledger, "a") is None
    assert [] == manifests.bound_to(ledger, "v", "any", 10)


def test_near_codes_lead_on(ledger: Ledger) -> None:
    """Within the radius, each manifest once with its least distance; other kinds are not compared."""
    put(ledger, "a", b"a", Binding("1", KIND, b"\x00", KIND), Binding("2", KIND, b"\x01", KIND))
    put(ledger, "b", b"b", Binding("3", KIND, b"\x0f", KIND), Binding("4", "x", b"\x00", "x"))

    assert {"a": 0} == manifests.bound_near(ledger, b"\x00", KIND, 3)
    assert {"a": 0, "b": 4} == manifests.bound_near(ledger, b"\x00", KIND, 4)


def test_rebinding_takes_the_place_of_all(ledger: Ledger) -> None:
    """A known value leads to the new manifest alone; an unknown one is not made known."""
    for name in ("a", "b", "c"):
        put(ledger, name, name.encode())
    for name in ("a", "b"):
        manifests.bind(ledger, Binding("v"), name, "t")

    assert manifests.rebind(ledger, Binding("v"), "c", "t")
    assert not manifests.rebind(ledger, Binding("new"), "c", "t")
    assert ["c"] == manifests.bound_to(ledger, "v", "", 10)


def test_the_receipts_secret_stays(ledger: Ledger) -> None:
    """One secret for the ledger's life."""
    assert manifests.receipt_secret(ledger) == manifests.receipt_secret(ledger)
    assert 32 == len(manifests.receipt_secret(ledger))
