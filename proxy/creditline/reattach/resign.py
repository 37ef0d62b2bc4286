"""Content Credentials made here: a key and certificate of one's own, and a signature over a finished picture.

Sign last: a manifest binds every byte outside itself. The signer is nobody's idea of trusted; only who takes
`Authority.anchor_pem` for a root will read the result as `trusted`, by the list `user`.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from c2pa import Builder, C2paBuilderIntent, C2paError, C2paSignerInfo, Context, Signer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from creditline.model.errors import SigningError
from creditline.model.picture import MEDIA_TYPES
from creditline.vocab.source_types import lookup, normalise

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNABLE = ("jpeg", "png", "webp")
MAX_FILE = 64 * 1024 * 1024
"""Bytes; the reader checks no larger file either."""
LIFETIME = timedelta(days=3650)
"""Without a time stamp a manifest expires with its certificate, so it is made to last."""
CLOCK_SKEW = timedelta(hours=1)
"""A certificate starts this much earlier, for a reader whose clock is behind."""

CONTEXTS: Mapping[str, str] = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "cc": "http://creativecommons.org/ns#",
}
"""Prefix → namespace of what `cawg.metadata` may hold."""

_ERRORS = (C2paError, ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError)


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


def sign(
    data: bytes,
    format: str,  # noqa: A002 - contract §3's word
    authority: Authority,
    *,
    title: str | None = None,
    digital_source_type: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    training: Mapping[str, str] | None = None,
    claim_generator: str = "Creditline",
) -> bytes:
    """The picture with a manifest added; everything else in it stays byte for byte.

    The one action is `c2pa.created` with the source type, when one is given (a term or an address), else
    `c2pa.opened` of the picture as it came, which claims nothing about who made it. `metadata` becomes
    `cawg.metadata`: XMP keys with their usual prefix. `training` becomes `cawg.training-mining`: entry name
    (`ai_training`, …) → `allowed`, `notAllowed` or `constrained`. No thumbnail, no time stamp, no network.

    Raises:
        SigningError: a format other than `SIGNABLE`, a file too large or not of its format, a refusal of the SDK.
    """
    if format not in SIGNABLE:
        raise SigningError(f"{format} cannot be signed; these can: {', '.join(SIGNABLE)}")
    if len(data) > MAX_FILE:
        raise SigningError(f"files up to {MAX_FILE} bytes can be signed, this has {len(data)}")
    signed = io.BytesIO()
    try:
        manifest = _definition(title, digital_source_type, metadata, training, claim_generator)
        info = C2paSignerInfo(b"es256", authority.chain_pem, authority.key_pem, None)
        with (
            Context.from_dict(_SETTINGS) as context,
            Signer.from_info(info) as signer,
            Builder(json.dumps(manifest), context=context) as builder,
        ):
            if digital_source_type is None:
                # A creation without a source type is malformed to C2PA 2.x, and none may be made up: the
                # picture as it came becomes the parent, with its own manifest if it has one, and is `opened`.
                builder.set_intent(C2paBuilderIntent.EDIT)
            builder.sign(signer, MEDIA_TYPES[format], io.BytesIO(data), signed)
    except _ERRORS as error:
        raise SigningError(f"the picture could not be signed: {error}") from error
    return signed.getvalue()


_SETTINGS = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    "core": {"allowed_network_hosts": []},
    "builder": {"thumbnail": {"enabled": False}},
}


def _definition(
    title: str | None,
    digital_source_type: str | None,
    metadata: Mapping[str, Any] | None,
    training: Mapping[str, str] | None,
    claim_generator: str,
) -> dict[str, Any]:
    assertions: list[dict[str, Any]] = []
    if digital_source_type is not None:
        created = {"action": "c2pa.created", "digitalSourceType": _address(digital_source_type)}
        assertions.append({"label": "c2pa.actions.v2", "data": {"actions": [created]}})
    if metadata:
        used = {key.partition(":")[0] for key in _keys(metadata)}
        context = {prefix: uri for prefix, uri in CONTEXTS.items() if prefix in used}
        document = {"@context": context, **metadata}
        assertions.append({"label": "cawg.metadata", "data": document, "kind": "Json"})
    if training:
        entries = {f"cawg.{name.removeprefix('cawg.')}": {"use": use} for name, use in training.items()}
        assertions.append({"label": "cawg.training-mining", "data": {"entries": entries}})
    manifest: dict[str, Any] = {
        "claim_generator_info": [{"name": claim_generator}],
        "assertions": assertions,
    }
    if title is not None:
        manifest["title"] = title
    return manifest


def _address(source_type: str) -> str:
    """The vocabulary's address of a term; anything else as it was given."""
    known = lookup(normalise(source_type) or "")
    return known.uri if known is not None and known.standard else source_type


def _keys(value: Any) -> set[str]:
    """Every key in a JSON document, members of structures included."""
    if isinstance(value, dict):
        return {str(key) for key in value} | {key for inner in value.values() for key in _keys(inner)}
    if isinstance(value, list | tuple):
        return {key for inner in value for key in _keys(inner)}
    return set()
