"""A key of one's own, and what is signed with it."""

from __future__ import annotations

import io
import time
from typing import Any

import numpy as np
import pytest
from cryptography import x509
from PIL import Image

from creditline.metadata import c2pa_store
from creditline.model.errors import SigningError
from creditline.model.reading import C2paAction
from creditline.reattach import resign
from creditline.reattach.resign import CLOCK_SKEW, LIFETIME, make_authority, sign

AUTHORITY = make_authority()
KINDS = ("jpeg", "png", "webp")


def picture(kind: str) -> bytes:
    """A small noisy picture."""
    out = io.BytesIO()
    options = {"lossless": True} if kind == "webp" else {}
    Image.effect_noise((80, 60), 60).convert("RGB").save(out, kind.upper(), **options)
    return out.getvalue()


def signed(kind: str, **more: Any) -> bytes:
    """A signed picture of that format."""
    return sign(picture(kind), kind, AUTHORITY, digital_source_type="digitalCreation", **more)


@pytest.mark.parametrize("kind", KINDS)
def test_who_takes_the_root_trusts_the_result(kind: str) -> None:
    """Trusted with the authority's root, by the list `user`; valid for everybody else."""
    data = signed(kind)

    known = c2pa_store.read(data, kind, user_anchors=AUTHORITY.anchor_pem)
    unknown = c2pa_store.read(data, kind)

    assert ("trusted", "user") == (known.state, known.trust_list)
    assert ("valid", None) == (unknown.state, unknown.trust_list)


@pytest.mark.parametrize("kind", KINDS)
def test_pixels_are_bound_and_untouched(kind: str) -> None:
    """Signing changes no pixel; changing one afterwards is seen."""
    plain = picture(kind)
    data = sign(plain, kind, AUTHORITY, digital_source_type="digitalCreation")
    changed = bytearray(data)
    at = data.rindex(plain[-40:-30])
    changed[at] ^= 1

    reading = c2pa_store.read(bytes(changed), kind, user_anchors=AUTHORITY.anchor_pem)

    assert np.array_equal(np.asarray(Image.open(io.BytesIO(plain))), np.asarray(Image.open(io.BytesIO(data))))
    assert ("invalid", True) == (reading.state, reading.tampered)


def test_everything_that_was_said_is_read_back() -> None:
    """Title apart, each declaration comes back as it was given."""
    data = signed(
        "png",
        title="Harbour",
        metadata={
            "dc:creator": ["Ann Example"],
            "dc:rights": {"x-default": "© 2026 Ann Example"},
            "plus:Licensor": [{"plus:LicensorURL": "https://a.example"}],
        },
        training={"ai_training": "notAllowed", "cawg.data_mining": "allowed"},
        claim_generator="Test 9",
    )

    reading = c2pa_store.read(data, "png", user_anchors=AUTHORITY.anchor_pem)

    uri = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation"
    assert (C2paAction("c2pa.created", uri, None),) == reading.actions
    assert (("ai_training", "notAllowed"), ("data_mining", "allowed")) == reading.training
    assert {
        "dc:creator": ["Ann Example"],
        "dc:rights": "© 2026 Ann Example",
        "plus:Licensor/plus:LicensorURL": "https://a.example",
    } == {p.key: p.value for p in reading.properties}
    assert "Test 9" == reading.claim_generator
    assert reading.signed_at is None


def test_without_a_source_type_nothing_is_claimed() -> None:
    """A picture of unknown making is opened, not created, and no source type is made up."""
    data = sign(picture("jpeg"), "jpeg", AUTHORITY, metadata={"dc:creator": ["Ann Example"]})

    reading = c2pa_store.read(data, "jpeg", user_anchors=AUTHORITY.anchor_pem)

    assert "trusted" == reading.state
    assert [("c2pa.opened", None)] == [(a.action, a.digital_source_type) for a in reading.actions]


def test_an_earlier_manifest_is_carried_along() -> None:
    """Signing over a signed picture keeps what the earlier manifest says, as its parent."""
    data = sign(signed("jpeg"), "jpeg", AUTHORITY)

    reading = c2pa_store.read(data, "jpeg", user_anchors=AUTHORITY.anchor_pem)

    assert ("trusted", "trusted") == (reading.state, reading.worst_ingredient)
    assert [(0, None), (1, "parentOf")] == [(a.depth, a.relationship) for a in reading.actions]


@pytest.mark.parametrize("kind", ["gif", "unknown", "tiff", "__proto__"])
def test_other_formats_are_refused(kind: str) -> None:
    """What is not signed yet is refused by name."""
    with pytest.raises(SigningError, match=kind):
        sign(b"x", kind, AUTHORITY)


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"nothing", b"\xff\xd8\xff\xe0\x00\x02" * 50])
@pytest.mark.parametrize("kind", KINDS)
def test_broken_pictures_are_refused_in_time(data: bytes, kind: str) -> None:
    """Bytes that are no picture of that format end in our own error or in bytes, within the deadline."""
    start = time.monotonic()
    try:
        sign(data, kind, AUTHORITY, digital_source_type="digitalCreation")
    except SigningError as error:
        assert "could not be signed" in str(error)

    assert time.monotonic() - start < 2


def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file over the cap is refused before the SDK sees it."""
    monkeypatch.setattr(resign, "MAX_FILE", 4)

    with pytest.raises(SigningError, match="up to 4 bytes"):
        sign(picture("jpeg"), "jpeg", AUTHORITY)


def test_unwritable_declarations() -> None:
    """Values that are no JSON, or that contain themselves, are refused and leave nothing half done."""
    ring: dict[str, Any] = {}
    ring["dc:x"] = ring

    for metadata in (ring, {"dc:creator": object()}):
        with pytest.raises(SigningError):
            signed("jpeg", metadata=metadata)


def test_foreign_key() -> None:
    """A key that does not belong to the certificate signs nothing."""
    mixed = resign.Authority(AUTHORITY.chain_pem, make_authority().key_pem, AUTHORITY.anchor_pem)

    with pytest.raises(SigningError):
        sign(picture("jpeg"), "jpeg", mixed, digital_source_type="digitalCreation")


def test_the_certificates() -> None:
    """A root and a signer under it, long-lived, each time new, and no key in their printed form."""
    leaf, root = x509.load_pem_x509_certificates(AUTHORITY.chain_pem)

    assert leaf.issuer == root.subject
    leaf.verify_directly_issued_by(root)
    assert LIFETIME == leaf.not_valid_after_utc - leaf.not_valid_before_utc
    assert CLOCK_SKEW.total_seconds() > 0
    assert b"BEGIN PRIVATE KEY" in AUTHORITY.key_pem
    assert "PRIVATE" not in repr(AUTHORITY)
    assert AUTHORITY.anchor_pem != make_authority().anchor_pem
