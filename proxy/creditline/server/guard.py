"""The guard before every route, unknown ones too: any web page can reach a server on loopback (contract §6).

In this order: the `Host` must be ours (DNS rebinding); an `Origin` other than our own or an extension's is
refused, `null` too; other sites may link to a page but neither embed nor fetch anything; then a Bearer token or a
session is asked for; a change by session needs its CSRF token. No answer ever carries `Access-Control-Allow-*`.
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING, Final

from aiohttp import web

from creditline.server.problems import RefusedError, is_api, is_c2pa
from creditline.server.sign_in import Session
from creditline.server.tokens import digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp.typedefs import Handler, Middleware

    from creditline.server.sign_in import SignIn
    from creditline.server.tokens import Tokens

SESSION: Final = web.RequestKey("session", Session)
CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf"
# A form of ours holds one token and a button.
MAX_FORM = 16 * 1024
FORM_TYPE = "application/x-www-form-urlencoded"
FILE_FORM_TYPE = "multipart/form-data"

SAFE_METHODS = frozenset({"GET", "HEAD"})
METHODS = SAFE_METHODS | {"POST", "PUT", "DELETE", "OPTIONS"}
# Resources as registered, not paths as sent: a path that only looks like one of these is not open.
OPEN_RESOURCES = frozenset(
    {"/sign-in", "/static/{name}", "/api/v1/health", "/.well-known/c2pa-soft-binding-resolution"}
)
# Forms that carry files: their CSRF token stands inside the same body, which only the handler reads.
FILE_FORMS = frozenset({"/inspect", "/compare"})
OPEN_PREFIX = "/c2pa/v1/services/"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: under it browsers send `Origin: null` with our own forms, and the guard refuses that.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
DEFAULT_CACHE = "private, no-store"

_EXTENSION = re.compile(r"(?:chrome|moz)-extension://[A-Za-z0-9-]{1,64}")
_STORE_SCOPES = {"manifests": "store:manifests", "bindings": "store:bindings"}


def hosts_of(address: tuple[str, int]) -> frozenset[str]:
    """Every `Host` that names a server at this address; the port may be left out only where it is 80."""
    name, port = address
    names = {"127.0.0.1", "localhost", "[::1]", f"[{name}]" if ":" in name else name.lower()}
    hosts = {f"{host}:{port}" for host in names}
    return frozenset(hosts | names if port == 80 else hosts)


def cookie_name(address: tuple[str, int]) -> str:
    """The session cookie's name; it holds the port, since cookies are shared by every port of a host."""
    return f"creditline_{address[1]}"


def session_of(request: web.Request) -> Session | None:
    """The session that the guard found for this request."""
    return request.get(SESSION)


async def set_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal `on_response_prepare`: the security headers, on whatever is answered."""
    del request
    for name, value in HEADERS.items():
        response.headers[name] = value
    response.headers.setdefault("Cache-Control", DEFAULT_CACHE)
    response.headers["Server"] = "creditline"


def guard(address: tuple[str, int], sign_in: SignIn, tokens: Tokens) -> Middleware:
    """The middleware that stands before every handler of the server at this address."""
    hosts, cookie = hosts_of(address), cookie_name(address)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        _check_host(request, hosts)
        if request.method not in METHODS:
            known = request.match_info.http_exception
            if isinstance(known, web.HTTPMethodNotAllowed):
                raise known  # it names the methods that the address takes (RFC 9110, 15.5.6)
            raise RefusedError(405, "method_not_allowed", "This server does not take that method.")
        origin = _check_origin(request)
        scopes = _bearer(request, tokens)
        if origin == "extension" and scopes is None:
            raise _unauthorised("An extension needs its pairing token.")
        if scopes is None:
            _check_fetch_metadata(request)
        session = sign_in.session(request.cookies.get(cookie))
        if session is not None:
            request[SESSION] = session
        await _check_access(request, origin, scopes, session)
        return await handler(request)

    return middleware


def _check_host(request: web.Request, hosts: frozenset[str]) -> None:
    values = request.headers.getall("Host", [])
    absolute = not request.raw_path.startswith("/")
    if len(values) != 1 or values[0].lower() not in hosts or absolute:
        raise RefusedError(
            421,
            "wrong_host",
            "This server answers only under its own address.",
            next_step="open the address that `creditline start` prints",
        )


def _check_origin(request: web.Request) -> str | None:
    """`own`, `extension`, or None where the request has no Origin; anything else is refused."""
    values = request.headers.getall("Origin", [])
    if not values:
        return None
    if len(values) == 1:
        if values[0].lower() == f"http://{request.headers['Host'].lower()}":
            return "own"
        if _EXTENSION.fullmatch(values[0]):
            return "extension"
    raise RefusedError(403, "foreign_origin", "Another site may not use this server.")


def _check_fetch_metadata(request: web.Request) -> None:
    """Another site, or another port of this host, may lead a person to a page and do nothing else.

    Without `Sec-Fetch-*` (programs, old browsers) the session cookie's SameSite=Strict has to do.
    """
    site = request.headers.get("Sec-Fetch-Site", "none").lower()
    destination = request.headers.get("Sec-Fetch-Dest", "").lower()
    if destination in {"iframe", "frame", "object", "embed", "fencedframe"}:
        raise RefusedError(403, "embedded", "Pages of this server are not shown inside others.")
    if site in {"none", "same-origin"}:
        return
    mode = request.headers.get("Sec-Fetch-Mode", "").lower()
    leads_here = mode == "navigate" and destination == "document" and request.method in SAFE_METHODS
    if not leads_here or is_api(request.path) or is_c2pa(request.path) or request.path.startswith("/pictures/"):
        raise RefusedError(403, "cross_site", "Another site may not load anything from this server.")


def _bearer(request: web.Request, tokens: Tokens) -> frozenset[str] | None:
    """The scopes of the request's token; None without one. A token that is not good is refused, never ignored."""
    values = request.headers.getall("Authorization", [])
    if not values:
        return None
    scheme, _, token = values[0].partition(" ")
    scopes = tokens.scopes_of(token.strip()) if len(values) == 1 and scheme.lower() == "bearer" else None
    if scopes is None:
        raise _unauthorised("The pairing token is unknown, was taken back or has run out.")
    return scopes


