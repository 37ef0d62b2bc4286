"""Replaced pictures on the wire: which answers are left alone, and headers that stay true."""

from __future__ import annotations

import pytest
from mitmproxy.http import Headers, Request, Response

from creditline.capture import splice


def _request(method: str = "GET", **headers: str) -> Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request.make(method, "https://img.example/a.jpg", headers=named)


def _response(status: int = 200, **headers: str) -> Response:
    return Response.make(status, b"as it came", {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("why", "request_", "response"),
    [
        (None, _request(), _response()),
        (None, _request(sec_fetch_dest="image"), _response(content_encoding="identity")),
        ("not_a_whole_answer", _request("HEAD"), _response()),
        ("not_a_whole_answer", _request("POST"), _response()),
        ("not_a_whole_answer", _request(range="bytes=0-9"), _response(206)),
        ("not_a_whole_answer", _request(), _response(304)),
        ("range", _request(range="bytes=0-"), _response()),
        ("content_encoded", _request(), _response(content_encoding="br")),
        ("no_transform", _request(), _response(cache_control="public, No-Transform")),
        ("signed_answer", _request(), _response(signature_input="sig1=()")),
        ("read_by_script", _request(sec_fetch_dest="empty"), _response()),
        ("read_by_script", _request(sec_fetch_dest="serviceworker"), _response()),
    ],
)
def test_only_whole_plain_pictures_may_be_replaced(why: str | None, request_: Request, response: Response) -> None:
    """Anything else goes out as it came, and the record can say why."""
    assert why == splice.why_not(request_, response)


def test_the_headers_are_true_of_the_new_body() -> None:
    """Length counts the new bytes, nothing speaks of the old ones, the rest stays."""
    response = _response(
        etag='"v1"', content_md5="x", digest="x", repr_digest="x", content_digest="x", cache_control="public"
    )
    response.headers["transfer-encoding"] = "chunked"
    response.trailers = Headers(repr_digest="x")

    splice.put(response, b"restored picture")

    assert b"restored picture" == response.raw_content
    assert {"content-length": "16", "etag": 'W/"v1-creditline-s"', "cache-control": "public"} == dict(
        response.headers
    )
    assert response.trailers is None


@pytest.mark.parametrize("tag", ['"v1"', 'W/"v1"', '""', '"a-creditline"', '"v,1"'])
def test_a_tag_comes_back_as_the_site_wrote_it(tag: str) -> None:
    """The site is asked with its own tag, strong or weak, and a 304 has ours again."""
    response = _response(etag=tag)
    splice.put(response, b"new")
    ours = response.headers["etag"]
    request = _request(if_none_match=f'"other", {ours}')

    asked = splice.ask_as_the_site_knows(request)
    unchanged = _response(304, etag=tag)
    splice.mark(unchanged.headers)

    assert asked
    assert f'"other", {tag}' == request.headers["if-none-match"]
    assert ours == unchanged.headers["etag"]


def test_tags_that_are_not_ours_stay() -> None:
    """A broken tag is no reason to invent one; marking twice is marking once."""
    request, broken, twice = _request(if_none_match='"v1", *'), _response(etag="v1"), _response(etag='"v1"')

    asked = splice.ask_as_the_site_knows(request)
    splice.mark(broken.headers)
    splice.mark(twice.headers)
    splice.mark(twice.headers)

    assert not asked
    assert '"v1", *' == request.headers["if-none-match"]
    assert "v1" == broken.headers["etag"]
    assert 'W/"v1-creditline-s"' == twice.headers["etag"]
