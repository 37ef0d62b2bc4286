"""The authority is made once, its key is kept close, and its pin is what Chromium computes."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from typing import TYPE_CHECKING

import pytest
from cryptography import x509

from creditline.capture.trust import NAME, certificate, ensure_authority, spki_pin
from creditline.model.errors import MissingPartError, SettingsError

if TYPE_CHECKING:
    from pathlib import Path


def test_made_once(tmp_path: Path) -> None:
    """A second call finds the first one's certificate; the file has no key; key files are the owner's alone."""
    folder = tmp_path / "ca"

    path = ensure_authority(folder)
    again = ensure_authority(folder)

    assert path == again == certificate(folder)
    assert b"PRIVATE KEY" not in path.read_bytes()
    assert 0o600 == (folder / "mitmproxy-ca.pem").stat().st_mode & 0o777
    assert 0o700 == folder.stat().st_mode & 0o777
    found = x509.load_pem_x509_certificate(path.read_bytes())
    assert NAME in found.subject.rfc4514_string()


def test_pin(tmp_path: Path) -> None:
    """The pin is the base64 SHA-256 of the public key as OpenSSL writes it."""
    path = ensure_authority(tmp_path)
    pem = subprocess.run(
        ["openssl", "x509", "-in", path, "-pubkey", "-noout"], check=True, capture_output=True
    ).stdout
    key = base64.b64decode(b"".join(pem.splitlines()[1:-1]))

    assert base64.b64encode(hashlib.sha256(key).digest()).decode() == spki_pin(path.read_bytes())


def test_absent_or_broken(tmp_path: Path) -> None:
    """Without an authority, or with something else, there is an error that says what to do."""
    with pytest.raises(MissingPartError) as caught:
        certificate(tmp_path)
    assert "creditline start" in str(caught.value.next_step)
    with pytest.raises(SettingsError):
        spki_pin(b"nonsense")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SettingsError):
        ensure_authority(tmp_path / "file")
