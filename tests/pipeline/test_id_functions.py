"""Both halves of every id function give one key, and nothing for what is not of their kind."""

from __future__ import annotations

import pytest

from creditline.pipeline.id_functions import FUNCTIONS, cid

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    ("name", "uploaded", "served", "chars"),
    [
        ("equals", "abc123xyz", "abc123xyz", None),
        ("prefix", "abcdefgh", "abcdxxxx", 4),
        ("contains", "F0123ABCD", "https://a.test/files-pri/T1-F0123ABCD/x.png", None),
        ("contains", "https://b.test/x.png", "https://a.test/f/https%3A%2F%2Fb.test%2Fx.png", None),
        ("b64url_u64be", "1234567890123456789", "ESIQ9H3pgRUabcd", 10),
        ("b64_decimal", "3200000000000000001", "MzIwMDAwMDAwMDAwMDAwMDAwMQ%3D%3D.2-ccb7-5", None),
        ("cid_raw_sha256", EMPTY, "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku", None),
        ("base36", "1000000001", "gjdgxt", None),
        ("triples", "22348641", "022/348/641/", None),
        ("split2_hex", "ABCDEF0123456789", "ab/cd/ef/abcdef0123456789", None),
        ("url_equal", "https://a.test/x", "https://a.test/x", None),
        ("url_tail", "https://a.test/1/2/x%20y.png?ex=1", "https://b.test/1/2/x y.png?hm=2", None),
        ("header_md5", "d41d8cd98f00b204e9800998ecf8427e", "crc32c=AAAAAA==,md5=1B2M2Y8AsgTpgAmY7PhCfg==", None),
        ("header_md5", "d41d8cd98f00b204e9800998ecf8427e", '"d41d8cd98f00b204e9800998ecf8427e"', None),
    ],
)
def test_both_halves_agree(name: str, uploaded: str, served: str, chars: int | None) -> None:
    """What the upload leaves is what the served address asks for."""
    key = FUNCTIONS[name].uploaded(uploaded, chars)

    assert key is not None
    assert key in FUNCTIONS[name].served(served, chars)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    "value",
    ["", "\x00", "é" * 40, "../../..", "%", "9" * 5000, "-1", "http://[", "a" * 3, "\ud800", "==", "//" * 500],
)
def test_never_raises(name: str, value: str) -> None:
    """Hostile values have no key or a harmless one."""
    assert isinstance(FUNCTIONS[name].uploaded(value, 4), str | None)
    assert isinstance(FUNCTIONS[name].served(value, 4), tuple)


@pytest.mark.parametrize(
    ("name", "uploaded", "served"),
    [
        ("b64url_u64be", "18446744073709551616", "short"),
        ("b64_decimal", "12a", "bm90IGEgbnVtYmVy.2"),
        ("base36", "12a", "ABC-"),
        ("triples", "x", "abc/"),
        ("split2_hex", "xyz", "ab/ce/abcdef01"),
        ("cid_raw_sha256", "abc", ""),
        ("header_md5", "short", "md5=short"),
        ("prefix", "abc", "abc"),
    ],
)
def test_another_kind_has_no_key(name: str, uploaded: str, served: str) -> None:
    """A value that the function is not for proves nothing."""
    assert FUNCTIONS[name].uploaded(uploaded, 9) is None
    assert () == FUNCTIONS[name].served(served, 9)


def test_cid_of_nothing() -> None:
    """The CID of an empty body is the one that the AT Protocol's documentation gives."""
    assert "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku" == cid(EMPTY)