async def _check_access(
    request: web.Request, origin: str | None, scopes: frozenset[str] | None, session: Session | None
) -> None:
    changes = request.method not in SAFE_METHODS
    resource = request.match_info.route.resource
    canonical = resource.canonical if resource is not None else ""
    if canonical in OPEN_RESOURCES or canonical.startswith(OPEN_PREFIX):
        return
    known = request.match_info.http_exception
    if known is not None and (request.path.startswith(OPEN_PREFIX) or request.path in OPEN_RESOURCES):
        raise known  # what is open says itself that there is no such thing, or no such method
    if is_c2pa(request.path):
        _check_scope(scopes, _c2pa_scope(request))
        return
    if scopes is not None and is_api(request.path):
        if changes and origin == "own":
            await _check_csrf(request, session)
        _check_scope(scopes, "api")
        return
    if session is None:
        if is_api(request.path):
            raise _unauthorised("This address needs a pairing token or a session.")
        raise RefusedError(
            401,
            "sign_in_needed",
            "You are not signed in here.",
            next_step="open the sign-in link that `creditline start` printed",
        )
    if changes and not (canonical in FILE_FORMS and request.content_type == FILE_FORM_TYPE):
        await _check_csrf(request, session)


async def form(request: web.Request) -> Mapping[str, object]:
    """The fields of a form of ours (read once, however often it is asked for).

    Raises:
        RefusedError: it is no such form, larger than one of ours can be, or not text.
    """
    if request.content_type != FORM_TYPE:
        raise RefusedError(415, "unsupported_media_type", "A form is expected here.")
    if request.content_length is None or request.content_length > MAX_FORM:
        raise RefusedError(413, "request_entity_too_large", "The form is larger than any of this server's.")
    try:
        return await request.post()
    except (ValueError, LookupError) as error:
        raise RefusedError(400, "bad_request", "The form is not text.") from error


async def _check_csrf(request: web.Request, session: Session | None) -> None:
    given = request.headers.get(CSRF_HEADER, "")
    if not given and request.content_type == FORM_TYPE:
        value = (await form(request)).get(CSRF_FIELD, "")
        given = value if isinstance(value, str) else ""
    if session is None or not hmac.compare_digest(digest(given), digest(session.csrf)):
        raise RefusedError(
            403,
            "csrf",
            "The form is out of date; nothing was changed.",
            next_step="load the page again and repeat",
        )


def _check_scope(scopes: frozenset[str] | None, needed: str) -> None:
    if scopes is None:
        raise _unauthorised("This address needs a pairing token.")
    if needed not in scopes:
        raise RefusedError(
            403,
            "scope",
            f"This token does not allow {needed}.",
            next_step=f"run `creditline pair --scope {needed}`",
        )


def _c2pa_scope(request: web.Request) -> str:
    """Reading needs `fetch:manifests`, also where it is a POST; the store's routes need their own scope."""
    parts = request.path.split("/")
    store = parts[3] if len(parts) > 3 else ""
    receipts = parts[-1] == "receipts"
    if request.method in SAFE_METHODS or receipts or store not in _STORE_SCOPES:
        return "fetch:manifests"
    return _STORE_SCOPES[store]


def _unauthorised(sentence: str) -> RefusedError:
    return RefusedError(
        401,
        "unauthorised",
        sentence,
        next_step="run `creditline pair` and send the token as `Authorization: Bearer …`",
        challenge=True,
    )
