"""Receipts: what a repository gave is recognised by it, and by no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.services.sample import home_with_sites

from creditline.ledger.store import Ledger
from creditline.model.errors import UsageError
from creditline.model.settings import Settings
from creditline.services import receipts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ID, STORE, URI = "urn:c2pa:one", b"a store", "http://127.0.0.1:8744/c2pa/v1"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(home_with_sites(tmp_path), Settings()) as opened:
        yield opened


def test_a_receipt_holds(ledger: Ledger) -> None:
    """It has the members of the specification, is the same each time, and holds when it is shown again."""
    receipt = receipts.make(ledger, ID, STORE, URI)

    assert {"@context", "@type", "repository", "anchor", "verified"} == receipt.keys()
    assert {"uri": URI, "manifestId": ID} == receipt["repository"]
    assert f"{URI}/manifests/urn%3Ac2pa%3Aone/receipts" == receipt["anchor"]["uri"]
    assert receipt == receipts.make(ledger, ID, STORE, URI)
    assert receipt == receipts.check(ledger, ID, STORE, receipt)


@pytest.mark.parametrize("changed", ["store", "id", "named", "uri", "anchor", "alg", "value"])
def test_nothing_of_it_can_be_changed(ledger: Ledger, changed: str) -> None:
    """Another store, id, address, anchor, algorithm or proof: it does not hold, and says so."""
    receipt = receipts.make(ledger, ID, STORE, URI)
    if changed == "named":
        receipt["repository"]["manifestId"] = "urn:c2pa:two"
    if changed == "uri":
        receipt["repository"]["uri"] = "https://elsewhere.example"
    if changed == "anchor":
        receipt["anchor"]["uri"] += "x"
    if changed == "alg":
        receipt["anchor"]["proof"]["alg"] = "none"
    if changed == "value":
        receipt["anchor"]["proof"]["value"] = "ü\ud800"
    identity, store = ("urn:c2pa:two" if changed == "id" else ID), (b"other" if changed == "store" else STORE)

    checked = receipts.check(ledger, identity, store, receipt)

    assert not checked["verified"]
    assert checked["error"]


def test_another_ledger_does_not_know_it(ledger: Ledger, tmp_path: Path) -> None:
    """Each ledger has a secret of its own."""
    receipt = receipts.make(ledger, ID, STORE, URI)
    with Ledger.open(home_with_sites(tmp_path / "other"), Settings()) as other:
        assert not receipts.check(other, ID, STORE, receipt)["verified"]


@pytest.mark.parametrize(
    "change",
    [
        {"@type": "other"},
        {"@type": ["org.c2pa.manifest-receipt"]},
        {"repository": None},
        {"repository": {}},
        {"anchor": "x"},
        {"anchor": {"uri": "x"}},
        {"anchor": {"uri": "x", "proof": {"alg": 1, "value": "x"}}},
        {"anchor": {"uri": 1, "proof": {"alg": "x", "value": "x"}}},
        {"verified": "yes"},
        {"@context": []},
    ],
)
def test_what_is_no_receipt(ledger: Ledger, change: dict[str, Any]) -> None:
    """A member that is missing or of another kind is a UsageError, not a receipt that does not hold."""
    with pytest.raises(UsageError):
        receipts.check(ledger, ID, STORE, receipts.make(ledger, ID, STORE, URI) | change)
