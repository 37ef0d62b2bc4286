"""A key of one's own, and what is signed with it."""

from __future__ import annotations

import io
import time
from typing import Any

import numpy as np
import pytest
from cryptography import x509
from PIL import Image

from creditline.containers.sniff import find
from creditline.metadata import c2pa_store
from creditline.model.errors import SigningError
from creditline.model.reading import C2paAction
from creditline.reattach import resign
from creditline.reattach.authority import CLOCK_SKEW, LIFETIME
from creditline.reattach.resign import Parent, Statement, make_authority, sign, sign_restored

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


@pytest.mark.parametrize("kind", ["mp4", "unknown", "__proto__"])
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


RESTORED = Statement(
    actions=(("c2pa.transcoded", "another coding"), ("c2pa.edited.metadata", "put back")),
    metadata={"dc:creator": ["Ann Example"], "plus:Licensor": {"plus:LicensorName": "Ann Example"}},
    training={"ai_training": {"use": "constrained", "constraint_info": "ask first"}},
    algorithm="creditline.pdq.1",
    fingerprint=bytes(32),
)
ORIGINAL = signed("jpeg", metadata={"dc:title": "Sea"})


def restored(data: bytes, kind: str, **more: Any) -> bytes:
    """A picture signed as a restoration of the original."""
    return sign_restored(
        data,
        kind,
        AUTHORITY,
        Parent(ORIGINAL, "jpeg", "sea.jpg"),
        RESTORED,
        claim_generator=("Creditline", "0"),
        **more,
    )


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif", "tiff", "avif"])
def test_a_restoration_has_the_original_for_its_ingredient(kind: str) -> None:
    """Trusted by who takes the root, valid for others; the chain is readable, and no creation is claimed."""
    data = restored(picture(kind), kind)

    known = c2pa_store.read(data, kind, user_anchors=AUTHORITY.anchor_pem)

    assert ("trusted", "valid") == (known.state, c2pa_store.read(data, kind).state)
    assert "trusted" == known.worst_ingredient
    own = [action.action for action in known.actions if action.depth == 0]
    assert ["c2pa.opened", "c2pa.transcoded", "c2pa.edited.metadata"] == own
    assert ("c2pa.created", "parentOf") in [(a.action, a.relationship) for a in known.actions if a.depth == 1]
    assert (("ai_training", "constrained"),) == known.training
    assert ["Ann Example"] == {p.key: p.value for p in known.properties}["dc:creator"]


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_one_flipped_byte_of_a_restoration_is_seen(kind: str) -> None:
    """The new signature binds the picture."""
    plain = picture(kind)
    changed = bytearray(restored(plain, kind))
    changed[changed.rindex(plain[-40:-30])] ^= 1

    reading = c2pa_store.read(bytes(changed), kind, user_anchors=AUTHORITY.anchor_pem)

    assert ("invalid", True) == (reading.state, reading.tampered)


def test_an_old_manifest_does_not_stay_beside_the_new_one() -> None:
    """What bound other bytes is no signature of these."""
    data = restored(signed("jpeg"), "jpeg")

    assert "trusted" == c2pa_store.read(data, "jpeg", user_anchors=AUTHORITY.anchor_pem).state
    assert 1 == sum(block.carrier == "c2pa" for block in find(data).blocks)


def test_an_original_without_a_manifest_is_a_plain_ingredient() -> None:
    """Opened all the same."""
    data = sign_restored(
        picture("png"),
        "png",
        AUTHORITY,
        Parent(picture("jpeg"), "jpeg"),
        RESTORED,
        claim_generator=("Creditline", "0"),
    )

    reading = c2pa_store.read(data, "png", user_anchors=AUTHORITY.anchor_pem)

    assert "trusted" == reading.state
    assert "c2pa.opened" == reading.actions[0].action


def test_the_soft_binding_is_in_the_manifest() -> None:
    """A copy without its manifest can be looked up by it."""
    data = restored(picture("jpeg"), "jpeg")

    assert b"c2pa.soft-binding" in data
    assert b"creditline.pdq.1" in data


def test_a_time_stamp_authority_that_does_not_answer_fails_the_signing() -> None:
    """Never a signature that is said to be stamped and is not."""
    with pytest.raises(SigningError):
        restored(picture("jpeg"), "jpeg", time_stamp="http://127.0.0.1:9/")


@pytest.mark.parametrize(
    ("data", "kind"), [(b"no picture", "jpeg"), (b"\xff\x0a" + bytes(40), "jxl"), (b"", "mp4")]
)
def test_what_cannot_be_signed_is_an_error(data: bytes, kind: str) -> None:
    """One class of errors for all of it."""
    with pytest.raises(SigningError):
        restored(data, kind)
