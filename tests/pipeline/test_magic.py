"""First bytes decide what a body is."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from creditline.pipeline import magic


def picture(kind: str, size: tuple[int, int] = (90, 70), **options: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF"])
def test_kinds(kind: str) -> None:
    """Real pictures are known by their first bytes alone."""
    assert kind.lower() == magic.kind(picture(kind)[: magic.HEAD])


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\xff\x0a" + b"\x00" * 20, "jxl"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "heic"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp42", None),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a -->\n<svg xmlns='x'>", "svg"),
        (b"<html><body><svg></svg>", None),
        (b"%PDF-1.7 <svg ", None),
        (b"BM25 is a ranking function", None),
        (b"", None),
    ],
)
def test_hard_cases(head: bytes, expected: str | None) -> None:
    """Films, pages with drawings and words that begin as a signature are no pictures."""
    assert expected == magic.kind(head)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("PNG", {}),
        ("GIF", {}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"exif": b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00"}),
    ],
)
def test_dimensions(kind: str, options: dict[str, object]) -> None:
    """Width and height come from the header."""
    assert (90, 70) == magic.dimensions(picture(kind, **options))


@given(
    st.sampled_from([b"\xff\xd8", b"\x89PNG", b"RIFFxxxxWEBPVP8 ", b"RIFFxxxxWEBPVP8L", b"GIF8", b"BM"]),
    st.binary(),
)
def test_never_raises(head: bytes, rest: bytes) -> None:
    """Broken headers give no size and no error."""
    magic.dimensions(head + rest)
    magic.kind(head + rest)
