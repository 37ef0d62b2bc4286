"""Which peers are on this machine or on a private network; their pictures are left out unless asked for."""

from __future__ import annotations

import ipaddress

_PRIVATE_SUFFIXES = (
    "localhost",
    "local",  # RFC 6762
    "internal",  # reserved by ICANN in 2024
    "home.arpa",  # RFC 8375
    "lan",
    "home",
    "corp",
    "intranet",
)


def is_private(host: str) -> bool:
    """Whether a host name or address belongs to loopback or a private network; names are not looked up."""
    name = host.strip().lower().rstrip(".").removeprefix("[").removesuffix("]").partition("%")[0]
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        # A name of one label is only ever known to a local resolver.
        return "." not in name or any(name.endswith(f".{suffix}") for suffix in _PRIVATE_SUFFIXES)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return not address.is_global
