"""Posts to a real PDS through the proxy, its host opened by the profile, with the project's own client."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
from tests import wire
from tests.e2e import rig
from tests.real import node

from creditline.ledger import queries
from creditline.pipeline.id_functions import cid

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from creditline.model.observation import Observation
    from creditline.services.context import Context

FOLDER = Path(__file__).resolve().parent / "pds"
NEEDED = node.needed(FOLDER)
HOST = "pds.creditline.test"
RULE = "atproto:cid_raw_sha256:bytes"


@dataclass(frozen=True)
class Up:
    """A PDS under a name of its own, and a Creditline that was told of it."""

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
async def up(tmp_path: Path, *extra: Any) -> AsyncIterator[Up]:
    """The PDS runs, and `creditline sites add` has opened its host."""
    command = ("creditline", "--home", tmp_path / "home", "sites", "add", HOST, "--profile", "atproto")
    with rig.program(rig.BIN / command[0], *command[1:]) as process:
        assert 0 == rig.ended(process, None)[0]
    store = tmp_path / "pds"
    with node.server(FOLDER / "pds.mjs", store) as address:
        port = int(address.rpartition(":")[2])
        async with node.recording(tmp_path, rig.Reroute([HOST], port), *extra) as (context, running):
            yield Up(context, running, f"http://{HOST}", store)


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
