"""Records hidden in the lowest bits of the pixels."""

from __future__ import annotations

import gzip
import io
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from creditline.metadata import stealth
from creditline.model.errors import CarrierError, CreditlineError, LimitError, PictureError
from creditline.model.reading import Property

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
ABSENT = "shared/corpus is absent (it is given to the team only): corpus tests not run"
TEXT = "ein Meer ☃\nSteps: 20, Sampler: Euler a, Seed: 42"


def hidden(
    signature: str,
    payload: bytes,
    *,
    length: int | None = None,
    size: tuple[int, int] = (61, 47),
    kind: str = "PNG",
    mode: str = "RGBA",
    **options: object,
) -> bytes:
    """A picture with a record in it, as generators write it; `length` overrides the true number of bits."""
    width, height = size
    samples = np.random.default_rng(7).integers(0, 255, (width, height, len(mode)), dtype=np.uint8)
    samples[..., -1] |= 1
    bits = 8 * len(payload) if length is None else length
    record = np.unpackbits(np.frombuffer(signature.encode() + bits.to_bytes(4, "big") + payload, dtype=np.uint8))
    planes = samples[..., :3] if "rgb" in signature else samples[..., 3:]
    flat = planes.reshape(-1).copy()
    flat[: record.size] = (flat[: record.size] & 0xFE) | record
    planes[...] = flat.reshape(planes.shape)
    image = Image.fromarray(np.ascontiguousarray(samples.swapaxes(0, 1)), mode)
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


@pytest.mark.parametrize(
    ("signature", "plane", "payload"),
    [
        ("stealth_pnginfo", "alpha", TEXT.encode()),
        ("stealth_pngcomp", "alpha", gzip.compress(TEXT.encode(), mtime=0)),
        ("stealth_rgbinfo", "rgb", TEXT.encode()),
        ("stealth_rgbcomp", "rgb", gzip.compress(TEXT.encode(), mtime=0)),
    ],
)
@pytest.mark.parametrize(("kind", "options"), [("PNG", {}), ("WEBP", {"lossless": True, "exact": True})])
def test_a_record_is_read(
    signature: str, plane: str, payload: bytes, kind: str, options: dict[str, object]
) -> None:
    """All four signatures, in PNG and in lossless WebP; the signature is the key."""
    found = stealth.read(hidden(signature, payload, kind=kind, **options))

    assert found is not None
    assert (Property("stealth", signature, TEXT),) == found.properties
    assert payload == found.payload
    assert plane in found.location


def test_colours_need_no_alpha() -> None:
    """An opaque picture can hold a record in its colours."""
    found = stealth.read(hidden("stealth_rgbinfo", TEXT.encode(), mode="RGB"))

    assert found is not None
    assert TEXT == found.properties[0].value


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (200, 1), (1, 200), (64, 64)])
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_no_signature_is_none(size: tuple[int, int], mode: str) -> None:
    """Pictures of every kind and of any size have no record."""
    target = io.BytesIO()
    Image.new(mode, size).save(target, "PNG")

    assert stealth.read(target.getvalue()) is None


def test_a_re_encoded_picture_has_lost_it() -> None:
    """JPEG changes the pixels, and the record is gone."""
    with Image.open(io.BytesIO(hidden("stealth_rgbinfo", TEXT.encode(), mode="RGB"))) as image:
        target = io.BytesIO()
        image.save(target, "JPEG", quality=95)

    assert stealth.read(target.getvalue()) is None


@pytest.mark.parametrize(
    ("signature", "payload", "length"),
    [
        ("stealth_pnginfo", b"x", 61 * 47 - 151),
        ("stealth_pnginfo", b"x", 2**32 - 1),
        ("stealth_rgbinfo", b"x", 3 * 61 * 47 - 151),
        ("stealth_pnginfo", b"\xff\xfe", None),
        ("stealth_pngcomp", b"no gzip", None),
        ("stealth_pngcomp", b"", None),
        ("stealth_pngcomp", gzip.compress(TEXT.encode(), mtime=0)[:-9], None),
        ("stealth_rgbcomp", gzip.compress(TEXT.encode(), mtime=0)[:20], None),
    ],
)
def test_a_broken_record_is_an_error(signature: str, payload: bytes, length: int | None) -> None:
    """Wrong lengths, broken gzip and broken text are never an empty reading."""
    with pytest.raises(CarrierError) as caught:
        stealth.read(hidden(signature, payload, length=length))

    assert "stealth_broken" == caught.value.code


def test_a_bomb_is_not_inflated() -> None:
    """A record that inflates to 100 MB stops at the cap."""
    bomb = gzip.compress(bytes(100 << 20), 6, mtime=0)
    data = hidden("stealth_rgbcomp", bomb, size=(700, 600), mode="RGB", compress_level=1)
    start = time.monotonic()
    tracemalloc.start()
    with pytest.raises(CarrierError) as caught:
        stealth.read(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert "limit" == caught.value.code
    assert time.monotonic() - start < 5
    assert peak < 64 << 20


def test_a_record_past_the_cap_is_not_read() -> None:
    """More than 8 Mbit are not taken out, though the picture has them."""
    data = hidden(
        "stealth_rgbinfo", b"", length=stealth.MAX_BITS + 8, size=(1800, 1700), mode="RGB", compress_level=1
    )

    with pytest.raises(CarrierError) as caught:
        stealth.read(data)

    assert "limit" == caught.value.code


def test_what_cannot_be_decoded_is_not_absent() -> None:
    """A broken picture, and one past the cap, are errors of their own."""
    with pytest.raises(PictureError):
        stealth.read(hidden("stealth_pnginfo", TEXT.encode())[:600])
    target = io.BytesIO()
    Image.new("1", (stealth.MAX_PIXELS // 1000 + 1, 1000)).save(target, "PNG")
    with pytest.raises(LimitError):
        stealth.read(target.getvalue())


def test_damaged_files_raise_nothing_else() -> None:
    """Any byte changed or cut gives a reading or a Creditline error."""
    data = hidden("stealth_pngcomp", gzip.compress(TEXT.encode(), mtime=0), kind="WEBP", lossless=True, exact=True)
    for at in range(0, len(data), max(1, len(data) // 60)):
        for broken in (data[:at], data[:at] + bytes((data[at] ^ 0x55,)) + data[at + 1 :]):
            try:
                stealth.read(broken)
            except CreditlineError:
                continue


@pytest.mark.skipif(not CORPUS.is_dir(), reason=ABSENT)
@pytest.mark.parametrize(
    ("name", "bits"),
    [
        ("sd-metadata__novelai-curated.png", 8224),
        ("sd-metadata__novelai-curated.webp", None),
        ("sd-parsers__automatic1111_stealth.png", None),
    ],
)
def test_corpus(name: str, bits: int | None) -> None:
    """Real records of NovelAI and of an extension of others."""
    found = stealth.read((CORPUS / "ai-generators" / name).read_bytes())

    assert found is not None
    assert "stealth_pngcomp" == found.properties[0].key
    assert "eed" in str(found.properties[0].value)
    assert bits in {None, 8 * len(found.payload)}
