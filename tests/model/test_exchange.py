"""One exchange, free of any proxy's types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from creditline.model.exchange import Body, Exchange, Message

if TYPE_CHECKING:
    from pathlib import Path


def test_a_body_is_in_memory_on_disk_or_missed(tmp_path: Path) -> None:
    """`read` gives the bytes wherever they are, None where they were not kept; empty is not missing."""
    path = tmp_path / "body"
    path.write_bytes(b"on disk")

    assert b"in memory" == Body(b"in memory").read()
    assert b"" == Body(b"").read()
    assert b"on disk" == Body(path=path).read()
    assert Body(missed="too_large").read() is None


def test_headers_in_any_case() -> None:
    """The first field of a name counts, whatever its letters."""
    message = Message((("Content-Type", "a"), ("content-type", "b")), Body())

    assert "a" == message.header("CONTENT-TYPE")
    assert message.header("etag") is None


@pytest.mark.parametrize(
    ("scheme", "host", "port", "url"),
    [
        ("https", "a.example", 443, "https://a.example/x?y=1"),
        ("http", "a.example", 80, "http://a.example/x?y=1"),
        ("https", "a.example", 8443, "https://a.example:8443/x?y=1"),
        ("http", "a.example", 443, "http://a.example:443/x?y=1"),
        ("http", "::1", 8080, "http://[::1]:8080/x?y=1"),
    ],
)
def test_the_address(scheme: str, host: str, port: int, url: str) -> None:
    """A port that the scheme implies is left out; an IPv6 address stands in brackets."""
    seen = Exchange("1", "2026", "GET", scheme, host, port, "/x?y=1", "HTTP/1.1", Message((), Body()))

    assert url == seen.url
