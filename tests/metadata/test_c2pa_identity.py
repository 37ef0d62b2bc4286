"""Identities are told as claims: who is named, by whom, and how far it could be checked."""

from __future__ import annotations

from typing import Any

from creditline.metadata.c2pa_identity import MAX_IDENTITIES, identities
from creditline.metadata.c2pa_manifest import Visit
from creditline.model.reading import C2paIdentity, C2paProblem, C2paReading

ACCOUNTS = [
    {"type": "cawg.social_media", "username": "ann", "provider": {"name": "behance"}},
    {"type": "cawg.social_media", "uri": "https://example.org/ann"},
]
CERTIFICATE = {"signer_payload": {}, "signature_info": {"issuer": "Example Org", "common_name": "Ann Example"}}
HOLDS = ("cawg.x509.signature.validated", "cawg.identity.well-formed")


def found(*data: Any, codes: tuple[str, ...] = ()) -> tuple[C2paIdentity, ...]:
    manifest = {"assertions": [{"label": "cawg.identity", "data": item} for item in data]}
    success = [{"code": code} for code in codes]
    report = {"validation_results": {"activeManifest": {"success": success, "failure": None}}}
    return identities(Visit("label", manifest, 0, None), report)


def test_accounts_are_never_confirmed() -> None:
    """An aggregation names accounts and who vouches for them; nothing here can check that."""
    (one,) = found({"issuer": "did:web:example.org", "verifiedIdentities": ACCOUNTS}, codes=HOLDS)

    names = ("ann (behance)", "https://example.org/ann")
    assert C2paIdentity("aggregation", "did:web:example.org", names, "unconfirmed") == one


def test_certificate() -> None:
    """A signature that the SDK found to hold is `signed`, and no more; without its word it is unconfirmed."""
    (one,) = found(CERTIFICATE, codes=HOLDS)
    (other,) = found(CERTIFICATE)

    assert C2paIdentity("x509", "Example Org", ("Ann Example",), "signed") == one
    assert "unconfirmed" == other.state


def test_nonsense() -> None:
    """Whatever stands in the assertion, there is an identity without a name, and never more than the cap."""
    assert [()] * 4 == [
        one.names for one in found(None, [], {"verifiedIdentities": "ann"}, {"verifiedIdentities": [3]})
    ]
    assert MAX_IDENTITIES == len(found(*[CERTIFICATE] * 50))


def test_only_the_identity_failed() -> None:
    """A record that is invalid for nothing but an identity is told from one that is broken."""

    def reading(*codes: str, tampered: bool = False) -> bool:
        problems = tuple(C2paProblem(code) for code in codes)
        return C2paReading("invalid", problems=problems, tampered=tampered).only_identity_unconfirmed

    assert reading("cawg.ica.did_unavailable", "signingCredential.untrusted")
    assert not reading("cawg.ica.did_unavailable", "assertion.dataHash.mismatch")
    assert not reading("cawg.ica.did_unavailable", tampered=True)
    assert not reading("signingCredential.untrusted")
