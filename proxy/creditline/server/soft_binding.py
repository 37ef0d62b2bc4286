"""The C2PA Soft Binding Resolution API 2.4 under /c2pa/v1: from a picture, or a soft binding, back to its manifest.

Errors are `{"error": …}`. Which scope a route needs is the guard's matter; what is matched, that of
`services.soft_binding`.
"""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from creditline.model.errors import CreditlineError, FetchError
from creditline.server.problems import RefusedError
from creditline.server.uploads import whole
from creditline.services import receipts
from creditline.services.soft_binding import (
    ALGORITHMS,
    MAX_STORE,
    MAX_VALUE,
    Repository,
    UnsupportedContentError,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from creditline.ledger.store import Ledger
    from creditline.model.settings import Settings

    type Fetch = Callable[[str, int], Awaitable[bytes]]

PREFIX = "/c2pa/v1"
WELL_KNOWN = "/.well-known/c2pa-soft-binding-resolution"
VERSION = "2.4.0"
STORE_TYPE = "application/c2pa"
ASSET_TYPES = frozenset({"image", "audio", "video", "application", "model", "text"})
MAX_QUERY_VALUE = 4096
"""Characters of a value in an address; a longer one belongs into a POST (414)."""
MAX_JSON = 2 * MAX_VALUE
"""Bytes of a JSON body: the longest value, escaped, and what stands around it."""
MAX_REFERENCE = 2048
DEFAULT_RESULTS = 10
AT_ONCE = 2
"""Pictures decoded at a time: each takes a core and some hundred megabytes."""
_REFUSED_FETCHES = frozenset({"bad_address", "private_address", "too_large", "fetch_redirects"})
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


class SoftBindings:
    """The handlers. `fetch(url, most)` gets an https address as bytes, or raises FetchError."""

    def __init__(self, ledger: Ledger, settings: Settings, fetch: Fetch | None = None) -> None:
        self._ledger = ledger
        self._repository = Repository(ledger, opaque=settings.soft_binding_opaque)
        self._max_body = settings.max_body
        self._by_reference = settings.soft_binding_by_reference
        self._fetch: Fetch = fetch or _fetched
        self._slots = asyncio.Semaphore(AT_ONCE)

    def routes(self) -> list[web.RouteDef]:
        """Every route of the specification's table; `openapi.py` describes each, and a test compares the two."""
        return [
            web.get(WELL_KNOWN, self.well_known),
            web.get(f"{PREFIX}/services/supportedAlgorithms", self.algorithms),
            web.get(f"{PREFIX}/services/capabilities", self.capabilities),
            web.get(f"{PREFIX}/services/status", self.status),
            web.get(f"{PREFIX}/matches/byBinding", self.by_binding),
            web.post(f"{PREFIX}/matches/byBinding", self.by_large_binding),
            web.post(f"{PREFIX}/matches/byContent", self.by_content),
            web.post(f"{PREFIX}/matches/byReference", self.by_reference),
            web.post(f"{PREFIX}/manifests", self.store),
            web.get(f"{PREFIX}/manifests/{{manifestId}}", self.manifest),
            web.delete(f"{PREFIX}/manifests/{{manifestId}}", self.remove),
            web.get(f"{PREFIX}/manifests/{{manifestId}}/receipts", self.receipt),
            web.post(f"{PREFIX}/manifests/{{manifestId}}/receipts", self.check_receipt),
            web.post(f"{PREFIX}/bindings", self.bind),
            web.put(f"{PREFIX}/bindings", self.rebind),
        ]

    async def well_known(self, request: web.Request) -> web.Response:
        """Where the API is."""
        base = _base(request)
        return web.json_response(
            {
                "apiEndpoint": base,
                "c2paSpecificationVersion": VERSION,
                "capabilitiesEndpoint": f"{base}/services/capabilities",
                "statusEndpoint": f"{base}/services/status",
            }
        )

    async def algorithms(self, request: web.Request) -> web.Response:
        """The algorithms that are computed here; values of others are looked up as they are given."""
        del request
        return web.json_response(
            {"watermarks": [], "fingerprints": [{"alg": algorithm.name} for algorithm in ALGORITHMS]}
        )

    async def capabilities(self, request: web.Request) -> web.Response:
        """What this repository does beyond what it must."""
        del request
        reference = ["queryByReference"] if self._by_reference else []
        supported = ["queryByContent", *reference, "storeManifests", "storeBindings"]
        return web.json_response({"c2paSpecificationVersion": VERSION, "supportedCapabilities": supported})

    async def status(self, request: web.Request) -> web.Response:
        """Whether the ledger answers."""
        del request
        state = "ok"
        try:
            await asyncio.to_thread(self._touch)
        except CreditlineError:
            state = "down"
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return web.json_response({"status": state, "timestamp": now})

    def _touch(self) -> None:
        with self._ledger.reads():
            pass

    async def by_binding(self, request: web.Request) -> web.Response:
        """Manifests that a soft binding in the query leads to."""
        limit = _max_results(request)
        value, alg = _one(request, "value"), _one(request, "alg")
        if not value or not alg:
            raise RefusedError(400, "bad_query", "`value` and `alg` are needed.")
        if len(value) > MAX_QUERY_VALUE:
            raise RefusedError(414, "uri_too_long", "The value is too long for an address; POST it instead.")
        return await self._matched(lambda: self._repository.by_binding(value, alg, limit))

    async def by_large_binding(self, request: web.Request) -> web.Response:
        """The same with the soft binding in the body."""
        limit = _max_results(request)
        body = await _json(request)
        value, alg = _text(body, "value"), _text(body, "alg")
        return await self._matched(lambda: self._repository.by_binding(value, alg, limit))

    async def by_content(self, request: web.Request) -> web.Response:
        """Manifests that a picture leads to."""
        limit, alg, hint = _max_results(request), _alg(request), _hint(request)
        if request.content_type.partition("/")[0] not in ASSET_TYPES:
            raise RefusedError(415, "unsupported_media_type", "This kind of content is not taken here.")
        data = await whole(request, self._max_body)
        return await self._of_picture(data, limit, alg, hint)

    async def by_reference(self, request: web.Request) -> web.Response:
        """The same for a picture that is fetched; only where the operator allows it."""
        limit, alg, hint = _max_results(request), _alg(request), _hint(request)
        if not self._by_reference:
            raise RefusedError(
                403, "not_allowed", "This repository fetches nothing (setting soft_binding_by_reference)."
            )
        body = await _json(request)
        url, length, kind = _text(body, "referenceUrl"), body.get("assetLength"), body.get("assetType")
        if not url.startswith("https://") or len(url) > MAX_REFERENCE:
            raise RefusedError(400, "bad_reference", "`referenceUrl` is no https address.")
        if not isinstance(length, int) or isinstance(length, bool) or not 1 <= length <= self._max_body:
            raise RefusedError(400, "bad_reference", f"`assetLength` is a number from 1 to {self._max_body}.")
        if kind is not None and not isinstance(kind, str):
            raise RefusedError(400, "bad_reference", "`assetType` is no media type.")
        if body.get("region"):
            raise RefusedError(400, "bad_reference", "Regions are not searched by themselves here.")
        try:
            async with self._slots:
                data = await self._fetch(url, length)
        except FetchError as error:
            if error.code in _REFUSED_FETCHES:
                raise RefusedError(400, error.code, "This reference is not fetched: address or size.") from error
            raise RefusedError(502, "fetch_failed", "The reference could not be fetched.") from error
        if kind is not None and not _is_of(data, kind):
            raise RefusedError(400, "bad_reference", "The fetched content is not of the type that was named.")
        return await self._of_picture(data, limit, alg, hint)

    async def store(self, request: web.Request) -> web.Response:
        """Takes a manifest store."""
        wanted = _flag(request, "returnReceipt")
        if request.content_type != STORE_TYPE:
            raise RefusedError(415, "unsupported_media_type", f"{STORE_TYPE} is expected here.")
        data = await whole(request, MAX_STORE)
        async with self._slots:
            identity = await asyncio.to_thread(self._repository.store, data)
        answer: dict[str, Any] = {"manifestId": identity}
        if wanted:
            answer["receipt"] = await asyncio.to_thread(
                receipts.make, self._ledger, identity, data, _base(request)
            )
        return web.json_response(answer)

    async def manifest(self, request: web.Request) -> web.Response:
        """A manifest store by the id of its active manifest."""
        only = _flag(request, "returnActiveManifest")
        identity = request.match_info["manifestId"]
        store = await asyncio.to_thread(lambda: self._repository.manifest(identity, active_only=only))
        return web.Response(body=store, content_type=STORE_TYPE)

    async def remove(self, request: web.Request) -> web.Response:
        """Forgets a posted manifest store and what leads to it."""
        await asyncio.to_thread(self._repository.remove, request.match_info["manifestId"])
        return web.Response(status=204)

    async def receipt(self, request: web.Request) -> web.Response:
        """The receipt for a manifest."""
        identity = request.match_info["manifestId"]
        base = _base(request)

        def made() -> dict[str, Any]:
            return receipts.make(self._ledger, identity, self._repository.manifest(identity), base)

        return web.json_response(await asyncio.to_thread(made))

    async def check_receipt(self, request: web.Request) -> web.Response:
        """Whether a receipt that is shown holds for a manifest."""
        identity, body = request.match_info["manifestId"], await _json(request)

        def checked() -> dict[str, Any]:
            return receipts.check(self._ledger, identity, self._repository.manifest(identity), body)

        return web.json_response(await asyncio.to_thread(checked))

    async def bind(self, request: web.Request) -> web.Response:
        """Lets a soft binding value lead to a manifest."""
        return await self._bound(request, replace=False)

    async def rebind(self, request: web.Request) -> web.Response:
        """Lets a known value lead to another manifest."""
        return await self._bound(request, replace=True)

    async def _bound(self, request: web.Request, *, replace: bool) -> web.Response:
        body = await _json(request)
        value, manifest = _text(body, "bindingValue"), _text(body, "manifestId")
        alg = _text(body, "alg") if "alg" in body else ""
        await asyncio.to_thread(lambda: self._repository.bind(value, manifest, alg=alg, replace=replace))
        return web.Response(status=204)

    async def _matched(self, search: Callable[[], list[Any]]) -> web.Response:
        found = await asyncio.to_thread(search)
        return web.json_response({"matches": [match.to_json() for match in found]})

    async def _of_picture(
        self, data: bytes, limit: int, alg: str | None, hint: tuple[str, str] | None
    ) -> web.Response:
        try:
            async with self._slots:
                return await self._matched(lambda: self._repository.by_content(data, limit, alg=alg, hint=hint))
        except UnsupportedContentError as error:
            raise RefusedError(415, error.code, "No soft binding is computed of this kind of content.") from error


async def _fetched(url: str, most: int) -> bytes:
    from creditline.fetch import fetch

    return await fetch(url, max_bytes=most, schemes=frozenset({"https"}))


def _base(request: web.Request) -> str:
    # The guard let only our own names through.
    return f"http://{request.host}{PREFIX}"


def _is_of(data: bytes, kind: str) -> bool:
    from creditline.containers.sniff import sniff
    from creditline.model.picture import MEDIA_TYPES

    found = MEDIA_TYPES.get(sniff(data), "")
    return found.partition("/")[0] == kind.strip().lower().partition("/")[0]


def _one(request: web.Request, name: str) -> str:
    values = request.query.getall(name, [])
    if len(values) > 1:
        raise RefusedError(400, "bad_query", f"`{name}` comes more than once.")
    return values[0] if values else ""


def _alg(request: web.Request) -> str | None:
    if "alg" not in request.query:
        return None
    alg = _one(request, "alg")
    if not alg:
        raise RefusedError(400, "bad_query", "`alg` is empty.")
    return alg


def _max_results(request: web.Request) -> int:
    text = _one(request, "maxResults") if "maxResults" in request.query else str(DEFAULT_RESULTS)
    if not _NUMBER.fullmatch(text) or int(text) < 1:
        raise RefusedError(400, "bad_query", "`maxResults` is a number from 1 on.")
    return int(text)


def _flag(request: web.Request, name: str) -> bool:
    text = _one(request, name).lower() if name in request.query else "false"
    if text not in {"true", "false"}:
        raise RefusedError(400, "bad_query", f"`{name}` is true or false.")
    return text == "true"


def _hint(request: web.Request) -> tuple[str, str] | None:
    alg, value = _one(request, "hintAlg"), _one(request, "hintValue")
    if not alg and not value and not {"hintAlg", "hintValue"} & request.query.keys():
        return None
    if not alg or not value:
        raise RefusedError(400, "bad_query", "`hintAlg` and `hintValue` go together.")
    return alg, value


async def _json(request: web.Request) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise RefusedError(415, "unsupported_media_type", "application/json is expected here.")
    data = await whole(request, MAX_JSON)
    try:
        body = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise RefusedError(400, "bad_json", "The body is no JSON.") from error
    if not isinstance(body, dict):
        raise RefusedError(400, "bad_json", "The body is no JSON object.")
    return body


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise RefusedError(400, "bad_json", f"`{name}` is needed, as text.")
    return value
