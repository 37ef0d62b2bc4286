"""A picture uploaded through the proxy and served by thumbor, an image CDN, in three sizes."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web
from tests import wire
from tests.e2e import rig
from tests.loopback import served
from tests.real import node

from creditline.containers import sniff
from creditline.demo.stamps import ARTWORK_XMP
from creditline.ledger import queries
from creditline.metadata.xmp_packet import packet

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

THUMBOR = Path(__file__).resolve().parents[2] / ".tools" / "thumbor" / "bin" / "thumbor"
SIZES = ("200x200", "400x400", "800x800")

pytestmark = pytest.mark.skipif(not THUMBOR.exists(), reason="thumbor is absent: tools/install-real-servers.sh")


@contextlib.asynccontextmanager
async def site(store: Path, cdn: str) -> AsyncIterator[str]:
    """A site that keeps what a form brings in a folder, and answers with where the CDN serves it."""

    async def upload(request: web.Request) -> web.Response:
        file = (await request.post())["file"]
        assert isinstance(file, web.FileField)
        (store / "picture.jpg").write_bytes(file.file.read())
        return web.json_response({size: f"{cdn}/unsafe/fit-in/{size}/picture.jpg" for size in SIZES})

    async with served([web.post("/upload", upload)]) as port:
        yield f"http://127.0.0.1:{port}"


async def test_three_sizes(tmp_path: Path) -> None:
    """Each size is tied to the upload by the address that the site named, and the credit was lost behind the upload."""
    picture = sniff.replace(rig.jpeg(1200, 800, seed=81), {"xmp": [packet(ARTWORK_XMP)]})
    store = tmp_path / "store"
    store.mkdir()
    config = tmp_path / "thumbor.conf"
    config.write_text(f"LOADER = 'thumbor.loaders.file_loader'\nFILE_LOADER_ROOT_PATH = {str(store)!r}\n")
    port = rig.free_port()

    async with node.recording(tmp_path) as (context, running), site(store, f"http://127.0.0.1:{port}") as address:
        with rig.program(THUMBOR, "-i", "127.0.0.1", "-p", str(port), "-c", config):
            await rig.listening(port)
            async with aiohttp.ClientSession() as client:
                form = aiohttp.FormData()
                form.add_field("file", picture, filename="picture.jpg", content_type="image/jpeg")
                async with client.post(f"{address}/upload", data=form, proxy=running.proxy) as answer:
                    urls = await answer.json()
                for url in urls.values():
                    async with client.get(url, proxy=running.proxy) as answer:
                        assert 200 == answer.status, url
                        await answer.read()
        await asyncio.sleep(0.1)
        assert await asyncio.to_thread(running.recorder.drain, rig.DRAIN_SECONDS)
        seen = await asyncio.to_thread(queries.observations, context.ledger, limit=None)
        rows = await asyncio.to_thread(queries.verdicts, context.ledger, limit=None)

    assert [wire.sha(picture)] == [one.sha256 for one in seen if one.stage == "uploaded"]
    assert ["uploaded", "served", "served", "served"] == [one.stage for one in seen]
    assert 1 == len({one.work for one in seen})
    audits = [row.audit for row in rows if row.audit is not None]
    assert {200, 400, 800} == {max(audit["pixels"]["served"]) for audit in audits}
    for audit in audits:
        creator = next(line for line in audit["fields"] if line["id"] == "creator")
        assert ("same-work", "binding", "url_equal") == tuple(
            audit["match"][k] for k in ("verdict", "method", "rule")
        )
        assert ("removed", ["uploaded", "served"]) == (creator["outcome"], creator["lost_between"])
