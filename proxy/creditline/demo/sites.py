"""Five test sites on loopback, one TLS server, chosen by the Host header; each does to a picture what it says.

`POST /upload` (form field `file`) answers `{"id", "url", "urls": {"large", "medium", "small"}}` with paths under
`/media/`; a plain form gets a page with the same pictures instead. Errors are `{"error": sentence}`: 400 no such
field, 413 too large, 415 no picture, 421 no such host, 422 a picture that the site cannot decode.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import BodyPartReader, web

from creditline.containers import sniff
from creditline.demo import pages
from creditline.demo.authority import make_authority
from creditline.metadata import iptc_iim
from creditline.model.errors import CreditlineError
from creditline.model.picture import MEDIA_TYPES
from creditline.pixels import recode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from creditline.pixels import Written

DOMAIN = "creditline.test"
"""The sites' domain: `.test` belongs to nobody, so a mistake reaches no one (RFC 6761)."""

MAX_UPLOAD = 64 * 1024 * 1024
"""The largest picture taken, in bytes: far above what real sites take, small enough to hold in memory."""

EDGES = {"large": 2048, "medium": 1080, "small": 320}
"""Variant → long edge in pixels; a smaller picture is never enlarged."""

_QUALITY = 82
_MAX_XMP = 65_502  # one JPEG segment (XMP part 3, 1.1.3); a site that rewrites drops what does not fit
_FORM_OVERHEAD = 64 * 1024  # boundaries and part headers around the file
_EXTENSIONS = {"jpeg": "jpg"}  # where the format's name is not what a URL ends in
_NO_RASTER = frozenset({"unknown", "svg", "mp4", "mov", "webm"})


@dataclass(frozen=True, slots=True)
class SiteDef:
    """One test site: its name, what it does in one sentence, whether that takes a browser."""

    name: str
    behaviour: str
    needs_browser: bool = False

    @property
    def host(self) -> str:
        """The name under which the server and its certificate know the site."""
        return f"{self.name}.{DOMAIN}"


SITES = (
    SiteDef("keeps", "Stores and serves every byte as it came; all sizes are the same file."),
    SiteDef("strips", "Encodes again as JPEG at three sizes and keeps no metadata."),
    SiteDef(
        "rewrites",
        "Encodes again as JPEG at three sizes, keeps the XMP, drops EXIF, IIM and C2PA, adds IIM of its own.",
    ),
    SiteDef("webp", "Encodes again as WebP at three sizes and keeps no metadata."),
    SiteDef(
        "page-strips",
        "Its page draws the picture on a canvas before it sends; the server keeps what arrives.",
        needs_browser=True,
    ),
)
"""Every test site, in the order in which the demonstration visits them."""


