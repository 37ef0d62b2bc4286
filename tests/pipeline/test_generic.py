"""Binding without a profile: hashes prove, ids of answers hint."""

from __future__ import annotations

import hashlib
import json
import time

from tests.site_samples import exchange

from creditline.pipeline.generic import HASH_RULE, ID_RULE, MAX_IDS, asked_keys, hash_keys, id_keys


def test_hashes_in_addresses() -> None:
    """SHA-256, MD5 and CID of the sent bytes are found in a path, whatever stands around them."""
    sha256, md5 = hashlib.sha256(b"x").hexdigest(), hashlib.md5(b"x").hexdigest()  # noqa: S324 - what sites use
    left = hash_keys(sha256, md5)

    for _, value in left:
        seen = exchange("GET", f"https://a.test/i/{value}_small.png?{value}", {}, b"", 200, b"")
        assert (HASH_RULE, value) in asked_keys(seen)
    assert 3 == len(left)


def test_ids_of_answers() -> None:
    """What looks like an id and was not sent with the request; words and short numbers are none."""
    answer = json.dumps({"id": "Zx81abc9", "n": 12345678, "s": "uploaded", "k": 5, "own": "session123", "t": True})
    seen = exchange("POST", "https://a.test/up/session123", {}, b"", 200, answer.encode())

    assert ((ID_RULE, "Zx81abc9"), (ID_RULE, "12345678")) == id_keys(seen)
    asked = asked_keys(exchange("GET", "https://a.test/p/Zx81abc9.png", {}, b"", 200, b""))
    assert ((ID_RULE, "Zx81abc9"),) == asked


def test_bounds() -> None:
    """Hostile answers and addresses end at caps, quickly."""
    started = time.perf_counter()
    many = json.dumps([f"id{n:08}" for n in range(9999)]).encode()

    assert MAX_IDS == len(id_keys(exchange("POST", "https://a.test/", {}, b"", 200, many)))
    for body in (b"[" * 100_000, b"\xff", b'{"a":' * 50_000):
        assert () == id_keys(exchange("POST", "https://a.test/", {}, b"", 200, body))
    assert 2 * MAX_IDS >= len(
        asked_keys(exchange("GET", "https://a.test/" + "a1b2c3d4/" * 9999, {}, b"", 200, b""))
    )
    assert time.perf_counter() - started < 2.0
