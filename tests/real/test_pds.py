"""Posts to a real PDS through the proxy, its host opened by the profile: by the project's own client and by a page."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from tests import wire
from tests.e2e import rig
from tests.real import node
from tests.real.pages import THROUGH_THE_PROXY, pages

from creditline.browser.chromium import Chromium, find_chromium
from creditline.containers import sniff
from creditline.demo.stamps import ARTWORK_XMP
from creditline.ledger import queries
from creditline.ledger.moments import now
from creditline.metadata.xmp_packet import packet
from creditline.pipeline.id_functions import cid
from creditline.services.record import Original

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from creditline.model.observation import Observation
    from creditline.services.context import Context

FOLDER = Path(__file__).resolve().parent / "pds"
NEEDED = node.needed(FOLDER)
HOST = "127.0.0.1"
RULE = "atproto:cid_raw_sha256:bytes"
FOUND = find_chromium()


@dataclass(frozen=True)
class Up:
    """A PDS, and a Creditline that was told of its host."""

    context: Context
    running: rig.Running
    service: str
    store: Path

    async def seen(self) -> list[Observation]:
        """All that was recorded, when everything taken in is in the ledger."""
        await asyncio.sleep(0.1)
        assert await asyncio.to_thread(self.running.recorder.drain, rig.DRAIN_SECONDS)
        return await asyncio.to_thread(queries.observations, self.context.ledger, limit=None)

    async def audits(self) -> list[dict[str, Any]]:
        rows = await asyncio.to_thread(queries.verdicts, self.context.ledger, limit=None)
        return [dict(row.audit) for row in rows if row.audit is not None]

    def blob(self, did: str, name: str) -> bytes:
        """What the server keeps of a blob."""
        (path,) = (path for path in self.store.rglob(name) if did in str(path))
        return path.read_bytes()

    async def fetched(self, url: str) -> bytes:
        """What a reader gets, through the proxy."""
        async with aiohttp.ClientSession() as client, client.get(url, proxy=self.running.proxy) as answer:
            assert 200 == answer.status, await answer.text()
            return await answer.read()


@contextlib.asynccontextmanager
async def up(tmp_path: Path) -> AsyncIterator[Up]:
    """The PDS runs, and `creditline sites add` has opened its host."""
    command = ("creditline", "--home", tmp_path / "home", "sites", "add", HOST, "--profile", "atproto")
    with rig.program(rig.BIN / command[0], *command[1:]) as process:
        assert 0 == rig.ended(process, None)[0]
    store = tmp_path / "pds"
    with node.server(FOLDER / "pds.mjs", store) as address:
        async with node.recording(tmp_path) as (context, running):
            yield Up(context, running, address, store)


@NEEDED
async def test_a_post_by_the_client(tmp_path: Path) -> None:
    """The blob is in the ledger byte for byte; what getBlob serves is tied to it by the CID, and nothing is lost."""
    picture = wire.picture(41, 90_000)
    (tmp_path / "picture.jpg").write_bytes(picture)

    async with up(tmp_path) as pds:
        assert pds.running.proxy is not None
        said = await node.run(
            FOLDER / "post.mjs", pds.running.proxy, pds.service, "ann.test", tmp_path / "picture.jpg"
        )
        posted = json.loads(said)
        url = f"{pds.service}/xrpc/com.atproto.sync.getBlob?did={posted['did']}&cid={posted['cid']}"
        assert picture == await pds.fetched(url)
        seen, audits = await pds.seen(), await pds.audits()
        assert picture == pds.blob(posted["did"], posted["cid"])
        assert picture == pds.context.ledger.blobs.get(wire.sha(picture))

    assert cid(wire.sha(picture)) == posted["cid"]
    assert [("uploaded", wire.sha(picture)), ("served", wire.sha(picture))] == [(o.stage, o.sha256) for o in seen]
    assert {HOST} == {one.site for one in seen}
    assert 1 == len({one.work for one in seen})
    (audit,) = audits
    assert ("identical", "bytes", RULE) == tuple(audit["match"][key] for key in ("verdict", "method", "rule"))


@NEEDED
@pytest.mark.browser
@pytest.mark.skipif(FOUND is None, reason="no Chromium on this machine: `make browsers` installs it")
async def test_a_post_by_a_page(tmp_path: Path) -> None:
    """A page in Chromium sends a JPEG of its own making: the audit says that the page took the credit, not the PDS."""
    picture = sniff.replace(rig.jpeg(640, 480, seed=42), {"xmp": [packet(ARTWORK_XMP)]})
    (tmp_path / "picture.jpg").write_bytes(picture)

    async with up(tmp_path) as pds, pages(front=FOLDER / "page.html") as address:
        original = Original(via="cli", at=now(), filename="picture.jpg", site=HOST, page=address)
        await asyncio.wrap_future(pds.running.recorder.submit_original(picture, original))
        async with aiohttp.ClientSession() as client:
            account = {"handle": "maria.test", "email": "maria@example.org", "password": "correct horse"}
            made = f"{pds.service}/xrpc/com.atproto.server.createAccount"
            async with client.post(made, json=account, proxy=pds.running.proxy) as answer:
                assert 200 == answer.status, await answer.text()
        async with Chromium.launch(
            FOUND, profile=tmp_path / "profile", proxy=pds.running.proxy, flags=THROUGH_THE_PROXY
        ) as chromium:
            await chromium.goto(f"{address}?service={pds.service}")
            await chromium.set_file("input", tmp_path / "picture.jpg")
            posted = json.loads(await chromium.wait_for("document.body.dataset.posted", 60))
        assert "error" not in posted
        seen, audits = await pds.seen(), await pds.audits()
        sent = pds.blob(posted["did"], posted["cid"])
        assert sent == pds.context.ledger.blobs.get(wire.sha(sent))

    assert cid(wire.sha(sent)) == posted["cid"]
    assert wire.sha(picture) != wire.sha(sent)
    expected = [("original", picture), ("uploaded", sent), ("served", sent)]
    assert [(stage, wire.sha(data)) for stage, data in expected] == [(one.stage, one.sha256) for one in seen]
    assert 1 == len({one.work for one in seen})
    (audit,) = [audit for audit in audits if audit["stages"]["served"] is not None]
    creator = next(line for line in audit["fields"] if line["id"] == "creator")
    assert ("removed", ["original", "uploaded"]) == (creator["outcome"], creator["lost_between"])
    assert ("binding", RULE) == (audit["match"]["method"], audit["match"]["rule"])
