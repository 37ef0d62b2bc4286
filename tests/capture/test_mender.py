"""Restoring in flight: who is asked, how long the wire waits, and what the record says."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import pytest
from mitmproxy.test import tflow, tutils

from creditline.capture.flows import REATTACHED
from creditline.capture.mender import Mender, Splicer
from creditline.services.repair import Mended
from creditline.vocab import sites

if TYPE_CHECKING:
    from mitmproxy.http import HTTPFlow

PICTURE = b"\xff\xd8\xff\xe0" + bytes(200)
RESTORED = b"\xff\xd8\xff\xe1" + bytes(300)
HOST = "cdn.bsky.app"


def _flow(
    *,
    host: str = HOST,
    status: int = 200,
    body: bytes = PICTURE,
    asked: dict[str, str] | None = None,
    **headers: str,
) -> HTTPFlow:
    named = {"content-type": "image/jpeg", "content-length": str(len(body))} | headers
    fields = [(k.replace("_", "-").encode(), v.encode()) for k, v in named.items()]
    wanted = [(k.encode(), v.encode()) for k, v in ({"host": host} | (asked or {})).items()]
    return tflow.tflow(
        req=tutils.treq(method=b"GET", host=host, scheme=b"https", port=443, headers=wanted, authority=b""),
        resp=tutils.tresp(status_code=status, content=body, headers=fields),
    )


async def _through(flow: HTTPFlow, mended: Mended | None = None, deadline: float = 5.0) -> list[bytes]:
    """The flow through both addons; what was asked to be mended."""
    asked: list[bytes] = []

    def submit(data: bytes) -> Future[Mended]:
        asked.append(data)
        future: Future[Mended] = Future()
        if mended is not None:
            future.set_result(mended)
        return future

    mender = Mender(submit, sites.load(), deadline)
    mender.requestheaders(flow)
    await mender.response(flow)
    Splicer().response(flow)
    return asked


async def test_a_restored_copy_takes_the_place_of_the_sites() -> None:
    """Body and length are the restored file's, the entity tag is another, parts are not offered, the record says so."""
    flow = _flow(etag='"abc"', accept_ranges="bytes")

    assert [PICTURE] == await _through(flow, Mended("restored", RESTORED))

    assert flow.response is not None
    assert RESTORED == flow.response.raw_content
    assert str(len(RESTORED)) == flow.response.headers["content-length"]
    assert '"abc"' != flow.response.headers["etag"]
    assert "none" == flow.response.headers["accept-ranges"]
    assert "restored" == flow.metadata[REATTACHED]


@pytest.mark.parametrize("site", ['"abc"', 'W/"abc"'])
async def test_what_the_browser_has_can_be_confirmed(site: str) -> None:
    """Our tag is turned back into the site's for the question, and its 304 carries our tag again."""
    flow = _flow(etag=site)
    await _through(flow, Mended("restored", RESTORED))
    assert flow.response is not None
    ours = flow.response.headers["etag"]
    again = _flow(status=304, body=b"", asked={"if-none-match": ours}, etag=site)

    assert [] == await _through(again, Mended("restored", RESTORED))

    assert again.response is not None
    assert (site, ours) == (again.request.headers["if-none-match"], again.response.headers["etag"])


@pytest.mark.parametrize(
    "changed",
    [
        {"host": "unknown.test"},
        {"status": 206, "content_range": "bytes 0-203/204"},
        {"status": 404},
        {"content_encoding": "gzip"},
        {"content_type": "text/html", "body": b"<html>"},
        {"asked": {"sec-fetch-dest": "empty"}},
        {"asked": {"range": "bytes=0-"}},
        {"body": b"no picture at all"},
    ],
    ids=str,
)
async def test_what_is_left_alone(changed: dict[str, Any]) -> None:
    """Unknown sites, parts, no pictures, coded bodies and what a script fetches are not even asked about."""
    flow = _flow(**changed)
    assert flow.response is not None
    before = (flow.response.raw_content, dict(flow.response.headers))

    assert [] == await _through(flow, Mended("restored", RESTORED))

    assert before == (flow.response.raw_content, dict(flow.response.headers))
    assert REATTACHED not in flow.metadata


async def test_what_comes_too_late_goes_as_it_is() -> None:
    """Past the deadline the site's bytes go on, and the record says so."""
    flow = _flow(etag='"abc"')

    await _through(flow, None, deadline=0.01)

    assert flow.response is not None
    assert (PICTURE, '"abc"', "late") == (
        flow.response.raw_content,
        flow.response.headers["etag"],
        flow.metadata[REATTACHED],
    )


@pytest.mark.parametrize("outcome", ["unproved", "failed", "busy"])
async def test_the_record_says_why_not(outcome: str) -> None:
    """A copy that was not restored goes as it is, with the reason in the record."""
    flow = _flow()

    await _through(flow, Mended(outcome, why="no"))

    assert flow.response is not None
    assert (PICTURE, f"{outcome}: no") == (flow.response.raw_content, flow.metadata[REATTACHED])


async def test_an_error_costs_no_picture() -> None:
    """Whatever breaks in here, the site's bytes go on."""
    flow = _flow()

    def broken(_: bytes) -> Future[Mended]:
        raise RuntimeError("broken")

    await Mender(broken, sites.load(), 1.0).response(flow)
    Splicer().response(flow)

    assert flow.response is not None
    assert PICTURE == flow.response.raw_content
    assert flow.metadata[REATTACHED].startswith("failed")


def test_who_restores_is_ready_as_soon_as_copies_are_restored() -> None:
    """At the start, or when it is switched on; then whenever a work was recorded; never while it is off."""
    told: list[str] = []

    def nothing(_: bytes) -> Future[Mended]:
        return Future()

    mender = Mender(nothing, sites.load(), 1.0, active=False, prepare=lambda: told.append("prepare"))
    mender.running()
    mender.prepare()
    assert [] == told

    mender.active = True
    mender.prepare()
    mender.active = False

    assert ["prepare", "prepare"] == told


@pytest.mark.parametrize("ref", ["r-1", None])
@pytest.mark.parametrize(("mended", "named"), [(Mended("restored", RESTORED), True), (Mended("whole"), False)])
async def test_restored_copies_carry_a_ref_while_someone_may_ask(
    ref: str | None, mended: Mended, named: bool
) -> None:
    """In the browser's answer only, for the address it was served from; a site's own such header is no ref of ours."""
    asked: list[str] = []
    flow = _flow(x_creditline="the-sites")
    done: Future[Mended] = Future()
    done.set_result(mended)

    await Mender(lambda _: done, sites.load(), 5.0).response(flow)
    Splicer(lambda url: asked.append(url) or ref).response(flow)

    assert flow.response is not None
    assert (ref if named else "the-sites") == flow.response.headers.get("x-creditline")
    assert [f"https://{HOST}/path"] * named == asked
    assert "x-creditline" not in flow.request.headers
