"""The throw-away authority signs for its hosts only and leaves no key behind."""

from __future__ import annotations

import base64
import hashlib
import ssl
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from creditline.demo.authority import Authority, make_authority

if TYPE_CHECKING:
    from pathlib import Path


def _shake(authority: Authority, host: str) -> None:
    """A TLS handshake in memory, the client trusting nothing but the authority."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.create_default_context(cadata=authority.ca_pem.decode()).wrap_bio(
        to_client, to_server, server_hostname=host
    )
    server = authority.context.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    client.getpeercert()


def test_a_strict_client_takes_its_hosts_and_no_others(tmp_path: Path) -> None:
    """Python's strict X.509 checks pass for the named hosts and fail for another name."""
    authority = make_authority(["*.creditline.test"], tmp_path)

    _shake(authority, "keeps.creditline.test")
    with pytest.raises(ssl.SSLCertVerificationError):
        _shake(authority, "elsewhere.test")


def test_no_key_stays_on_disk(tmp_path: Path) -> None:
    """The folder is as empty after as before, and every authority is another."""
    first, second = (make_authority(["a.test"], tmp_path) for _ in range(2))

    assert list(tmp_path.iterdir()) == []
    assert first.spki != second.spki
    assert b"PRIVATE" not in first.ca_pem


def test_spki_is_that_of_the_authority(tmp_path: Path) -> None:
    """`spki` is the base64 SHA-256 of the CA's public key, as Chromium pins it."""
    authority = make_authority(["a.test"], tmp_path)

    key = x509.load_pem_x509_certificate(authority.ca_pem).public_key()
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert base64.b64encode(hashlib.sha256(der).digest()).decode() == authority.spki
