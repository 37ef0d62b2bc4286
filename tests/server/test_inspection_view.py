"""What the page says of one inspected picture."""

from __future__ import annotations

import pytest

from creditline.server.inspection_view import _judgements
from creditline.vocab import messages


@pytest.mark.parametrize(
    ("codes", "tampered", "word"),
    [
        (["cawg.identity.credential_issuer_did_unavailable"], False, messages.UNCONFIRMED_IDENTITY),
        (
            ["cawg.identity.sig_type.unknown", "assertion.hashedURI.mismatch"],
            False,
            messages.C2PA_STATES["invalid"],
        ),
        (["cawg.identity.sig_type.unknown"], True, messages.C2PA_STATES["invalid"]),
        ([], False, messages.C2PA_STATES["invalid"]),
    ],
)
def test_an_identity_alone_is_no_mismatch(codes: list[str], tampered: bool, word: messages.Word) -> None:
    """Only where nothing but a CAWG identity failed is the picture not said to differ from its record."""
    c2pa = {"state": "invalid", "tampered": tampered, "problems": [{"code": code} for code in codes]}

    rows = _judgements({"c2pa": c2pa})

    assert [("Content Credentials", word.word, word.sentence)] == [
        row for row in rows if row[0] == "Content Credentials"
    ]
