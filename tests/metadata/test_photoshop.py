"""The Photoshop reader: flag, URL, digest."""

import hashlib

import pytest

from creditline.metadata import photoshop
from creditline.model.errors import CarrierError


def resource(identifier: int, data: bytes) -> bytes:
    """One image resource without a name."""
    return b"8BIM" + identifier.to_bytes(2) + b"\0\0" + len(data).to_bytes(4) + data + b"\0" * (len(data) % 2)


def test_flag_url_and_digest() -> None:
    """The three resources that speak of rights, and no other."""
    stream = resource(0x040A, b"\x01") + resource(0x040B, b"https://ann.example/") + resource(0x03ED, b"x" * 16)
    stream += resource(0x0425, bytes(range(16)))

    found = {item.key: item.value for item in photoshop.read(stream)}

    assert {
        "8BIM:040A": "True",
        "8BIM:040B": "https://ann.example/",
        "8BIM:0425": bytes(range(16)).hex(),
    } == found


def test_a_cleared_flag_is_false() -> None:
    """Zero says that the picture is not marked."""
    assert "False" == photoshop.read(resource(0x040A, b"\0"))[0].value


def test_digest_against_iim() -> None:
    """The digest tells whether IIM changed since; without one nothing is known."""
    stream = resource(0x0425, hashlib.md5(b"iim", usedforsecurity=False).digest())

    assert photoshop.iim_digest_matches(stream, b"iim") is True
    assert photoshop.iim_digest_matches(stream, b"other") is False
    assert photoshop.iim_digest_matches(resource(0x040A, b"\1"), b"iim") is None


def test_a_break_is_said() -> None:
    """Resources before a break are kept; junk alone is unreadable; NULs at the end are padding."""
    stream = resource(0x040A, b"\x01")

    properties, problems = photoshop.read_with_problems(stream + b"8BIM\x04\x0b\0\0\0\0\xff\xffcut")

    assert "True" == properties[0].value
    assert ["irb_broken"] == [problem.code for problem in problems]
    assert 1 == len(photoshop.read(stream + bytes(6)))
    with pytest.raises(CarrierError):
        photoshop.read_with_problems(b"no resource")
