"""Each format that can be signed: whose root is taken trusts it, others find it valid, and one changed byte is seen."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from creditline.containers.sniff import find
from creditline.metadata import c2pa_store
from creditline.reattach.resign import SIGNABLE, Parent, Statement, make_authority, sign_restored

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
AUTHORITY = make_authority()
SAID = Statement((("c2pa.edited.metadata", "creator"),), {"dc:creator": ["Ann Example"]}, {})
OF_THE_CORPUS = {"heic": "formats/libheif__rainbow-451x461.heic", "jxl": "formats/c2pa-rs__sample1.jxl"}
"""What nothing here can make."""
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9" fill="#123456"/></svg>'
DNG_VERSION = 50706


def _picture(kind: str) -> bytes:
    """A picture of that format without a manifest."""
    if kind == "svg":
        return SVG
    if kind in OF_THE_CORPUS:
        if not CORPUS.is_dir():
            pytest.skip("shared/corpus is absent (it is given to the team only): corpus tests not run")
        return (CORPUS / OF_THE_CORPUS[kind]).read_bytes()
    out = io.BytesIO()
    noise = Image.effect_noise((80, 60), 60).convert("RGB")
    if kind == "dng":
        noise.save(out, "TIFF", tiffinfo={DNG_VERSION: b"\x01\x04\x00\x00"})
    else:
        noise.save(out, kind.upper())
    return out.getvalue()


def _changed(signed: bytes, plain: bytes) -> bytes:
    """The signed file with one bit of the picture's own later bytes turned."""
    if plain == SVG:
        return signed.replace(b"#123456", b"#123457")
    pieces = (plain[at : at + 24] for at in range(len(plain) * 3 // 4, 0, -24))
    piece = next(piece for piece in pieces if signed.count(piece) == 1 and len(set(piece)) > 6)
    at = signed.index(piece) + 12
    return signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]


@pytest.mark.parametrize("kind", SIGNABLE)
def test_trusted_valid_and_invalid(kind: str) -> None:
    """With the local root, without it, and after one bit of the picture was turned."""
    plain = _picture(kind)
    assert kind == find(plain).format

    signed = sign_restored(
        plain,
        kind,
        AUTHORITY,
        Parent(_picture("jpeg"), "jpeg", "sea.jpg"),
        SAID,
        claim_generator=("Creditline", "0"),
    )
    changed = _changed(signed, plain)

    known = c2pa_store.read(signed, kind, user_anchors=AUTHORITY.anchor_pem)
    assert ("trusted", "user") == (known.state, known.trust_list)
    assert "c2pa.opened" == known.actions[0].action
    assert "valid" == c2pa_store.read(signed, kind).state
    assert 1 == sum(a != b for a, b in zip(signed, changed, strict=True))
    assert "invalid" == c2pa_store.read(changed, kind, user_anchors=AUTHORITY.anchor_pem).state
