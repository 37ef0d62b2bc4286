"""The guarded HTTP client: fetches what a person named, never what a picture names.

Every address that a name resolves to must be public, at each redirect anew, and the connection goes to the address
that was checked (no second look-up that could answer differently). Size and time are capped.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import re
import socket
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from creditline.model.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    type Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_BYTES = 256 * 1024 * 1024
MAX_SECONDS = 60
MAX_ASK_SECONDS = 20
MAX_ANSWER = 1024 * 1024
"""Bytes of a service's JSON answer."""
MAX_REDIRECTS = 5
PIECE = 64 * 1024
SCHEMES = frozenset({"http", "https"})
REDIRECTS = frozenset({301, 302, 303, 307, 308})

# What a platform's resolver reads as IPv4 without asking anybody (inet_aton): 2130706433, 0177.1, 0x7f.0.0.1.
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+))*\.?", re.IGNORECASE)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3")
"""All that is given out of IPv6 (RFC 4291 2.4); IPv4-compatible, site-local and other old forms lie outside."""


def is_public(address: Address) -> bool:
    """Whether an address is on the open internet; IPv4 inside IPv6 (mapped, 6to4, NAT64) is judged as IPv4."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address not in _UNICAST:
            return False
    return address.is_global and not address.is_multicast


async def fetch(
    url: str,
    *,
    allowed: Callable[[Address], bool] = is_public,
    max_bytes: int = MAX_BYTES,
    seconds: float = MAX_SECONDS,
    schemes: frozenset[str] = SCHEMES,
) -> bytes:
    """The body of one GET, redirects followed.

    Args:
        url: an http or https address.
        allowed: says which addresses may be connected to.
        max_bytes: a longer body is refused.
        seconds: the whole fetch may take so long.
        schemes: `https` alone, or `http` too; redirects are held to it.

    Raises:
        FetchError: the address is not allowed, or did not answer 200 with a body in time.
    """
    connector = aiohttp.TCPConnector(resolver=_CheckingResolver(allowed), use_dns_cache=False)
    timeout = aiohttp.ClientTimeout(total=seconds)
    try:
        # The session's own limit holds for each request, and a redirect is a new one.
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=True) as session,
            asyncio.timeout(seconds),
        ):
            return await _follow(session, URL(url), allowed, max_bytes, schemes)
    except TimeoutError as error:
        raise FetchError(f"{url} did not answer within {seconds:g} s", code="fetch_timeout") from error
    except aiohttp.ClientError as error:
        cause = error.__cause__ or error
        if isinstance(cause, FetchError):
            raise cause from error
        raise FetchError(f"{url} cannot be fetched: {error}", code="fetch_failed") from error
    except ValueError as error:
        raise FetchError(f"{url} is not an address: {error}", code="bad_address") from error


async def ask(
    url: str,
    *,
    headers: Mapping[str, str],
    body: Mapping[str, Any] | None = None,
    seconds: float = MAX_ASK_SECONDS,
) -> dict[str, Any]:
    """The JSON object that a GET, or with a `body` a POST, is answered with; redirects are not followed.

    For services that a person named: a private address is taken where it was written as an address or `localhost`,
    never where a name leads to one.

    Raises:
        FetchError: the address is not allowed, or did not answer 200 with a JSON object in time.
    """
    method = "GET" if body is None else "POST"
    found = await _service(url, method, MAX_ANSWER, seconds, json=body, headers=headers)
    try:
        answer = json.loads(found)
    except (ValueError, RecursionError) as error:
        raise FetchError(f"{url} gave no JSON", code="bad_answer") from error
    if not isinstance(answer, dict):
        raise FetchError(f"{url} gave no JSON object", code="bad_answer")
    return answer


async def post(url: str, body: bytes, *, headers: Mapping[str, str], max_bytes: int, seconds: float) -> bytes:
    """The body that a POST of these bytes is answered with; addresses and redirects as for `ask`.

    Raises:
        FetchError: the address is not allowed, or did not answer 200 with a body of that size in time.
    """
    return await _service(url, "POST", max_bytes, seconds, data=body, headers=headers)


async def _service(url: str, method: str, max_bytes: int, seconds: float, **request: Any) -> bytes:
    try:
        address = URL(url)
        literal = address.host is not None and (address.host == "localhost" or _is_literal(address.host))
        allowed: Callable[[Address], bool] = (lambda _: True) if literal else is_public
        _check(address, allowed)
        connector = aiohttp.TCPConnector(resolver=_CheckingResolver(allowed), use_dns_cache=False)
        timeout = aiohttp.ClientTimeout(total=seconds)
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
            session.request(method, address, allow_redirects=False, **request) as response,
        ):
            if response.status != 200:
                raise FetchError(f"{url} answered {response.status}", code="fetch_status")
            return await _body(response, address, max_bytes)
    except TimeoutError as error:
        raise FetchError(f"{url} did not answer within {seconds:g} s", code="fetch_timeout") from error
    except aiohttp.ClientError as error:
        cause = error.__cause__ or error
        if isinstance(cause, FetchError):
            raise cause from error
        raise FetchError(f"{url} cannot be asked: {error}", code="fetch_failed") from error
    except ValueError as error:
        raise FetchError(f"{url} is not an address: {error}", code="bad_address") from error


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


async def _follow(
    session: aiohttp.ClientSession,
    url: URL,
    allowed: Callable[[Address], bool],
    max_bytes: int,
    schemes: frozenset[str],
) -> bytes:
    for _ in range(MAX_REDIRECTS + 1):
        _check(url, allowed, schemes)
        async with session.get(url, allow_redirects=False) as response:
            if response.status in REDIRECTS and "Location" in response.headers:
                url = url.join(URL(response.headers["Location"]))
                continue
            if response.status != 200:
                raise FetchError(f"{url} answered {response.status}", code="fetch_status")
            return await _body(response, url, max_bytes)
    raise FetchError(f"{url} redirects more than {MAX_REDIRECTS} times", code="fetch_redirects")


def _check(url: URL, allowed: Callable[[Address], bool], schemes: frozenset[str] = SCHEMES) -> None:
    if url.scheme not in schemes or not url.host:
        raise FetchError(f"{url} is not an {' or '.join(sorted(schemes))} address", code="bad_address")
    try:
        literal = ipaddress.ip_address(url.host)
    except ValueError:
        if _NUMERIC.fullmatch(url.host):
            # Platforms do not agree on what these mean, and a client may connect without a look-up to check.
            raise FetchError(f"{url.host} is no usual way to write an address", code="bad_address") from None
        return  # a name: the resolver checks what it stands for
    if not allowed(literal):
        raise FetchError(f"{url.host} is not a public address", code="private_address")


async def _body(response: aiohttp.ClientResponse, url: URL, max_bytes: int) -> bytes:
    body = bytearray()
    async for piece in response.content.iter_chunked(PIECE):
        body += piece
        if len(body) > max_bytes:
            raise FetchError(f"{url} is larger than {max_bytes} bytes", code="too_large")
    if not body:
        raise FetchError(f"{url} answered with an empty body", code="empty_file")
    return bytes(body)


class _CheckingResolver(AbstractResolver):
    """Looks a name up once and hands on only what may be connected to."""

    def __init__(self, allowed: Callable[[Address], bool]) -> None:
        self._allowed = allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        results: list[ResolveResult] = []
        for kind, _, protocol, _, where in found:
            address: Any = where[0]
            if not self._allowed(ipaddress.ip_address(str(address).partition("%")[0])):
                raise FetchError(
                    f"{host} stands for {address}, which is not a public address", code="private_address"
                )
            results.append(
                ResolveResult(
                    hostname=host,
                    host=str(address),
                    port=port,
                    family=kind,
                    proto=protocol,
                    flags=socket.AI_NUMERICHOST,
                )
            )
        return results

    async def close(self) -> None:
        """Nothing is held."""