class _RefusedError(Exception):
    """An upload that the site answers with an error status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Sites:
    """The running sites; `start` is the way in."""

    def __init__(self, folder: Path, port: int, ca_pem: Path, spki: str) -> None:
        self.folder = folder
        self.port = port
        self.ca_pem = ca_pem
        self.spki = spki
        self.hosts = tuple(site.host for site in SITES)

    @classmethod
    @asynccontextmanager
    async def start(cls, folder: Path) -> AsyncIterator[Sites]:
        """The sites on 127.0.0.1 at a free port, their pictures and `ca.pem` in `folder`, until the block ends."""
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        authority = await asyncio.to_thread(
            make_authority, [f"*.{DOMAIN}", *(site.host for site in SITES)], folder
        )
        ca_pem = folder / "ca.pem"
        await asyncio.to_thread(ca_pem.write_bytes, authority.ca_pem)
        runner = web.AppRunner(_application(folder), access_log=None, shutdown_timeout=2.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=authority.context).start()
            yield cls(folder, runner.addresses[0][1], ca_pem, authority.spki)
        finally:
            await runner.cleanup()


def render(site: str, data: bytes) -> dict[str, tuple[str, bytes]]:
    """Variant → (format, bytes) that a site serves of an upload.

    Raises:
        CreditlineError: the site has to decode the picture and cannot.
    """
    if site in {"keeps", "page-strips"}:
        stored = (sniff.sniff(data), data)
        return dict.fromkeys(EDGES, stored)
    to: Written = "webp" if site == "webp" else "jpeg"
    made = {variant: recode(data, to, edge=edge, quality=_QUALITY) for variant, edge in EDGES.items()}
    if site == "rewrites":
        changes = _own_marks(data)
        made = {variant: sniff.replace(picture, changes) for variant, picture in made.items()}
    return {variant: (to, picture) for variant, picture in made.items()}


def _own_marks(data: bytes) -> dict[str, list[bytes]]:
    """An instructions field and a job id of the site's own, as Meta's sites add them; the XMP packet stays."""
    digest = hashlib.sha256(data).hexdigest()
    mark = f"FBMD01{len(digest) + 22:04x}{digest}{digest[:22]}"
    changes = {"iptc": [iptc_iim.encode({"2:040": mark, "2:103": secrets.token_urlsafe(15)})]}
    packets = [
        block.payload
        for block in sniff.find(data).blocks
        if block.carrier == "xmp" and block.problem is None and len(block.payload) <= _MAX_XMP
    ]
    if packets:
        changes["xmp"] = packets[:1]
    return changes


def _application(folder: Path) -> web.Application:
    by_host = {site.host: site for site in SITES}

    def site_of(request: web.Request) -> SiteDef:
        host = request.host.rsplit(":", 1)[0].lower()
        if host not in by_host:
            raise _RefusedError(421, f"no test site is called {host}")
        return by_host[host]

    async def front(request: web.Request) -> web.StreamResponse:
        site = site_of(request)
        return _html(site)

    async def part(request: web.Request) -> web.StreamResponse:
        name = request.path.lstrip("/")
        return web.Response(text=pages.asset(name), content_type=pages.ASSETS[name])

    async def upload(request: web.Request) -> web.StreamResponse:
        site = site_of(request)
        data = await _uploaded(request)
        if sniff.sniff(data) in _NO_RASTER:
            raise _RefusedError(415, "the file is not a picture that this site takes")
        try:
            served = await asyncio.to_thread(render, site.name, data)
        except CreditlineError as error:
            raise _RefusedError(422, f"the picture cannot be decoded: {error}") from error
        number = secrets.token_hex(8)
        urls = await asyncio.to_thread(_store, folder / "media" / site.name / number, number, served)
        if "text/html" in request.headers.get("Accept", ""):
            return _html(site, urls)
        return web.json_response({"id": number, "url": urls["large"], "urls": urls})

    async def media(request: web.Request) -> web.StreamResponse:
        found = request.match_info
        name = f"{found['variant']}.{found['extension']}"
        path = folder / "media" / site_of(request).name / found["id"] / name
        if not path.is_file():
            return web.json_response({"error": "no such picture"}, status=404)
        kind = next((k for k, end in _EXTENSIONS.items() if end == found["extension"]), found["extension"])
        headers = {
            "Content-Type": MEDIA_TYPES[kind],
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return web.FileResponse(path, headers=headers)

    @web.middleware
    async def refusals(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        try:
            return await handler(request)
        except _RefusedError as refused:
            return web.json_response({"error": str(refused)}, status=refused.status)

    # Our own limit counts the file alone; aiohttp's, for whole bodies, must not cut in before it.
    application = web.Application(client_max_size=MAX_UPLOAD + 2 * _FORM_OVERHEAD, middlewares=[refusals])
    application.router.add_get("/", front)
    for name in pages.ASSETS:
        application.router.add_get(f"/{name}", part)
    application.router.add_post("/upload", upload)
    application.router.add_get("/media/{id:[0-9a-f]{16}}/{variant:large|medium|small}.{extension:[a-z]+}", media)
    return application


def _html(site: SiteDef, served: dict[str, str] | None = None) -> web.Response:
    text = pages.page(site.name, site.behaviour, needs_script=site.needs_browser, served=served)
    headers = {"Content-Security-Policy": pages.SECURITY_POLICY, "Cache-Control": "no-store"}
    return web.Response(text=text, content_type="text/html", headers=headers)


async def _uploaded(request: web.Request) -> bytes:
    if request.content_length is not None and request.content_length > MAX_UPLOAD + _FORM_OVERHEAD:
        raise _RefusedError(413, f"pictures over {MAX_UPLOAD} bytes are not taken")
    if request.content_type != "multipart/form-data":
        raise _RefusedError(415, "send the picture as multipart/form-data, in the field “file”")
    try:
        reader = await request.multipart()
        while (field := await reader.next()) is not None:
            if isinstance(field, BodyPartReader) and field.name == "file":
                return await _whole(field)
    except ValueError as error:
        raise _RefusedError(400, f"the form is broken: {error}") from error
    raise _RefusedError(400, "the form has no field “file”")


async def _whole(field: BodyPartReader) -> bytes:
    data = bytearray()
    while chunk := await field.read_chunk(256 * 1024):
        data += chunk
        if len(data) > MAX_UPLOAD:
            raise _RefusedError(413, f"pictures over {MAX_UPLOAD} bytes are not taken")
    return bytes(data)


def _store(folder: Path, number: str, served: dict[str, tuple[str, bytes]]) -> dict[str, str]:
    folder.mkdir(parents=True)
    urls = {}
    for variant, (kind, data) in served.items():
        name = f"{variant}.{_EXTENSIONS.get(kind, kind)}"
        (folder / name).write_bytes(data)
        urls[variant] = f"/media/{number}/{name}"
    return urls
