"""Other repositories' manifests for a picture: asked by fingerprint, and only those that a person named.

What leaves this machine is a code of 64 or 256 bits for each algorithm that the other side computes too, never the
picture, its name or where it came from.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from creditline.fetch import ask
from creditline.model.errors import CreditlineError, FetchError, UsageError
from creditline.services.soft_binding import values_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WELL_KNOWN = "/.well-known/c2pa-soft-binding-resolution"
MAX_MATCHES = 100
MAX_ID = 512


def ask_all(data: bytes, addresses: Sequence[str], token: str | None = None) -> list[dict[str, Any]]:
    """What each repository answers for a picture: `{"url", "matches": [{"manifestId", "similarityScore"}], "error"}`.

    A repository that cannot be asked has its reason in `error`; the others are asked all the same.

    Raises:
        PictureError: the picture cannot be decoded.
        UsageError: an address is none.
    """
    for address in addresses:
        _check(address)
    values = values_of(data)
    return asyncio.run(_ask_all(values, addresses, token))


async def _ask_all(values: Mapping[str, str], addresses: Sequence[str], token: str | None) -> list[dict[str, Any]]:
    return list(await asyncio.gather(*(_ask(values, address, token) for address in addresses)))


async def _ask(values: Mapping[str, str], address: str, token: str | None) -> dict[str, Any]:
    answer: dict[str, Any] = {"url": address, "matches": [], "error": None}
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    try:
        base = await _base(address)
        known = await ask(f"{base}/services/supportedAlgorithms", headers={})
        found: dict[str, int | None] = {}
        for name in _names(known):
            if name in values:
                asked = {"value": values[name], "alg": name}
                matches = await ask(f"{base}/matches/byBinding", body=asked, headers=headers)
                for identity, score in _matches(matches):
                    if identity not in found or (score or 0) > (found[identity] or 0):
                        found[identity] = score
    except CreditlineError as error:
        return answer | {"error": str(error)}
    ordered = sorted(found.items(), key=lambda item: (-(item[1] or 0), item[0]))
    answer["matches"] = [{"manifestId": identity, "similarityScore": score} for identity, score in ordered]
    return answer


async def _base(address: str) -> str:
    """Where the API is: an address with a path is it, one without is a site whose well-known document says."""
    parts = urlsplit(address)
    if parts.path.strip("/"):
        return address.rstrip("/")
    said = await ask(urlunsplit((parts.scheme, parts.netloc, WELL_KNOWN, "", "")), headers={})
    base = said.get("apiEndpoint")
    if not isinstance(base, str) or urlsplit(base).netloc != parts.netloc:
        # A document that leads elsewhere would take the token along.
        raise FetchError(f"{address} names no API of its own", code="bad_answer")
    return base.rstrip("/")


def _check(address: str) -> None:
    try:
        parts = urlsplit(address)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        fine = False
    if not fine:
        raise UsageError(
            f"{address} is no http or https address", next_step="name a recovery API, such as https://HOST/v1"
        )


def _names(answer: Mapping[str, Any]) -> list[str]:
    listed = [*_list(answer.get("fingerprints")), *_list(answer.get("watermarks"))]
    return [str(item["alg"]) for item in listed if isinstance(item, dict) and isinstance(item.get("alg"), str)]


def _matches(answer: Mapping[str, Any]) -> list[tuple[str, int | None]]:
    found: list[tuple[str, int | None]] = []
    for item in _list(answer.get("matches"))[:MAX_MATCHES]:
        if not isinstance(item, dict) or not isinstance(item.get("manifestId"), str):
            continue
        score = item.get("similarityScore")
        fine = isinstance(score, int) and not isinstance(score, bool) and 0 <= score <= 100
        found.append((item["manifestId"][:MAX_ID], score if fine else None))
    return found


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
