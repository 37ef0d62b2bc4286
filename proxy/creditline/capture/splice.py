"""The wire's rules for a picture that is replaced on its way: when it may be, and what its headers say then.

Entity tags: RFC 9110 8.8.3 and 13.1.2. A replaced picture is another representation, equal in meaning: its tag is weak
and has a suffix of ours, which is taken off again before the site is asked whether its picture has changed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mitmproxy.http import Headers, Request, Response

FROM_STRONG, FROM_WEAK = "-creditline-s", "-creditline-w"
"""Ends of our tags. They tell how the site's own tag was written: some servers compare it letter by letter."""
DIGESTS = ("content-md5", "digest", "repr-digest", "content-digest")
"""What speaks of the site's bytes (RFC 1864, 3230, 9530): false once they are replaced."""
SIGNATURES = ("signature", "signature-input")
"""RFC 9421: a site that signs its answers has its reasons; what was signed must not change."""
_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_OURS = re.compile(rf'W/"([\x21\x23-\x7e\x80-\xff]*?)({FROM_STRONG}|{FROM_WEAK})"')


def why_not(request: Request, response: Response) -> str | None:
    """The reason why this answer must go out as it came, as a record says it; None: it may be replaced.

    Only a whole, plain 200 to a GET may. Subresource integrity cannot be seen here: no browser has it for `<img>`.
    """
    headers = response.headers
    reason = None
    if request.method.upper() != "GET" or response.status_code != 200:
        reason = "not_a_whole_answer"
    elif "range" in request.headers or "content-range" in headers:
        reason = "range"
    elif headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        reason = "content_encoded"
    elif "no-transform" in _words(headers, "cache-control"):
        reason = "no_transform"
    elif any(name in headers for name in SIGNATURES):
        reason = "signed_answer"
    elif request.headers.get("sec-fetch-dest", "image").lower() not in {"image", "document"}:
        # A script or service worker reads the bytes and may compare them with what it knows.
        reason = "read_by_script"
    return reason


def put(response: Response, data: bytes) -> None:
    """Make `data` the answer's body, with headers that are true of it."""
    headers = response.headers
    for name in (*DIGESTS, "transfer-encoding", "trailer"):
        headers.pop(name, None)
    response.trailers = None
    response.raw_content = data
    headers["content-length"] = str(len(data))
    mark(headers)


def mark(headers: Headers) -> None:
    """Give the answer's entity tag our form: also a 304's, when it was asked for with one of ours."""
    found = _TAG.fullmatch(headers.get("etag", "").strip())
    if found is not None and _OURS.fullmatch(found[0]) is None:
        headers["etag"] = f'W/"{found[2]}{FROM_WEAK if found[1] else FROM_STRONG}"'


def ask_as_the_site_knows(request: Request) -> bool:
    """Turn our tags in `If-None-Match` back into the site's; whether there was one, so that a 304 needs `mark`."""
    asked = ", ".join(request.headers.get_all("if-none-match"))
    back, count = _OURS.subn(lambda tag: f'{"W/" if tag[2] == FROM_WEAK else ""}"{tag[1]}"', asked)
    if count:
        request.headers["if-none-match"] = back
    return count > 0


def _words(headers: Headers, name: str) -> set[str]:
    return {word.strip().lower() for value in headers.get_all(name) for word in value.split(",")}
