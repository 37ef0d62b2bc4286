"""Uploads in the wire forms of X, Reddit, Instagram and Mastodon, through the real proxy, with the shipped profiles.

The copies are negatives of what was uploaded, so that only the site's own ids can have led to it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp
from tests import wire
from tests.e2e import rig
from tests.e2e.site_simulators import BUCKET, HOSTS, MASTODON, MASTODON_FILES, Simulators
from yarl import URL

from creditline.containers import sniff
from creditline.demo.stamps import ARTWORK_XMP
from creditline.ledger import queries
from creditline.metadata.xmp_packet import packet
from creditline.services.context import Context
from creditline.vocab import sites

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from creditline.model.observation import Observation

PICTURE = sniff.replace(rig.jpeg(1200, 800, seed=61), {"xmp": [packet(ARTWORK_XMP)]})
"""A JPEG that says whose it is."""


@dataclass(frozen=True)
class Visit:
    """The sites, a Creditline between, and who uploads and looks."""

    sites: Simulators
    context: Context
    running: rig.Running
    client: aiohttp.ClientSession
    trust: ssl.SSLContext

    async def call(self, method: str, url: str, **more: Any) -> tuple[int, bytes]:
        """Status and body of an answer."""
        address = URL(url, encoded=True)
        async with self.client.request(
            method, address, proxy=self.running.proxy, ssl=self.trust, **more
        ) as answer:
            return answer.status, await answer.read()

    async def told(self, method: str, url: str, **more: Any) -> Any:
        """The JSON of an answer."""
        return json.loads((await self.call(method, url, **more))[1])

    async def look(self, host: str, query: str = "") -> list[str]:
        """Load every copy that a host has, and give their addresses."""
        found = [f"https://{name}{query}" for name in self.sites.pictures if name.startswith(f"{host}/")]
        for url in found:
            assert 200 == (await self.call("GET", url))[0], url
        return found

    async def seen(self) -> list[Observation]:
        await asyncio.sleep(0.1)
        assert await asyncio.to_thread(self.running.recorder.drain, rig.DRAIN_SECONDS)
        return await asyncio.to_thread(queries.observations, self.context.ledger, limit=None)

    async def tied(self, site: str, rule: str, copies: int) -> None:
        """The one upload is recorded to the byte, each copy is tied to it by the rule alone, and the loss is named."""
        seen = await self.seen()
        rows = await asyncio.to_thread(queries.verdicts, self.context.ledger, limit=None)
        audits = [row.audit for row in rows if row.audit is not None]

        assert [wire.sha(PICTURE)] == [one.sha256 for one in seen if one.stage == "uploaded"]
        assert PICTURE == self.context.ledger.blobs.get(wire.sha(PICTURE))
        assert {site} == {one.site for one in seen}
        assert copies == len(audits)
        for audit in audits:
            match = audit["match"]
            assert ("same-work", "binding", rule) == (match["verdict"], match["method"], match["rule"])
            assert match["distance"] > 100, "the copy looks alike: a comparison could have tied it"
            creator = next(line for line in audit["fields"] if line["id"] == "creator")
            assert ("removed", ["uploaded", "served"]) == (creator["outcome"], creator["lost_between"])


@contextlib.asynccontextmanager
async def visiting(tmp_path: Path) -> AsyncIterator[Visit]:
    """The shipped profiles only; the Mastodon hosts are opened as a user opens them."""
    home = tmp_path / "home"
    for host in (MASTODON, MASTODON_FILES):
        sites.add_host(home, host, "mastodon")
    context = Context.open(home, options={"port": 0, "proxy_port": 0, "capture_private_hosts": True})
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(context.close)
        simulators = await stack.enter_async_context(Simulators.start(tmp_path / "sites"))
        running = await stack.enter_async_context(
            rig.serving(
                context,
                extra=[rig.Reroute(HOSTS, simulators.port)],
                proxy_options={"ssl_verify_upstream_trusted_ca": str(simulators.ca)},
                waited_for=True,
            )
        )
        client = await stack.enter_async_context(aiohttp.ClientSession())
        trust = ssl.create_default_context(cafile=str(running.authority))
        yield Visit(simulators, context, running, client, trust)


def _form(fields: dict[str, str], name: str, data: bytes, filename: str, kind: str) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for key, value in fields.items():
        form.add_field(key, value)
    form.add_field(name, data, filename=filename, content_type=kind)
    return form


async def test_x(tmp_path: Path) -> None:
    """Segments out of order, one of them twice; the media id is in the copies' addresses."""
    async with visiting(tmp_path) as visit:
        upload = "https://upload.x.com/i/media/upload.json?command="
        query = f"INIT&total_bytes={len(PICTURE)}&media_type=image%2Fjpeg&media_category=tweet_image"
        identity = (await visit.told("POST", f"{upload}{query}"))["media_id_string"]
        third = len(PICTURE) // 3 + 1
        for index in (2, 0, 0, 1):
            piece = _form(
                {}, "media", PICTURE[index * third : (index + 1) * third], "blob", "application/octet-stream"
            )
            step = f"{upload}APPEND&media_id={identity}&segment_index={index}"
            assert (204, b"") == await visit.call("POST", step, data=piece)
        assert 201 == (await visit.call("POST", f"{upload}FINALIZE&media_id={identity}"))[0]
        for query in ("?format=jpg&name=small", "?format=webp&name=orig"):
            await visit.look("pbs.twimg.com", query)

        await visit.tied("x", "x:b64url_u64be:id", 2)


