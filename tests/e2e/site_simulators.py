"""Loopback sites that take uploads and serve pictures as X, Reddit, Instagram and a Mastodon server do.

They keep what real ones keep of an upload, refuse what real ones refuse, and serve copies without any metadata. So
that no comparison of pictures can tie a copy to its upload, what they serve is a negative of what they were sent.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import io
import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web
from PIL import Image, ImageOps

from creditline.demo.authority import make_authority

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

HOSTS = (
    "upload.x.com",
    "pbs.twimg.com",
    "www.reddit.com",
    "reddit-uploaded-media.s3-accelerate.amazonaws.com",
    "i.redd.it",
    "preview.redd.it",
    "i.instagram.com",
    "www.instagram.com",
    "scontent-fra3-1.cdninstagram.com",
    "social.creditline.test",
    "files.social.creditline.test",
)
"""Every host whose connections are to be led to the simulators."""
BUCKET = "reddit-uploaded-media.s3-accelerate.amazonaws.com"
MASTODON = "social.creditline.test"
MASTODON_FILES = f"files.{MASTODON}"


@dataclass
class Upload:
    """What a site has of one upload under way: its pieces by number, and how large it is to be."""

    pieces: dict[int, bytes] = field(default_factory=dict)
    length: int = 0

    def whole(self) -> bytes:
        return b"".join(self.pieces[number] for number in sorted(self.pieces))


@dataclass
class Simulators:
    """The sites' state. `pictures` are what was taken whole, by host and path, to be served."""

    port: int = 0
    ca: Path | None = None
    uploads: dict[str, Upload] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    polled: set[str] = field(default_factory=set)

    # X: INIT, APPEND, FINALIZE on one path; the command is in the query (site-protocols 2.1).
    async def x_upload(self, request: web.Request) -> web.Response:
        match request.query.get("command"):
            case "INIT":
                identity = str(1_990_000_000_000_000_000 + secrets.randbelow(10**15))
                self.uploads[identity] = Upload(length=int(request.query["total_bytes"]))
                said = {"media_id": int(identity), "media_id_string": identity, "expires_after_secs": 86400}
                return web.json_response(said, status=202)
            case "APPEND":
                upload = self.uploads[request.query["media_id"]]
                upload.pieces[int(request.query["segment_index"])] = await _part(request, "media")
                return web.Response(status=204)
            case "FINALIZE":
                identity = request.query["media_id"]
                data = self.uploads[identity].whole()
                if len(data) != self.uploads[identity].length:
                    return web.json_response(
                        {"error": "Segments do not add up to provided total file size."}, status=400
                    )
                key = base64.urlsafe_b64encode(int(identity).to_bytes(8) + secrets.token_bytes(4)).decode()[:15]
                self.pictures[f"pbs.twimg.com/media/{key}"] = data
                return web.json_response({"media_id_string": identity, "size": len(data)}, status=201)
        return web.json_response({"errors": [{"code": 38}]}, status=400)

    # Reddit: a lease, an S3 policy POST to what it hands out, the post (2.9).
    async def reddit_lease(self, request: web.Request) -> web.Response:
        form = await request.post()
        identity = "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(13))
        self.uploads[f"rte_images/{identity}"] = Upload()
        fields = {
            "acl": "private",
            "key": f"rte_images/{identity}",
            "success_action_status": "201",
            "Content-Type": form["mimetype"],
            "policy": base64.b64encode(b"{}").decode(),
            "x-amz-signature": secrets.token_hex(32),
        }
        said = [{"name": name, "value": value} for name, value in fields.items()]
        asset = {
            "asset_id": identity,
            "processing_state": "incomplete",
            "websocket_url": "wss://ws.redditmedia.com/x",
        }
        return web.json_response({"args": {"action": f"//{BUCKET}", "fields": said}, "asset": asset})

    async def s3_post(self, request: web.Request) -> web.Response:
        fields: dict[str, bytes] = {}
        async for part in await request.multipart():
            if "file" in fields:
                return web.Response(status=400, text="<Error><Code>InvalidArgument</Code></Error>")
            fields[part.name or ""] = bytes(await part.read())  # type: ignore[union-attr]
        key = fields["key"].decode()
        if key not in self.uploads:
            return web.Response(status=403, text="<Error><Code>AccessDenied</Code></Error>")
        identity = key.rpartition("/")[2]
        self.pictures[f"i.redd.it/{identity}.jpeg"] = fields["file"]
        self.pictures[f"preview.redd.it/a-title-{identity}.jpeg"] = fields["file"]
        where = f"https://{BUCKET}/{key.replace('/', '%2F')}"
        said = f'<PostResponse><Location>{where}</Location><Key>{key}</Key><ETag>"x"</ETag></PostResponse>'
        return web.Response(status=201, text=said, content_type="application/xml")

    # Instagram: the body from an offset, with the rest in headers; the picture's number comes with the post (2.2).
    async def rupload(self, request: web.Request) -> web.Response:
        upload = self.uploads.setdefault(request.path, Upload())
        if request.method == "GET":
            return web.json_response({"offset": len(upload.whole())})
        params = json.loads(request.headers["X-Instagram-Rupload-Params"])
        upload.pieces[int(request.headers["Offset"])] = await request.read()
        if len(upload.whole()) != int(request.headers["X-Entity-Length"]):
            return web.json_response({"message": "Partial"}, status=400)
        self.uploads[params["upload_id"]] = upload
        return web.json_response({"upload_id": params["upload_id"], "status": "ok"})

    async def configure(self, request: web.Request) -> web.Response:
        upload = self.uploads[str((await request.post())["upload_id"])]
        pk = str(3_200_000_000_000_000_000 + secrets.randbelow(10**15))
        cache = base64.b64encode(pk.encode()).decode()
        number = secrets.randbelow(10**15)
        path = f"/v/t51.2885-15/{number % 10**9}_{number}_{number * 7}_n.jpg"
        query = f"stp=dst-jpg_e35_p1080x1080&ig_cache_key={cache.replace('=', '%3D')}.2-ccb7-5&oh=00_Ax&oe=69"
        self.pictures[f"scontent-fra3-1.cdninstagram.com{path}?{query}"] = upload.whole()
        return web.json_response({"media": {"pk": pk, "id": f"{pk}_7", "code": "Cx"}, "status": "ok"})

    # Mastodon: answered before the picture is ready, with the address on the second asking (2.7).
    async def media(self, request: web.Request) -> web.Response:
        identity = str(22_348_000 + secrets.randbelow(900))
        path = "/".join(f"{int(identity):09}"[at : at + 3] for at in (0, 3, 6))
        name = f"{MASTODON_FILES}/media_attachments/files/{path}/{{}}/{secrets.token_hex(8)}.jpeg"
        upload = Upload({0: await _part(request, "file")})
        self.uploads[identity] = upload
        self.pictures |= {name.format(size): upload.whole() for size in ("original", "small")}
        said = {"id": identity, "type": "image", "url": None, "preview_url": None}
        return web.json_response(said, status=202)

    async def media_state(self, request: web.Request) -> web.Response:
        identity = request.match_info["id"]
        if identity not in self.polled:
            self.polled.add(identity)
            return web.json_response({"id": identity, "url": None, "preview_url": None}, status=206)
        data = self.uploads[identity].whole()
        large, small = (f"https://{name}" for name, kept in self.pictures.items() if kept is data)
        return web.json_response({"id": identity, "type": "image", "url": large, "preview_url": small})

    async def serve(self, request: web.Request) -> web.Response:
        """The copy at an address: no metadata, smaller, and a negative."""
        path = request.raw_path if "ig_cache_key" in request.query else request.path
        data = self.pictures.get(f"{request.host}{path}")
        if data is None:
            return web.Response(status=404)
        kind = "webp" if request.query.get("format") == "webp" else "jpeg"
        small = request.query.get("name") == "small" or "/small/" in path or "width" in request.query
        body = await asyncio.to_thread(_copy, data, kind, 400 if small else 1600)
        return web.Response(body=body, content_type=f"image/{kind}")

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Whichever site is asked."""
        if request.method == "OPTIONS":
            return web.Response(headers={"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"})
        path = request.path
        routes: list[tuple[str, bool, Callable[[web.Request], Awaitable[web.Response]]]] = [
            ("upload.x.com", path == "/i/media/upload.json", self.x_upload),
            ("www.reddit.com", path == "/api/media/asset.json", self.reddit_lease),
            (BUCKET, path == "/", self.s3_post),
            ("i.instagram.com", path.startswith("/rupload_igphoto/"), self.rupload),
            ("www.instagram.com", path == "/api/v1/media/configure/", self.configure),
            (MASTODON, path == "/api/v2/media", self.media),
        ]
        for host, fits, answer in routes:
            if request.host == host and fits:
                return await answer(request)
        if request.host == MASTODON and path.startswith("/api/v1/media/"):
            request.match_info["id"] = path.rpartition("/")[2]
            return await self.media_state(request)
        return await self.serve(request)

    @classmethod
    @contextlib.asynccontextmanager
    async def start(cls, folder: Path) -> AsyncIterator[Simulators]:
        """All sites on one free port, until the block ends; `ca` is the authority of their certificate."""
        folder.mkdir()
        authority = make_authority(HOSTS, folder)
        sites = cls(ca=folder / "ca.pem")
        (folder / "ca.pem").write_bytes(authority.ca_pem)
        application = web.Application(client_max_size=64 * 1024 * 1024)
        application.router.add_route("*", "/{tail:.*}", sites.handle)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=authority.context).start()
            sites.port = runner.addresses[0][1]
            yield sites
        finally:
            await runner.cleanup()


async def _part(request: web.Request, name: str) -> bytes:
    async for part in await request.multipart():
        if part.name == name:  # type: ignore[union-attr]
            return bytes(await part.read())  # type: ignore[union-attr]
    return b""


def _copy(data: bytes, kind: str, longest: int) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(data)) as image:
        small = ImageOps.invert(image.convert("RGB"))
        small.thumbnail((longest, longest))
        small.save(out, kind, quality=85)
    return out.getvalue()
