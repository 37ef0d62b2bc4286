import hashlib

import pytest

from creditline.containers import jpeg_writers as w
from creditline.model.errors import ContainerError


def test_extended_xmp_is_split_under_its_digest() -> None:
    """Each piece carries the upper-case MD5, the full length and its own offset."""
    text = b"t" * 65_401

    data = w.xmp_extended(text)

    guid = hashlib.md5(text, usedforsecurity=False).hexdigest().upper()
    assert guid == w.guid(text)
    assert 2 == data.count(guid.encode() + len(text).to_bytes(4))
    assert data.endswith(guid.encode() + len(text).to_bytes(4) + (65_400).to_bytes(4) + b"t")


def test_manifest_store_repeats_its_box_header() -> None:
    """The header of 8, or 16, bytes stands in every segment."""
    short = (64_001).to_bytes(4) + b"jumb" + bytes(63_993)
    long = b"\0\0\0\1jumb" + (64_001).to_bytes(8) + bytes(63_985)

    assert 2 == w.c2pa(short, 0x0211).count(short[:8])
    assert 2 == w.c2pa(long, 0x0211).count(long[:16])
    assert w.c2pa(short, 0x0211).endswith(b"JP\x02\x11\0\0\0\2" + short[:8] + b"\0")


@pytest.mark.parametrize("broken", [b"", b"\0\0\0\x08jum", b"\0\0\0\x09jumb", b"\0\0\0\x08free"])
def test_what_is_no_box(broken: bytes) -> None:
    """Only a whole superbox can be repeated and joined again."""
    with pytest.raises(ContainerError):
        w.c2pa(broken, 1)