async def test_reddit(tmp_path: Path) -> None:
    """A lease hands out the bucket and the asset's id, under which the copies are served."""
    async with visiting(tmp_path) as visit:
        asked = {"filepath": "picture.jpg", "mimetype": "image/jpeg"}
        lease = await visit.told("POST", "https://www.reddit.com/api/media/asset.json", data=asked)
        fields = {field["name"]: field["value"] for field in lease["args"]["fields"]}
        form = _form(fields, "file", PICTURE, "picture.jpg", "image/jpeg")
        assert f"//{BUCKET}" == lease["args"]["action"]
        assert 201 == (await visit.call("POST", f"https://{BUCKET}/", data=form))[0]
        await visit.look("i.redd.it")
        await visit.look("preview.redd.it", "?width=640&crop=smart&auto=webp&s=00")

        await visit.tied("reddit", "reddit:equals:asset_id", 2)


async def test_instagram(tmp_path: Path) -> None:
    """The picture's number comes with the post, and is in the cache key of what is served."""
    async with visiting(tmp_path) as visit:
        name = "fb_uploader_1764000000000"
        address = f"https://i.instagram.com/rupload_igphoto/{name}"
        params = {"media_type": 1, "upload_id": "1764000000000", "upload_media_width": 1080}
        headers = {
            "Offset": "0",
            "X-Entity-Name": name,
            "X-Entity-Length": str(len(PICTURE)),
            "X-Entity-Type": "image/jpeg",
            "X-Instagram-Rupload-Params": json.dumps(params),
            "Content-Type": "image/jpeg",
        }
        assert 200 == (await visit.call("OPTIONS", address))[0]
        said = await visit.told("POST", address, data=PICTURE, headers=headers)
        posted = {"upload_id": said["upload_id"], "caption": "a picture"}
        await visit.call("POST", "https://www.instagram.com/api/v1/media/configure/", data=posted)
        await visit.look("scontent-fra3-1.cdninstagram.com")

        await visit.tied("instagram", "instagram:b64_decimal:pk", 1)


async def test_mastodon(tmp_path: Path) -> None:
    """Answered before the address is known; the id's digits are the path on the host of the files."""
    async with visiting(tmp_path) as visit:
        form = _form({"description": "a picture"}, "file", PICTURE, "picture.jpg", "image/jpeg")
        said = await visit.told("POST", f"https://{MASTODON}/api/v2/media", data=form)
        address = f"https://{MASTODON}/api/v1/media/{said['id']}"
        assert [206, 200] == [(await visit.call("GET", address))[0] for _ in range(2)]
        await visit.look(MASTODON_FILES)

        await visit.tied(MASTODON, f"{MASTODON}:triples:id", 2)
