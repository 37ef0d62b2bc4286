"""Digests of a file's bytes: two pictures with the same SHA-256 are the same file."""

from __future__ import annotations

import base64
import hashlib
import zlib
from dataclasses import dataclass

# CIDv1, content type `raw` (0x55), multihash `sha2-256` (0x12) of 32 bytes: multiformats' CID specification.
_CID_PREFIX = bytes((0x01, 0x55, 0x12, 0x20))

# One slice at a time through every digest, so that the bytes come from the cache and not from memory five times.
_SLICE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Digests:
    """Digests of one file. Hex in lower case; `crc32` eight digits; `cid` the CIDv1 (raw, sha2-256, base32)."""

    sha256: str
    md5: str
    sha1: str
    crc32: str
    cid: str

    def to_json(self) -> dict[str, str]:
        """The digests by name."""
        return {
            "sha256": self.sha256,
            "md5": self.md5,
            "sha1": self.sha1,
            "crc32": self.crc32,
            "cid": self.cid,
        }


def digests(data: bytes) -> Digests:
    """Every digest of `data`, in one pass over it. MD5 and SHA-1 are for looking up, never for proof."""
    sha256 = hashlib.sha256()
    md5 = hashlib.md5(usedforsecurity=False)
    sha1 = hashlib.sha1(usedforsecurity=False)
    crc = 0
    view = memoryview(data)
    for start in range(0, len(view), _SLICE):
        part = view[start : start + _SLICE]
        sha256.update(part)
        md5.update(part)
        sha1.update(part)
        crc = zlib.crc32(part, crc)
    return Digests(
        sha256=sha256.hexdigest(),
        md5=md5.hexdigest(),
        sha1=sha1.hexdigest(),
        crc32=f"{crc:08x}",
        cid=cid(sha256.digest()),
    )


def cid(sha256: bytes) -> str:
    """The CIDv1 of a file by its SHA-256 (32 bytes): `bafkrei…`.

    It is the address of the file as one raw block; a client that cuts the file into blocks makes another.
    """
    return "b" + base64.b32encode(_CID_PREFIX + sha256).decode("ascii").rstrip("=").lower()
