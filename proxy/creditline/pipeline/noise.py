"""What is no upload of a work and no view of a copy, though pictures pass: searches, captchas, telemetry, prefetch."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from creditline.model.exchange import Exchange

_FOREIGN = (
    # Searches by picture.
    (r"lens\.google(\.com|apis\.com)", r"/(v\d/)?upload\w*(/.*)?"),
    (r"(www|images)\.google\.[a-z.]{2,6}", r"/searchbyimage(/upload)?"),
    (r"(www\.)?tineye\.com", r"/(api/v\d/)?(search|result_json)/?"),
    (r"(www\.)?bing\.com", r"/images/(search|kblob|detail/search)\b.*"),
    (r"(www\.)?yandex\.[a-z.]{2,6}", r"/images(-apphost)?/(touch/)?(search|image-download)?/?"),
    (r"(www\.)?(saucenao\.com|iqdb\.org|ascii2d\.net|trace\.moe)", r"/.*"),
    # Captchas.
    (r"([\w-]+\.)*(hcaptcha\.com|recaptcha\.net|arkoselabs\.com|funcaptcha\.com|geetest\.com)", r"/.*"),
    # Telemetry, crash and policy reports, on any host.
    (r".*", r"/api/\d+/(envelope|store|minidump|security)/?"),
    (r".*", r"/(csp[-_]?reports?|report-uri|crash[-_]?reports?|telemetry|beacon|collect|rum|g/collect)/?"),
    # Icons of pages.
    (r".*", r"/(apple-touch-icon[\w-]*|favicon[\w-]*|sprites?[\w-]*)\.\w+"),
)
_RULES = tuple((re.compile(host), re.compile(path)) for host, path in _FOREIGN)
MAX_PATH = 2048
_PORTRAIT = re.compile(r"(avatars?|profile[-_]?(images?|pictures?|pics?|photos?))", re.IGNORECASE)


def is_foreign(exchange: Exchange) -> bool:
    """Whether an address is known to take pictures for another end than to show them."""
    path = exchange.path.partition("?")[0][:MAX_PATH]
    return any(host.fullmatch(exchange.host.lower()) and rule.fullmatch(path) for host, rule in _RULES)


def is_portrait(exchange: Exchange) -> bool:
    """Whether a folder in the address says that a picture stands for a person, and is no view of a work."""
    path = exchange.path.partition("?")[0][:MAX_PATH]
    return any(_PORTRAIT.fullmatch(part) for part in path.split("/")[:-1])


def unseen(exchange: Exchange) -> str | None:
    """Why an answer was loaded and not shown to anybody, or None: `prefetch`, or `script` for what a service worker
    or a page's script asked for (Fetch Metadata: the destination `empty`)."""
    request = exchange.request
    purpose = (
        f"{request.header('sec-purpose') or ''} {request.header('purpose') or ''} {request.header('x-moz') or ''}"
    )
    if "prefetch" in purpose or "prerender" in purpose or "preview" in purpose:
        return "prefetch"
    destination = (request.header("sec-fetch-dest") or "").strip().lower()
    return "script" if destination in {"empty", "serviceworker", "worker", "sharedworker"} else None
