"""What the page says of one inspected picture."""

from __future__ import annotations

import pytest

from creditline.server.inspection_view import _judgements, view
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


def test_nothing_found_is_said_as_that() -> None:
    """A picture without a field says so, and an unreadable file is no picture."""
    assert "No credit or rights field in the file" == view({"format": "jpeg"}).sentence
    assert "This is no picture that can be read" == view({"format": "unknown"}).sentence


def test_a_field_stands_with_its_place_and_category() -> None:
    """One row per field and carrier; control characters are made visible; a rights field counts once."""
    item = {"id": "creator", "value": ["Ann"], "carrier": "xmp", "key": "dc:\u202ecreator", "category": 2}

    seen = view(
        {"format": "jpeg", "width": 64, "height": 48, "bytes": 900, "sha256": "ab", "fields": [item, item]}
    )

    assert "1 credit or rights field in the file" == seen.sentence
    assert ("JPEG", "64 × 48", "900 bytes") == seen.facts
    assert 2 == len(seen.rows)
    label, (text,), place, category = seen.rows[0]
    assert ("Creator", "Ann", "§ 1202(c)(2)") == (label, text.text, category)
    assert "\u202e" not in place


def test_carriers_errors_and_private_fields_are_named() -> None:
    """Each with its state in words; an error message is cut to what a page bears."""
    seen = view(
        {
            "format": "png",
            "carriers": [{"carrier": "xmp", "state": "unreadable", "location": "iTXt", "bytes": 12}],
            "private": ["gps"],
            "errors": [{"message": "x" * 500}],
        }
    )

    assert [("XMP", messages.PRESENCE["unreadable"], "iTXt, 12 bytes")] == list(seen.carriers)
    assert (messages.field_label("gps"),) == seen.private
    assert ("x" * 300,) == seen.errors
