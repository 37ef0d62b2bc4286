"""Answers prove addresses by naming them."""

from __future__ import annotations

import gzip
import json
import time

import pytest

from creditline.model.exchange import Body, Exchange, Message
from creditline.pipeline.bind import FUNCTIONS, MAX_ANSWER, MAX_URLS, url_equal, urls_in_answer
from creditline.vocab.site_profile import BIND_FUNCTIONS


def answered(body: bytes, *headers: tuple[str, str]) -> Exchange:
    return Exchange(
        "01",
        "2026-01-01T00:00:00Z",
        "POST",
        "http",
        "keeps.creditline.test",
        8080,
        "/upload?x=1",
        "HTTP/1.1",
        Message((), Body(b"")),
        200,
        Message(tuple(headers), Body(body, length=len(body))),
    )


HERE = "http://keeps.creditline.test:8080"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"url": "/media/1.jpg", "id": "a", "n": 1}', [f"{HERE}/media/1.jpg"]),
        (b'[{"a": {"b": ["https://CDN.test:443/x?y=1#z"]}}]', ["https://cdn.test/x?y=1"]),
        (b'{"url": "https:\\/\\/a.test\\/\\u0061.jpg"}', ["https://a.test/a.jpg"]),
        (b'for (;;);{"u": "//a.test/x"}', ["http://a.test/x"]),
        (b')]}\'\n{"u": "/x"}', [f"{HERE}/x"]),
        (b'])}while(1);</x>{"u": "/x"}', [f"{HERE}/x"]),
        (b"saved as https://a.test/x.png, thanks", ["https://a.test/x.png,"]),
        (b"<Location>https://a.test/k%2Fx</Location>", ["https://a.test/k%2Fx"]),
        (b'<img src="/media/1.jpg"><a href="x?a=1&amp;b=2">', [f"{HERE}/media/1.jpg", f"{HERE}/x?a=1&b=2"]),
        (b'{"no": "address", "mime": "image/png", "s": "javascript:alert(1)"}', []),
        (b"\xff\xfe binary", []),
        (b"[" * 100_000, []),
        (b"", []),
    ],
)
def test_addresses_are_found(body: bytes, expected: list[str]) -> None:
    """JSON strings, guarded JSON, text, XML and HTML; relative ones completed; no other scheme."""
    assert expected == list(urls_in_answer(answered(body)))


def test_location_header_and_coding() -> None:
    """The Location header counts, and a coded answer is decoded."""
    body = gzip.compress(json.dumps({"u": "/b"}).encode())

    found = urls_in_answer(answered(body, ("Location", "/a"), ("Content-Encoding", "gzip")))

    assert (f"{HERE}/a", f"{HERE}/b") == found


def test_bounds() -> None:
    """Many addresses, long ones and large answers end at caps, quickly."""
    many = json.dumps([f"/{n}" for n in range(9999)]).encode()
    hostile = [b"http://" * 140_000, b'src="' * 200_000, b"https:\\/\\/" * 100_000, b"href= " * 170_000]
    started = time.perf_counter()

    assert MAX_URLS == len(urls_in_answer(answered(many)))
    assert () == urls_in_answer(answered(b'"/' + b"x" * 5000 + b'"'))
    assert () == urls_in_answer(answered(b'"/' + b" " * MAX_ANSWER + b'"'))
    for body in hostile:
        urls_in_answer(answered(body))
    assert time.perf_counter() - started < 3.0


def test_url_equal() -> None:
    """The named address, and only it, is bound; without an answer none is."""
    seen = answered(b'{"url": "/media/1.jpg"}')

    assert url_equal(seen, "http://KEEPS.creditline.test:8080/media/1.jpg")
    assert not url_equal(seen, "http://keeps.creditline.test:8080/media/2.jpg")
    assert not url_equal(answered(b""), HERE)


def test_profiles_know_every_function() -> None:
    """What a profile may name is what there is."""
    assert set(BIND_FUNCTIONS) == set(FUNCTIONS)
