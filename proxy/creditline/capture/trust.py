"""The proxy's certificate authority: made in the data folder, shown, pinned; never installed system-wide by us."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from mitmproxy.certs import CertStore
from mitmproxy.options import CONF_BASENAME, KEY_SIZE

from creditline.model.errors import MissingPartError, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

NAME = "Creditline (this computer's proxy)"
"""What a browser's list of authorities shows."""


def ensure_authority(confdir: Path) -> Path:
    """Make the authority in a folder (mitmproxy's `confdir`) unless it is there; returns its certificate's path.

    Raises:
        SettingsError: the folder cannot be written.
    """
    try:
        confdir.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (confdir / f"{CONF_BASENAME}-ca.pem").exists():
            CertStore.create_store(confdir, CONF_BASENAME, KEY_SIZE, organization="Creditline", cn=NAME)
    except OSError as error:
        raise SettingsError(f"the proxy's certificate cannot be made in {confdir}: {error}") from error
    return certificate(confdir)


def certificate(confdir: Path) -> Path:
    """The authority's certificate in PEM, without its key.

    Raises:
        MissingPartError: there is none yet.
    """
    path = confdir / f"{CONF_BASENAME}-ca-cert.pem"
    if not path.is_file():
        raise MissingPartError(
            f"there is no proxy certificate in {confdir}", next_step="`creditline start` makes one."
        )
    return path


def spki_pin(pem: bytes) -> str:
    """Base64 of the SHA-256 of a certificate's public key, for Chromium's `--ignore-certificate-errors-spki-list`.

    Raises:
        SettingsError: no PEM certificate.
    """
    try:
        key = x509.load_pem_x509_certificate(pem).public_key()
    except ValueError as error:
        raise SettingsError(f"this is no PEM certificate: {error}") from error
    digest = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    return base64.b64encode(digest).decode("ascii")
