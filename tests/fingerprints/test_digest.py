"""Digests of a file's bytes."""

from __future__ import annotations

import hashlib
import zlib

from creditline.fingerprints.digest import Digests, cid, digests


def test_digests_of_a_known_text() -> None:
    """The digests of “abc” are the published ones."""
    result = digests(b"abc")

    assert (
        Digests(
            sha256="ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            md5="900150983cd24fb0d6963f7d28e17f72",
            sha1="a9993e364706816aba3e25717850c26c9cd0d89d",
            crc32="352441c2",
            cid="bafkreif2pall7dybz7vecqka3zo24irdwabwdi4wc55jznaq75q7eaavvu",
        )
        == result
    )


def test_digests_over_many_slices() -> None:
    """A file longer than one slice, and not a multiple of it, digests like the whole."""
    data = bytes(range(256)) * 3001

    result = digests(data)

    assert hashlib.sha256(data).hexdigest() == result.sha256
    assert hashlib.md5(data, usedforsecurity=False).hexdigest() == result.md5
    assert hashlib.sha1(data, usedforsecurity=False).hexdigest() == result.sha1
    assert f"{zlib.crc32(data):08x}" == result.crc32


def test_an_empty_file_has_digests() -> None:
    """No bytes are bytes too; the CRC keeps its eight digits."""
    result = digests(b"")

    assert result.crc32 == "00000000"
    assert result.to_json()["sha256"].startswith("e3b0c442")


def test_cid_is_of_the_raw_block() -> None:
    """The empty raw block has the CID that every IPFS client shows for it."""
    shown = cid(hashlib.sha256(b"").digest())

    assert shown == "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
