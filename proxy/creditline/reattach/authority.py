"""A signing identity of one's own: an ES256 key, its certificate, and the root to trust it by.

The extensions are those without which the SDK refuses to sign or to validate (C2PA 2.x, 14.5.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = timedelta(days=3650)
"""Without a time stamp a manifest expires with its certificate, so it is made to last."""
CLOCK_SKEW = timedelta(hours=1)
"""A certificate starts this much earlier, for a reader whose clock is behind."""


@dataclass(frozen=True, slots=True)
class Authority:
    """A signing identity: leaf certificate first in `chain_pem`, PKCS#8 key, and the root to trust it by."""

    chain_pem: bytes
    key_pem: bytes
    anchor_pem: str

    def __repr__(self) -> str:
        """Without the key, so that no log ever holds it."""
        return f"Authority(chain of {len(self.chain_pem)} bytes)"


def make_authority(organisation: str = "Creditline", name: str = "Creditline local signer") -> Authority:
    """A fresh ES256 root, kept nowhere, and a signer under it; both last `LIFETIME`.

    The extensions are those without which the SDK refuses to sign or to validate.
    """
    start = datetime.now(UTC) - CLOCK_SKEW
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = _name(organisation, f"{name} root")
    root = (
        _certificate(root_name, root_name, root_key.public_key(), start)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(authority=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    leaf = (
        _certificate(_name(organisation, name), root_name, key.public_key(), start)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    return Authority(
        chain_pem=leaf.public_bytes(pem) + root.public_bytes(pem),
        key_pem=key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        anchor_pem=root.public_bytes(pem).decode("ascii"),
    )


def _name(organisation: str, common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _certificate(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, start: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _key_usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
