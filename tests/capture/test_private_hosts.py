"""Private peers are told from public ones without a look-up."""

from __future__ import annotations

import pytest

from creditline.capture.private_hosts import is_private


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.9.9.9", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.1.1", "100.64.0.1", "::",
        "::1", "[::1]", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1",
        "localhost", "LOCALHOST.", "app.localhost", "printer.local", "nas", "a.internal", "x.home.arpa", "",
    ],
)  # fmt: skip
def test_private(host: str) -> None:
    """Loopback, private, link-local and shared addresses, local names and bare labels are private."""
    assert is_private(host)


@pytest.mark.parametrize("host", ["93.184.216.34", "2606:2800:220:1::1", "local.example.org", "x.test"])
def test_public(host: str) -> None:
    """Everything else is public."""
    assert not is_private(host)
