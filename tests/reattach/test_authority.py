"""A signing identity of one's own."""

from __future__ import annotations

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from creditline.reattach.authority import make_authority


def test_the_certificate_is_one_that_may_sign_pictures() -> None:
    """No authority itself, for signatures only, with the usage that validators ask for, below its root."""
    made = make_authority()
    leaf, root = x509.load_pem_x509_certificates(made.chain_pem)

    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert leaf.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature
    assert (
        ExtendedKeyUsageOID.EMAIL_PROTECTION
        in leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    )
    leaf.verify_directly_issued_by(root)
    assert made.anchor_pem.encode() == made.chain_pem[-len(made.anchor_pem) :]


def test_two_are_never_the_same_and_none_shows_its_key() -> None:
    """A key in a log would be no secret any more."""
    first, second = make_authority(), make_authority()

    assert first.key_pem != second.key_pem
    assert "PRIVATE" not in repr(first)
