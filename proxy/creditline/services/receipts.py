"""Receipts: this repository's word that it took in a manifest store, which it can check again later.

The proof is an HMAC with the ledger's own secret, over repository, id, anchor and the store's SHA-256. Nobody else
can check it: it proves to this repository, not to the world.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from creditline.ledger import manifests
from creditline.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creditline.ledger.store import Ledger

TYPE = "org.c2pa.manifest-receipt"
CONTEXT = {"c2pa": "https://c2pa.org/ns/", "receipt": "https://c2pa.org/ns/manifest-receipt#"}
PROOF = "HMAC-SHA256"


def make(ledger: Ledger, identity: str, store: bytes, uri: str) -> dict[str, Any]:
    """The receipt for a stored manifest; `uri` is this repository's address."""
    anchor = f"{uri}/manifests/{quote(identity, safe='')}/receipts"
    return {
        "@context": CONTEXT,
        "@type": TYPE,
        "repository": {"uri": uri, "manifestId": identity},
        "anchor": {"uri": anchor, "proof": {"alg": PROOF, "value": _proof(ledger, uri, identity, anchor, store)}},
        "verified": True,
    }


def check(ledger: Ledger, identity: str, store: bytes, receipt: Mapping[str, Any]) -> dict[str, Any]:
    """The receipt as it was shown, with `verified`, and `error` where it does not hold for this manifest.

    Raises:
        UsageError: it is no receipt.
    """
    repository, anchor = receipt.get("repository"), receipt.get("anchor")
    proof = anchor.get("proof") if isinstance(anchor, dict) else None
    if receipt.get("@type") != TYPE or not isinstance(repository, dict) or not isinstance(proof, dict):
        raise UsageError(f"the body is no receipt of type {TYPE}")
    assert isinstance(anchor, dict)  # noqa: S101 - its proof was found
    said = (repository.get("uri"), repository.get("manifestId"), anchor.get("uri"), proof.get("value"))
    if not all(isinstance(part, str) for part in said):
        raise UsageError("the receipt lacks a uri, a manifestId or a proof")
    kinds = {"@context": dict, "verified": bool, "error": str}
    if any(name in receipt and not isinstance(receipt[name], kind) for name, kind in kinds.items()):
        raise UsageError("a member of the receipt is of another kind")
    if not isinstance(proof.get("alg"), str):
        raise UsageError("the receipt's proof names no algorithm")
    uri, named, anchored, value = map(str, said)
    expected = _proof(ledger, uri, identity, anchored, store)
    holds = (
        named == identity
        and proof.get("alg") == PROOF
        and hmac.compare_digest(expected.encode("ascii"), value.encode("utf-8", "surrogatepass"))
    )
    answer = {
        "@context": CONTEXT,
        "@type": TYPE,
        "repository": {"uri": uri, "manifestId": named},
        "anchor": {"uri": anchored, "proof": {"alg": str(proof.get("alg")), "value": value}},
        "verified": holds,
    }
    return answer if holds else answer | {"error": "The receipt does not hold for this manifest."}


def _proof(ledger: Ledger, uri: str, identity: str, anchor: str, store: bytes) -> str:
    sha256 = hashlib.sha256(store).hexdigest()
    said = json.dumps([PROOF, uri, identity, anchor, sha256], separators=(",", ":"))
    return hmac.digest(manifests.receipt_secret(ledger), said.encode("ascii"), "sha256").hex()
