"""Who CAWG identity assertions of the active manifest name, and how far that could be checked here.

CAWG Identity Assertion 1.1. A signature by certificate (`cawg.x509.cose`) is checked by the SDK, but no list of such
certificates exists that it could be held against. An aggregation of accounts (`cawg.identity_claims_aggregation`) is
signed by a party whose key lies on the web (`did:web`), which is never asked: it stays a claim.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.metadata.c2pa_manifest import as_dict, as_list, as_text
from creditline.model.reading import C2paIdentity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from creditline.metadata.c2pa_manifest import Visit

MAX_IDENTITIES = 20
MAX_NAMES = 50
"""Accounts that one aggregation names; samples have three."""

ASSERTION = "cawg.identity"
_HOLDS = frozenset({"cawg.x509.signature.validated", "cawg.identity.well-formed"})


def identities(visit: Visit, report: Mapping[str, Any]) -> tuple[C2paIdentity, ...]:
    """The identities that the active manifest asserts, in its order."""
    found: list[C2paIdentity] = []
    codes = {code for _, code in _codes(report)}
    for assertion in map(as_dict, as_list(visit.manifest.get("assertions"))):
        label = as_text(assertion.get("label")) or ""
        if label == ASSERTION or label.startswith(f"{ASSERTION}__"):
            found.append(_identity(as_dict(assertion.get("data")), holds=codes >= _HOLDS))
        if len(found) == MAX_IDENTITIES:
            break
    return tuple(found)


def _identity(data: Mapping[str, Any], *, holds: bool) -> C2paIdentity:
    accounts = as_list(data.get("verifiedIdentities"))
    if accounts or as_text(data.get("issuer")):
        names = tuple(dict.fromkeys(_account(as_dict(account)) for account in accounts[:MAX_NAMES]))
        return C2paIdentity(
            "aggregation", as_text(data.get("issuer")), tuple(n for n in names if n), "unconfirmed"
        )
    signature = as_dict(data.get("signature_info"))
    name = as_text(signature.get("common_name"))
    return C2paIdentity(
        "x509", as_text(signature.get("issuer")), (name,) if name else (), "signed" if holds else "unconfirmed"
    )


def _account(account: Mapping[str, Any]) -> str:
    name = as_text(account.get("name")) or as_text(account.get("username")) or as_text(account.get("uri")) or ""
    provider = as_text(as_dict(account.get("provider")).get("name"))
    return f"{name} ({provider})" if name and provider else name


def _codes(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    results = as_dict(as_dict(report.get("validation_results")).get("activeManifest"))
    for kind in ("success", "informational", "failure"):
        for status in map(as_dict, as_list(results.get(kind))):
            if code := as_text(status.get("code")):
                yield kind, code
