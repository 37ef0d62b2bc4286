"""Content codings are undone exactly, or refused with a reason."""

from __future__ import annotations

import gzip
import os
import sys
import time
import zlib
from typing import TYPE_CHECKING

import brotli
import pytest

from creditline.model.errors import CarrierError, LimitError
from creditline.pipeline.content_coding import MAX_MEMBERS, codings, decode

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = os.urandom(50_000) + b"a" * 200_000


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


CODED = [
    ("gzip", gzip.compress),
    ("X-GZIP", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", raw_deflate),
    ("br", brotli.compress),
    ("zstd", zstd.compress),
]


@pytest.mark.parametrize(("name", "encode"), CODED)
@pytest.mark.parametrize("data", [DATA, b"", b"x"])
def test_each_coding(name: str, encode: Callable[[bytes], bytes], data: bytes) -> None:
    """What was encoded comes back byte for byte, nothing included."""
    assert data == decode(encode(data), name)


def test_stacked() -> None:
    """Codings are undone from the last applied to the first; identity is none."""
    coded = brotli.compress(gzip.compress(DATA))

    assert DATA == decode(coded, "gzip, identity, br")
    assert ("gzip", "br") == codings("gzip, identity, BR")


def test_no_coding_is_no_copy() -> None:
    """An uncoded body is handed back as it is."""
    assert DATA is decode(DATA, None)
    assert DATA is decode(DATA, "identity")


def test_several_members() -> None:
    """gzip members and zstd frames in a row are one body; what follows a gzip stream is ignored."""
    assert b"ab" == decode(gzip.compress(b"a") + gzip.compress(b"b") + b"\x00" * 8, "gzip")
    assert b"ab" == decode(zstd.compress(b"a") + zstd.compress(b"b"), "zstd")


@pytest.mark.parametrize(("name", "encode"), CODED)
def test_bombs_hit_the_cap(name: str, encode: Callable[[bytes], bytes]) -> None:
    """A body that grows past the cap is a LimitError, and one that fits exactly is not."""
    coded = encode(b"\x00" * 1_000_000)

    assert 1_000_000 == len(decode(coded, name, cap=1_000_000))
    with pytest.raises(LimitError):
        decode(coded, name, cap=999_999)


@pytest.mark.parametrize(("name", "encode"), CODED)
@pytest.mark.parametrize("damage", ["cut", "broken", "empty"])
def test_damage(name: str, encode: Callable[[bytes], bytes], damage: str) -> None:
    """A cut or broken body is a CarrierError with the code coding_broken, never a short answer."""
    coded = encode(DATA)
    bad = {"cut": coded[:-20], "broken": b"\xffnonsense" * 20, "empty": b""}[damage]

    with pytest.raises(CarrierError) as caught:
        decode(bad, name)

    assert "coding_broken" == caught.value.code


def test_unknown_and_too_many() -> None:
    """An unknown coding and an absurd stack are refused, each under its own code."""
    with pytest.raises(CarrierError) as caught:
        decode(b"x", "x-own")
    assert "coding_unsupported" == caught.value.code
    with pytest.raises(LimitError):
        decode(b"x", ", ".join(["gzip"] * 9))


def test_many_tiny_members_take_bounded_time() -> None:
    """A hundred thousand empty members end at the cap on members, quickly."""
    started = time.perf_counter()

    with pytest.raises(LimitError):
        decode(gzip.compress(b"") * (MAX_MEMBERS * 100), "gzip")

    assert time.perf_counter() - started < 2.0
