"""Files that the C2PA SDK signed: the finders see its manifest, and put it back where the SDK reads it."""

import io
from typing import Any

import pytest
from PIL import Image
from tests.containers.test_svg import PLAIN

from creditline.analysis.read import read
from creditline.containers import sniff
from creditline.model.errors import ContainerError
from creditline.reattach import resign

AUTHORITY = resign.make_authority()


def picture(kind: str) -> bytes:
    if kind == "svg":
        return PLAIN
    out = io.BytesIO()
    Image.effect_noise((40, 30), 60).convert("RGB").save(out, kind.upper())
    return out.getvalue()


@pytest.fixture(params=["gif", "tiff", "svg"])
def signed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[str, bytes]:
    kind: str = request.param
    monkeypatch.setattr(resign, "SIGNABLE", (kind,))
    return kind, resign.sign(picture(kind), kind, AUTHORITY, digital_source_type="digitalCreation", title="t")


def state(data: bytes) -> str:
    return read(data, pixels=False, user_anchors=AUTHORITY.anchor_pem).c2pa.state


def test_state(signed: tuple[str, bytes]) -> None:
    """A signed file is trusted by the user's own list, and no longer when a byte changes."""
    kind, data = signed
    changed = data.replace(b"<rect", b"<Rect") if kind == "svg" else bytearray(data)
    if isinstance(changed, bytearray):
        part = max(sniff.find(data).segments, key=lambda one: one.length * (one.kind in {"data", "image"}))
        changed[part.offset + part.length - 9] ^= 1

    assert "trusted" == state(data)
    assert "invalid" == state(bytes(changed))


def test_out_and_in_again(signed: tuple[str, bytes]) -> None:
    """A manifest that went is none; put back at once, the file is as it was and trusted."""
    kind, data = signed
    own = [block.payload for block in sniff.find(data).blocks if block.carrier == "c2pa"]

    gone = sniff.replace(data, {"c2pa": []})

    assert 1 == len(own)
    assert "none" == state(gone)
    assert data == sniff.replace(gone, {"c2pa": own}) or kind == "svg"
    assert own == [b.payload for b in sniff.find(sniff.replace(gone, {"c2pa": own})).blocks if b.carrier == "c2pa"]


def test_xmp_first_then_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was spliced before the signature is under it."""
    monkeypatch.setattr(resign, "SIGNABLE", ("gif", "tiff", "svg"))
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
    for kind in resign.SIGNABLE:
        spliced = sniff.replace(picture(kind), {"xmp": [packet]})

        data = resign.sign(spliced, kind, AUTHORITY, digital_source_type="digitalCreation")

        found: dict[str, Any] = {block.carrier: block.payload for block in sniff.find(data).blocks}
        assert packet == found["xmp"]
        assert "trusted" == state(data)
        with pytest.raises(ContainerError):
            sniff.replace(data, {"stealth": []})
