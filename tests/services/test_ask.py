"""Other repositories are asked by fingerprint alone, and a bad one spoils nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from tests.server.sample import running
from tests.server.test_soft_binding import jpeg, keep, scene, signed

from creditline.model.errors import PictureError, UsageError
from creditline.services.ask import ask_all
from creditline.services.soft_binding import values_of

if TYPE_CHECKING:
    from pathlib import Path

COPY = jpeg(scene(3).resize((200, 150)), 70)


async def test_another_creditline_knows_the_manifest(tmp_path: Path) -> None:
    """The site's address is enough, or that of its API; without a token it says why not."""
    data, label, _ = signed(3)
    async with running(tmp_path) as run:
        keep(run.context.ledger, data)
        token = run.tokens.issue(("fetch:manifests",))
        addresses = [f"http://{run.host}", f"http://{run.host}/c2pa/v1/"]

        good = await asyncio.to_thread(ask_all, COPY, addresses, token)
        refused = await asyncio.to_thread(ask_all, COPY, addresses[:1])

    assert [[label], [label]] == [[match["manifestId"] for match in answer["matches"]] for answer in good]
    assert all(answer["error"] is None for answer in good)
    assert "401" in refused[0]["error"]


async def test_only_codes_leave_this_machine(tmp_path: Path) -> None:
    """What the other side sees is an algorithm that it computes and that algorithm's value, nothing else."""
    seen: list[Any] = []

    async def algorithms(request: web.Request) -> web.Response:
        return web.json_response({"fingerprints": [{"alg": "io.iscc.v0"}, {"alg": "x"}, 1], "watermarks": None})

    async def matches(request: web.Request) -> web.Response:
        seen.append(await request.json())
        wild = [{"manifestId": 1}, {"manifestId": "a", "similarityScore": 101}, {"manifestId": "b"}, None]
        return web.json_response({"matches": wild})

    app = web.Application()
    app.add_routes([web.get("/v1/services/supportedAlgorithms", algorithms)])
    app.add_routes([web.post("/v1/matches/byBinding", matches)])
    async with TestServer(app) as server:
        answers = await asyncio.to_thread(ask_all, COPY, [str(server.make_url("/v1"))])

    assert [{"alg": "io.iscc.v0", "value": values_of(COPY)["io.iscc.v0"]}] == seen
    assert [("a", None), ("b", None)] == [
        (match["manifestId"], match["similarityScore"]) for match in answers[0]["matches"]
    ]


async def test_a_bad_repository_is_one_line(tmp_path: Path) -> None:
    """Redirects, other hosts, no JSON and nobody there: an error each, and the others still answer."""

    async def away(request: web.Request) -> web.Response:
        raise web.HTTPFound("http://127.0.0.1:1/")

    async def elsewhere(request: web.Request) -> web.Response:
        return web.json_response({"apiEndpoint": "http://127.0.0.1:1/v1"})

    async def text(request: web.Request) -> web.Response:
        return web.Response(text="[" * 5000)

    app = web.Application()
    app.add_routes([web.get("/away/services/supportedAlgorithms", away)])
    app.add_routes([web.get("/text/services/supportedAlgorithms", text)])
    app.add_routes([web.get("/.well-known/c2pa-soft-binding-resolution", elsewhere)])
    async with TestServer(app) as server:
        addresses = [str(server.make_url(path)) for path in ("/away", "/text", "/")] + ["http://127.0.0.1:1/v1"]
        answers = await asyncio.to_thread(ask_all, COPY, addresses)

    assert addresses == [answer["url"] for answer in answers]
    assert all(answer["error"] and not answer["matches"] for answer in answers)


def test_what_cannot_be_asked() -> None:
    """An address that is none, and a picture that is none, are errors before anybody is asked."""
    for address in ("ftp://example.com", "example.com", "http://[", "https://"):
        with pytest.raises(UsageError):
            ask_all(COPY, [address])
    with pytest.raises(PictureError):
        ask_all(b"no picture", ["https://example.com/v1"])
