"""`creditline ca`."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.cli.sample import home, one_line, run


def test_show_prints_path_fingerprint_and_pin() -> None:
    """The three values are those of the certificate on disk, and a second call prints the same."""
    result = run("ca", "show")

    values = dict(re.findall(r"^(Certificate|SHA-256|Key pin)\s+(.+)$", result.stdout, re.MULTILINE))
    certificate = x509.load_pem_x509_certificate(Path(values["Certificate"]).read_bytes())
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert 0 == result.exit_code
    assert hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest() == values["SHA-256"]
    assert base64.b64encode(hashlib.sha256(key).digest()).decode() == values["Key pin"]
    assert result.stdout == run("ca", "show").stdout


def test_remove_deletes_the_key_and_show_makes_another() -> None:
    """After `remove` nothing of the authority is left; the next one is another."""
    before = run("ca", "show").stdout

    result = run("ca", "remove")

    assert 0 == result.exit_code
    assert not (home() / "proxy").exists()
    assert before != run("ca", "show").stdout


def test_remove_without_an_authority() -> None:
    """There is nothing to remove, and that is said."""
    result = run("ca", "remove")

    assert 2 == result.exit_code
    assert "no certificate authority" in one_line(result)
