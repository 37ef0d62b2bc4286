"""The addon in a stock mitmdump records what `creditline start` records, live and from a file of flows."""

from __future__ import annotations

import asyncio
import io
import ssl
from typing import TYPE_CHECKING

import aiohttp
import pytest
from PIL import Image
from tests.e2e import rig
from tests.e2e.rig import Site, facts, jpeg

from creditline.services.context import Context

with rig.warnings.catch_warnings():
    rig.warnings.filterwarnings("ignore", "(tag|type)Map is deprecated", DeprecationWarning, r"ldap3\.")
    from mitmproxy.http import HTTPFlow
    from mitmproxy.io import FlowReader

if TYPE_CHECKING:
    from pathlib import Path

PICTURE = jpeg(640, 480, seed=1)
OTHER = jpeg(500, 400, seed=3)


def _smaller(picture: bytes) -> bytes:
    target = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as image:
        image.resize((320, 240)).save(target, "JPEG")
    return target.getvalue()


async def _visit(site: Site, proxy: str, authority: Path) -> None:
    """What a visitor does: two uploads, the copy that the first answer names, an icon, a text."""
    base = f"https://localhost:{site.port}"
    site.answers["/form/a"] = {"url": f"{base}/media/a.jpg"}
    site.pages["/media/a.jpg"] = ("image/jpeg", _smaller(PICTURE))
    site.pages["/icon.png"] = ("image/png", b"\x89PNG\r\n\x1a\n" + bytes(50))
    body = aiohttp.FormData()
    body.add_field("file", PICTURE, filename="a.jpg", content_type="image/jpeg")
    trust = ssl.create_default_context(cafile=str(authority))
    where = {"proxy": proxy, "ssl": trust}
    async with aiohttp.ClientSession() as client:
        for method, url, data in (
            ("POST", f"{base}/form/a", body),
            ("GET", f"{base}/media/a.jpg", None),
            ("PUT", f"{base}/raw/b", io.BytesIO(OTHER)),
            ("GET", f"{base}/icon.png", None),
            ("POST", f"{base}/text", io.BytesIO(b"no picture")),
        ):
            async with client.request(method, url, data=data, **where) as response:
                assert 200 == response.status
                await response.read()


async def _mitmdump(
    tmp_path: Path, site: Site, *options: str | Path, home: Path | None = None, visit: bool = True
) -> None:
    """Run a stock mitmdump, visit the site through it, and end it; it must end well."""
    port, confdir = rig.free_port(), tmp_path / "confdir"
    trusted = f"ssl_verify_upstream_trusted_ca={site.ca}"
    common = ["-q", "--set", f"confdir={confdir}", "--set", trusted, "--listen-host", "127.0.0.1", "-p", str(port)]
    environ = {"CREDITLINE_HOME": str(home or tmp_path / "none"), "CREDITLINE_CAPTURE_PRIVATE_HOSTS": "1"}
    with rig.program(rig.BIN / "mitmdump", *common, *options, environ=environ) as process:
        if visit:
            await rig.listening(port)
            await _visit(site, f"http://127.0.0.1:{port}", confdir / "mitmproxy-ca-cert.pem")
        code, out, err = await asyncio.to_thread(rig.ended, process, rig.signal.SIGTERM if visit else None)
    assert (0, "", "") == (code, out, err)


def _flows(path: Path) -> list[tuple[str, str, bytes | None, bytes | None]]:
    """Method, address and bodies of every flow in a file, in order."""
    with path.open("rb") as file:
        flows = [flow for flow in FlowReader(file).stream() if isinstance(flow, HTTPFlow)]
    return [
        (f.request.method, f.request.url, _body(f.request.raw_content, f), f.response and f.response.raw_content)
        for f in flows
    ]


def _body(raw: bytes | None, flow: HTTPFlow) -> bytes | None:
    """A form's body without the boundary, which every client run makes anew."""
    boundary = flow.request.headers.get("content-type", "").partition("boundary=")[2].encode()
    return raw.replace(boundary, b"") if raw is not None and boundary else raw


def _recorded(home: Path) -> list[tuple[str | None, str, str | None, str]]:
    context = Context.open(home)
    try:
        return facts(context.ledger)
    finally:
        context.close()


def _home(tmp_path: Path, name: str) -> Path:
    home = tmp_path / name
    rig.write_profile(home)
    return home


@pytest.fixture
def script() -> str:
    """What `creditline addon` prints."""
    done = rig.subprocess.run(
        [rig.BIN / "creditline", "addon"], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


async def test_a_stock_mitmdump_records_the_same(tmp_path: Path, script: str) -> None:
    """Live, from a file of flows, and under our own proxy, the same observations are made.

    Without the addon and with it, mitmdump sees the same flows: nothing more, nothing less is decrypted, although
    no profile in that data folder names the host.
    """
    unknown = tmp_path / "live"
    async with Site.start(tmp_path / "site") as site:
        plain, with_addon = tmp_path / "plain.flows", tmp_path / "addon.flows"
        await _mitmdump(tmp_path, site, "-w", plain)
        await _mitmdump(tmp_path, site, "-w", with_addon, "-s", script, home=unknown)
        await _mitmdump(tmp_path, site, "-nr", plain, "-s", script, home=_home(tmp_path, "from-file"), visit=False)
        ours = await _ours(tmp_path, site)

    assert [("POST", "/form/a"), ("GET", "/media/a.jpg"), ("PUT", "/raw/b")] == [
        (method, url[url.index("/", 8) :]) for method, url, *_ in _flows(plain)[:3]
    ]
    assert _flows(plain) == _flows(with_addon)
    assert [
        (rig.sha(_smaller(PICTURE)), "served", None, "image"),
        (rig.sha(OTHER), "uploaded", "F3", "image"),
        (rig.sha(PICTURE), "uploaded", "F1", "image"),
    ] == sorted(ours, key=lambda line: (line[1], line[2] != "F3"))
    assert ours == _recorded(unknown)
    assert ours == _recorded(tmp_path / "from-file")


async def _ours(tmp_path: Path, site: Site) -> list[tuple[str | None, str, str | None, str]]:
    """What our own proxy records of the same visit."""
    context = Context.open(
        _home(tmp_path, "ours"), options={"port": 0, "proxy_port": 0, "capture_private_hosts": True}
    )
    options = {"ssl_verify_upstream_trusted_ca": str(site.ca)}
    try:
        async with rig.serving(context, proxy_options=options, waited_for=True) as up:
            assert up.proxy is not None
            assert up.authority is not None
            await _visit(site, up.proxy, up.authority)
            await asyncio.to_thread(up.recorder.drain, rig.DRAIN_SECONDS)
        return facts(context.ledger)
    finally:
        context.close()
