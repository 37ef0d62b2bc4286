import zlib

import pytest

from creditline.containers import png_text
from creditline.model.errors import CarrierError, LimitError


def test_parse_the_three_kinds() -> None:
    """Keyword and text of tEXt, zTXt and iTXt, compressed or not."""
    packed = zlib.compress(b"text")

    assert b"text" == png_text.parse("tEXt", b"Key\0text").content(10)
    assert b"text" == png_text.parse("zTXt", b"Key\0\0" + packed).content(10)
    assert b"text" == png_text.parse("iTXt", b"Key\0\0\0de\0Schl\0text").content(10)
    assert b"text" == png_text.parse("iTXt", b"Key\0\1\0de\0Schl\0" + packed).content(10)
    assert b"Key" == png_text.parse("iTXt", b"Key").keyword


def test_inflate_is_capped() -> None:
    """Exactly the cap passes, one byte more does not."""
    assert 100 == len(png_text.inflate(zlib.compress(bytes(100)), 100))
    with pytest.raises(LimitError):
        png_text.inflate(zlib.compress(bytes(101)), 100)


@pytest.mark.parametrize("packed", [b"", b"nonsense", zlib.compress(b"text")[:-5]])
def test_damaged_stream(packed: bytes) -> None:
    """Damaged and cut streams are broken carriers, never empty ones."""
    with pytest.raises(CarrierError):
        png_text.inflate(packed, 100)


def test_raw_profile_round_trip() -> None:
    """What is written as a raw profile is read back."""
    profile = bytes(range(256)) * 3

    text = png_text.parse("zTXt", png_text.raw_profile_body(b"iptc", profile))

    assert b"Raw profile type iptc" == text.keyword
    assert profile == png_text.raw_profile(text.content(10_000))


def test_noise_behind_a_raw_profile() -> None:
    """What follows the stated length is no part of it."""
    assert b"\xab" == png_text.raw_profile(b"\nexif\n       1\nab\n\xff\xfe")


@pytest.mark.parametrize(
    "text",
    [b"", b"\nexif\n", b"\nexif\n  2\nab\n", b"\nexif\n  1\nxx\n", b"\nexif\n99999999999999\nab", b"\n" * 500],
)
def test_malformed_raw_profile(text: bytes) -> None:
    """Without head, digits or enough of them the carrier is broken."""
    with pytest.raises(CarrierError):
        png_text.raw_profile(text)
