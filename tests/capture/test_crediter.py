"""Crediting on the way up: what is asked, what leaves, what the record keeps, and that everything fails open."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from mitmproxy.test import tflow, tutils

from creditline.capture.addon import CreditlineAddon
from creditline.capture.crediter import SENT, Crediter
from creditline.capture.flows import CREDITED
from creditline.model.settings import Settings
from creditline.services.credit import Credited
from creditline.vocab import sites

if TYPE_CHECKING:
    from mitmproxy.http import HTTPFlow

    from creditline.model.exchange import Exchange

ON = replace(Settings(), passthrough=False, capture_private_hosts=True, credit_uploads=True)
PICTURE = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 16
CREDITED_PICTURE = b"\xff\xd8\xff\xe1" + bytes(range(256)) * 17
DONE = Credited("credited", CREDITED_PICTURE, ("creator", "copyright_notice"))


def _flow(body: bytes = PICTURE, **headers: str) -> HTTPFlow:
    named = {"content-type": "image/jpeg", "content-length": str(len(body)), "host": "a.example"} | headers
    fields = [(name.replace("_", "-").encode(), value.encode()) for name, value in named.items()]
    return tflow.tflow(
        req=tutils.treq(method=b"POST", host="a.example", scheme=b"https", port=443, headers=fields, content=body)
    )


async def _through(
    flow: HTTPFlow, answer: Credited | Exception | None, settings: Settings = ON
) -> tuple[list[bytes], list[Exchange]]:
    """The flow through the addon; what was asked, and what was handed to the record by it."""
    asked: list[bytes] = []
    handed: list[Exchange] = []

    def submit(data: bytes) -> Future[Credited]:
        asked.append(data)
        future: Future[Credited] = Future()
        if isinstance(answer, Exception):
            raise answer
        if answer is not None:
            future.set_result(answer)
        return future

    addon = Crediter(CreditlineAddon(handed.append, sites.load(), settings), submit, seconds=0.05)
    await addon.request(flow)
    addon.response(flow)
    return asked, handed


async def test_what_leaves_is_the_credited_picture() -> None:
    """Body and length are the new one's; what the browser sent is recorded apart, and what left says what it got."""
    flow = _flow()

    asked, handed = await _through(flow, DONE)

    assert [PICTURE] == asked
    assert CREDITED_PICTURE == flow.request.raw_content
    assert str(len(CREDITED_PICTURE)) == flow.request.headers["content-length"]
    assert "left_with: creator, copyright_notice" == flow.metadata[CREDITED]
    assert [(SENT, PICTURE)] == [(seen.credited, seen.request.body.data) for seen in handed]


async def test_it_is_off_unless_asked_for() -> None:
    """With the setting as shipped nothing is asked and nothing changes."""
    flow = _flow()

    assert ([], []) == await _through(flow, DONE, replace(ON, credit_uploads=Settings().credit_uploads))

    assert (PICTURE, False) == (flow.request.raw_content, CREDITED in flow.metadata)


async def test_what_declares_its_bytes_leaves_as_it_came() -> None:
    """The record gives the reason, if it was the user's own; of others' pictures nothing is said."""
    own, other = _flow(content_md5="abc"), _flow(content_md5="abc")

    await _through(own, DONE)
    await _through(other, Credited("unknown"))

    assert (PICTURE, "refused: declares_content-md5") == (own.request.raw_content, own.metadata[CREDITED])
    assert (PICTURE, False) == (other.request.raw_content, CREDITED in other.metadata)


async def test_everything_fails_open() -> None:
    """Too late, a worker's failure, an error here: what the browser sent goes out, and the record says why."""
    for answer, expected in (
        (None, "late"),
        (Credited("failed", why="worker lost"), "failed: worker lost"),
        (Credited("refused", why="it is signed"), "refused: it is signed"),
        (RuntimeError("broken"), "failed: RuntimeError"),
    ):
        flow = _flow()
        await _through(flow, answer)

        assert (PICTURE, expected) == (flow.request.raw_content, flow.metadata[CREDITED])
        assert str(len(PICTURE)) == flow.request.headers["content-length"]


async def test_strangers_pictures_are_not_spoken_of() -> None:
    """A picture that is nobody's leaves as it came, with no word in the record."""
    flow = _flow()

    await _through(flow, Credited("unknown"))

    assert (PICTURE, False) == (flow.request.raw_content, CREDITED in flow.metadata)
