"""The coded picture of a file, told apart from what is said about it."""

from __future__ import annotations

import pytest
from tests.analysis.pictures import RIGHTS, encoded, painting, stamped

from creditline.containers import coded
from creditline.model.errors import ContainerError

KINDS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF")


@pytest.mark.parametrize("kind", KINDS)
def test_metadata_is_no_part_of_it(kind: str) -> None:
    """Stamped or not, the coded picture is the same; another picture's is not."""
    plain = encoded(painting(1), kind)

    assert coded.same(plain, stamped(plain, xmp=RIGHTS))
    assert not coded.same(plain, encoded(painting(2), kind))
    assert sum(map(len, coded.parts(plain))) > len(plain) / 2


@pytest.mark.parametrize("kind", KINDS)
def test_one_byte_of_the_picture_is_seen(kind: str) -> None:
    """A byte in the middle of the largest part makes another picture."""
    plain = encoded(painting(1), kind)
    part = max(coded.parts(plain), key=len)
    at = plain.index(part) + len(part) // 2
    changed = bytearray(plain)
    changed[at] ^= 0x10

    assert not coded.same(plain, bytes(changed))


def test_a_naked_codestream_equals_itself_in_a_box() -> None:
    """JPEG XL: putting boxes around it changes no picture."""
    from creditline.containers import sniff

    naked = b"\xff\x0a" + bytes(range(2, 60))

    assert coded.same(naked, sniff.replace(naked, {"xmp": [b"<x/>"]}))


def test_other_formats_and_other_formats_of_one_picture() -> None:
    """What is not told apart is an error, never an equality."""
    with pytest.raises(ContainerError):
        coded.parts(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert not coded.same(encoded(painting(1)), encoded(painting(1), "PNG"))
