"""Each attack that the server and the client are built against, tried as its author would (docs/threat-model.md)."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import resource
import socket
import struct
import time
import zipfile
import zlib
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from click.testing import CliRunner
from PIL import Image
from tests.server.sample import Running, fill, picture, running
from tests.services.sample import Desk, upload, view

from creditline.cli.main import cli
from creditline.containers import sniff
from creditline.fetch import fetch
from creditline.metadata import exif, iptc_iim
from creditline.metadata.xmp_packet import packet
from creditline.model.errors import FetchError
from creditline.report.render import FORMATS
from creditline.services import probe_fields

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCOPES = ("api", "fetch:manifests", "store:manifests", "store:bindings")
REFRESH = {("http-equiv", "refresh"), ("http-equiv", "Refresh")}
OWN_SCRIPT = {("src", "/static/live.js"), ("src", "/static/drop.js"), ("defer", None), ("type", "module")}
SCRIPT = "</title></script><script>alert({})</script><img src=x onerror=alert({})>"
FORMULA = '=HYPERLINK("http://evil.example","click")'


def every_route(run: Running) -> Iterator[tuple[str, str]]:
    """Method and an address of each route that the server has."""
    assert run.client.app is not None
    for route in run.client.app.router.routes():
        if route.resource is not None:
            address = route.resource.canonical
            for name in ("id", "sha256", "other", "name", "format", "manifestId"):
                address = address.replace(f"{{{name}}}", "0" * 64 if name in {"sha256", "other"} else "x")
            yield route.method, address


def is_open(method: str, address: str) -> bool:
    """Whether anybody may ask that."""
    return method in {"GET", "HEAD", "POST"} and (
        address in {"/sign-in", "/static/x", "/api/v1/health", "/.well-known/c2pa-soft-binding-resolution"}
        or address.startswith("/c2pa/v1/services/")
    )


def part(name: str, data: bytes) -> bytes:
    """A part of a form, of boundary `b`."""
    return (
        f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="a.jpg"\r\n\r\n'.encode() + data + b"\r\n"
    )


async def status(run: Running, method: str, address: str, **more: Any) -> int:
    """What an address answers with; no answer lets another origin read it."""
    async with run.client.request(method, address, allow_redirects=False, **more) as response:
        assert not [name for name in response.headers if name.lower().startswith("access-control-allow")]
        return response.status


# A web page, from the browser of the person who runs this


async def test_dns_rebinding(tmp_path: Path) -> None:
    """A name of the attacker's that leads to 127.0.0.1: no route answers under it, not even with token and session."""
    async with running(tmp_path) as run:
        fill(run.context.ledger)
        port = run.host.rpartition(":")[2]
        for host in (f"evil.example:{port}", f"127.0.0.1.evil.example:{port}", "evil.example"):
            headers = run.session | run.bearer(*SCOPES) | {"Host": host}
            for method, address in every_route(run):
                assert 421 == await status(run, method, address, headers=headers), (method, address)


async def test_foreign_origin(tmp_path: Path) -> None:
    """A page elsewhere, a sandboxed frame, another port, a file: no route answers, whatever comes with the request."""
    async with running(tmp_path) as run:
        for origin in ("https://evil.example", "null", "http://127.0.0.1:1", "file://", f"https://{run.host}"):
            headers = run.session | run.bearer(*SCOPES) | {"Origin": origin}
            for method, address in every_route(run):
                assert 403 == await status(run, method, address, headers=headers), (method, address, origin)


async def test_tokens_that_do_not_hold(tmp_path: Path) -> None:
    """None, a wrong, a run-out and a revoked one are 401 on every route for programs; one of another scope is 403."""
    async with running(tmp_path) as run:
        gone, old = run.tokens.issue(SCOPES), run.tokens.issue(SCOPES, lifetime=5)
        run.tokens.revoke(gone)
        run.clock.now += 10
        tokens = {"run out": old, "revoked": gone, "wrong": "cl_x"}
        kinds = {"none": {}} | {name: {"Authorization": f"Bearer {token}"} for name, token in tokens.items()}
        for method, address in every_route(run):
            if not address.startswith(("/api", "/c2pa")) or is_open(method, address):
                continue
            for name, headers in kinds.items():
                assert 401 == await status(run, method, address, headers=headers), (method, address, name)
            own = "api" if address.startswith("/api") else None
            for scope in SCOPES:
                answered = await status(run, method, address, headers=run.bearer(scope))
                if own == "api":
                    assert (answered == 403) == (scope != own), (method, address, scope)
            if own is None:  # exactly one scope opens it
                opened = [await status(run, method, address, headers=run.bearer(s)) != 403 for s in SCOPES]
                assert 1 == sum(opened) or address.endswith("byReference"), (method, address)
                assert not opened[0]


async def test_csrf(tmp_path: Path) -> None:
    """A form of another page that the browser sends with the session's cookie changes nothing: no token, no deed."""
    async with running(tmp_path) as run:
        headers = run.session
        cookie = headers["Cookie"].partition("=")[2]
        for method, address in every_route(run):
            if method in {"GET", "HEAD"} or address == "/sign-in":
                continue
            for body, kind in (
                ("csrf=guess", "application/x-www-form-urlencoded"),
                ('{"csrf": "guess"}', "text/plain"),
                (part("csrf", b"guess") + b"--b--\r\n", "multipart/form-data; boundary=b"),
            ):
                for origin in ({}, {"Origin": f"http://{run.host}"}, {"Sec-Fetch-Site": "cross-site"}):
                    told = headers | origin | {"Content-Type": kind}
                    assert await status(run, method, address, data=body, headers=told) in {401, 403}, address
        assert run.sign_in.session(cookie) is not None


# A picture


class Marks(HTMLParser):
    """Elements that could run something, and addresses that could lead somewhere."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name.startswith("on") or name == "srcdoc" or (name, value) in REFRESH:
                self.found.append(f"{tag} {name}")
            leads = (value or "").strip().lower() if name in {"href", "src", "action", "formaction"} else ""
            if leads.startswith(("javascript", "vbscript")):
                self.found.append(f"{tag} {name}={value}")
            if tag == "script" and (name, value) not in OWN_SCRIPT:
                self.found.append(f"script {name}={value}")
            if tag == "img" and name == "src" and not (value or "").startswith(("/pictures/", "data:image/")):
                self.found.append(f"img {value}")
        if tag in {"iframe", "object", "embed", "base"} or (tag == "script" and not attrs):
            self.found.append(tag)


def hostile_values() -> dict[str, str]:
    """A script, or a javascript: address, in every field of free text; a formula in four of them."""
    values = probe_fields.values("K7Q2M9", 1, "camera")
    for number, (name, value) in enumerate(values.items()):
        if "K7Q2M9" in value.upper() and "@" not in value:
            values[name] = "javascript:alert(1)" if name in probe_fields.LINKS else SCRIPT.format(number, name)
    formulas = {
        "headline": FORMULA,
        "city": "+1+cmd|' /C calc'!A0",
        "keywords": "@SUM(1)",
        "caption_writer": "-2+3",
    }
    return values | formulas


def hostile_picture(seed: int = 0) -> bytes:
    """Such a picture, its values in XMP, EXIF and IPTC-IIM."""
    said = hostile_values()
    stream = io.BytesIO()
    small = Image.effect_mandelbrot((8, 6), (-2, -1, 1 + seed / 10, 1), 40).convert("RGB")
    small.resize((240, 180)).save(stream, "JPEG", quality=90)
    tags = {key: value for key, value in probe_fields.exif(said, 1).items() if value.isascii()}
    changes = {
        "xmp": [packet(probe_fields.xmp(said))],
        "exif": [exif.build(tags)],
        "iptc": [iptc_iim.encode(probe_fields.iim(said))],
    }
    return sniff.replace(stream.getvalue(), changes)


def recorded(home: Path, site: str) -> None:
    """That picture as an original, an upload and a stripped copy of a site, with hostile names around it."""
    desk = Desk(home)
    try:
        data = hostile_picture()
        desk.pick(data, SCRIPT.format(1, 1), site=None)
        desk.see(upload((SCRIPT.format(2, 2), data), host="wall.example"))
        bare = sniff.replace(data, {"xmp": [], "exif": [], "iptc": []})
        (served,) = desk.see(view(bare, "https://wall.example/media/<script>alert(1)</script>.jpg"))
        for verdict in desk.verdicts():
            desk.ledger.put_verdict(verdict.audit, work=served.work, site=site)
        desk.ledger.miss("no_such_form", SCRIPT.format(3, 3), site)
    finally:
        desk.close()


async def test_stored_xss(tmp_path: Path) -> None:
    """Thirty fields and more that hold a script, in every page and every report: shown as text, run nowhere."""
    recorded(tmp_path, "<script>alert(4)</script>.example")
    async with running(tmp_path) as run:
        session = run.session
        seen: set[str] = set()
        todo = ["/", "/works", "/sites", "/audits", "/inspect", "/scoreboard", "/reports", "/settings", "/doctor"]
        texts: dict[str, str] = {}
        while todo:
            path = todo.pop()
            if path in seen or len(seen) > 60:
                continue
            seen.add(path)
            async with run.client.get(path, headers=session) as response:
                kept = response.headers.get("Content-Disposition", "").startswith("attachment")
                if response.status != 200 or response.content_type != "text/html" or kept:
                    continue
                texts[path] = await response.text()
            todo += [
                href for href in links(texts[path]) if href.startswith("/") and not href.startswith("/reports/")
            ]
        csrf = run.sign_in.session(session["Cookie"].partition("=")[2])
        assert csrf is not None
        for path, names in (("/inspect", ("picture",)), ("/compare", ("original", "served"))):
            body = part("csrf", csrf.csrf.encode()) + b"".join(part(name, hostile_picture()) for name in names)
            headers = session | {"Origin": f"http://{run.host}", "Content-Type": "multipart/form-data; boundary=b"}
            async with run.client.post(path, data=body + b"--b--\r\n", headers=headers) as response:
                assert 200 == response.status
                texts[f"POST {path}"] = await response.text()
        async with run.client.get("/reports/html", headers=session) as response:
            texts["report"] = await response.text()

        assert {"/works", "/sites", "/audits"} < texts.keys()
        assert any(path.startswith("/works/") for path in texts)
        assert any(path.startswith("/audits/") for path in texts)
        for path, text in texts.items():
            assert [] == Marks(text).found, path
        whole = "".join(texts.values())
        assert not [name for name, value in hostile_values().items() if "<script>" in value and value in whole]
        shown = {path: text.count("&lt;script&gt;alert(") for path, text in texts.items()}
        assert sum(count > 0 for count in shown.values()) >= 5
        assert shown["POST /inspect"] >= 30
        assert max(count for path, count in shown.items() if path.startswith("/audits/")) >= 30


def links(html: str) -> list[str]:
    """Where a page leads."""
    found: list[str] = []

    class Links(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(value or "" for name, value in attrs if tag == "a" and name == "href")

    Links().feed(html)
    return found


async def test_reports_hold_no_markup_of_a_picture(tmp_path: Path) -> None:
    """Markdown, JSON and the letter: no tag of the picture's stands where a reader of that format would run it."""
    recorded(tmp_path, "<img src=x onerror=alert(1)>.example")
    async with running(tmp_path) as run:
        for name in FORMATS:
            if name == "pdf":
                continue  # made of the HTML
            query = "?site=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E.example" if name == "letter" else ""
            async with run.client.get(f"/reports/{name}{query}", headers=run.session) as response:
                assert 200 == response.status, name
                assert "attachment" in response.headers["Content-Disposition"]
                text = await response.text()
            if name in {"html", "markdown"}:
                assert "<script>alert" not in text
                assert "<img src=x" not in text


async def test_csv_formulas(tmp_path: Path) -> None:
    """No cell of a report or of `inspect --csv` begins a formula, whatever a site or a field is called."""
    recorded(tmp_path / "home", FORMULA)
    async with (
        running(tmp_path / "home") as run,
        run.client.get("/reports/csv", headers=run.session) as response,
    ):
        cells = [cell for row in csv.reader(io.StringIO(await response.text())) for cell in row]
    (tmp_path / "=a.jpg").write_bytes(hostile_picture())
    done = CliRunner().invoke(cli, ["inspect", "--csv", str(tmp_path / "=a.jpg")])
    cells += [cell for row in csv.reader(io.StringIO(done.stdout)) for cell in row]

    assert any("HYPERLINK" in cell for cell in cells)
    assert any("cmd|" in cell for cell in cells)
    assert [] == [cell for cell in cells if cell[:1] in set("=+-@\t\r|") and not is_number(cell)]


def is_number(cell: str) -> bool:
    """Whether a cell is a plain number."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    "name",
    [
        "../../ledger.sqlite",
        "..%2f..%2fledger.sqlite",
        "..%5c..%5cledger.sqlite",
        "%2e%2e%2f%2e%2e%2fconfig.toml",
        "%252e%252e%252fconfig.toml",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "....//config.toml",
        "%00",
        "config.toml%00.css",
    ],
)
async def test_path_traversal(tmp_path: Path, name: str) -> None:
    """An id that is a path opens no file: 404 (or a redirect to nothing) wherever an id can stand."""
    async with running(tmp_path) as run:
        for path in (
            "/works/{}",
            "/audits/{}",
            "/sites/{}",
            "/pictures/{}/thumbnail",
            "/static/{}",
            "/reports/{}",
        ):
            async with run.client.get(path.format(name), headers=run.session) as response:
                assert 404 == response.status, path
        for path in ("/c2pa/v1/manifests/{}", "/c2pa/v1/manifests/{}/receipts", "/api/v1/reports/{}"):
            async with run.client.get(path.format(name), headers=run.bearer(*SCOPES)) as response:
                assert response.status in {400, 404}, path
                assert b"SQLite" not in await response.read()


# Bombs


def chunk(kind: bytes, data: bytes) -> bytes:
    """A PNG chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG of that size on paper, with a row of pixels in it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(chunks) + pixels + chunk(b"IEND", b"")


def zipped() -> bytes:
    """A ZIP file of one entry that grows a thousandfold."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("picture.jpg", bytes(64 << 20))
    return stream.getvalue()


def text_bomb() -> bytes:
    """Two hundred compressed texts of 16 MiB each."""
    one = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(16 << 20), 9))
    return png(8, 8, *[one] * 200)


def laughs() -> bytes:
    """A billion laughs."""
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a0 "ha">{entities}]><svg xmlns="http://www.w3.org/2000/svg"><desc>&a9;</desc></svg>'.encode()


def frames() -> bytes:
    """A GIF of twenty thousand frames of one pixel, on a canvas of 65,535 × 65,535."""
    head = b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0) + bytes(6)
    frame = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return head + frame * 20_000 + b";"


BOMBS = {
    "a picture of 65,000 × 65,000": lambda: png(65_000, 65_000),
    "a picture of 2³¹ pixels a row": lambda: png(0x7FFFFFFF, 1),
    "compressed texts": text_bomb,
    "a billion laughs": laughs,
    "frames": frames,
    "a zip": zipped,
}


@pytest.mark.parametrize("name", BOMBS)
async def test_bombs_in_uploads(tmp_path: Path, name: str) -> None:
    """Inspected, audited, asked about: an answer within seconds, no 5xx, and memory does not grow by a gigabyte."""
    data = BOMBS[name]()
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    async with running(tmp_path, max_body=32 << 20) as run:
        octets = {"Content-Type": "application/octet-stream"}
        asked = [
            await status(run, "POST", "/api/v1/inspections", data=io.BytesIO(data), headers=run.bearer() | octets),
            await status(
                run,
                "POST",
                "/c2pa/v1/matches/byContent",
                data=io.BytesIO(data),
                headers=run.bearer("fetch:manifests") | octets,
            ),
        ]
        form = part("original", picture()) + part("served", data) + b"--b--\r\n"
        kind = {"Content-Type": "multipart/form-data; boundary=b"}
        asked.append(
            await status(run, "POST", "/api/v1/audits", data=io.BytesIO(form), headers=run.bearer() | kind)
        )

    assert all(answer < 500 for answer in asked), asked
    assert time.monotonic() - start < 60  # of a machine that does other things, too
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1 << 20  # KiB


async def test_bombs_in_transfer(tmp_path: Path) -> None:
    """A tenth of a megabyte of gzip that unpacks to a hundred is refused by what it unpacks to, or as no good body."""
    bomb = gzip.compress(bytes(100 << 20))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with running(tmp_path, max_body=1 << 20) as run:
        headers = run.bearer() | {"Content-Type": "application/octet-stream", "Content-Encoding": "gzip"}
        async with run.client.post("/api/v1/inspections", data=bomb, headers=headers) as response:
            assert response.status in {400, 413}

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10


# Requests that somebody wants us to make

INSIDE = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "127.0.0.1.",
    "127。0。0。1",
    "１２７.0.0.1",
    "localhost",
    "LOCALHOST.",
    "10.0.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.169.254",
    "100.100.100.200",
    "0.0.0.0",  # noqa: S104 - refused, not bound
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:0:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    "user@127.0.0.1",
    "example.com@127.0.0.1",
]


@pytest.fixture
async def inner() -> Any:
    """A service on loopback that nobody outside may reach; it counts who came."""
    came: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        came.append(request.path)
        return web.Response(body=picture(), content_type="image/jpeg")

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    async with TestServer(app, host="127.0.0.1") as server:
        yield server, came


@pytest.mark.parametrize("host", INSIDE)
async def test_ssrf_by_address(tmp_path: Path, inner: Any, host: str) -> None:
    """`byReference` and the client behind `audit URL`: private, odd, mapped and mixed forms reach nobody."""
    server, came = inner
    async with running(tmp_path, soft_binding_by_reference=True) as run:
        body = {"referenceUrl": f"https://{host}:{server.port}/a.jpg", "assetLength": 100_000}
        headers = run.bearer("fetch:manifests")
        async with run.client.post("/c2pa/v1/matches/byReference", json=body, headers=headers) as response:
            assert response.status in {400, 502}
    with pytest.raises(FetchError):
        await fetch(f"http://{host}:{server.port}/a.jpg", seconds=5)

    assert [] == came


def test_ssrf_by_audit_url(tmp_path: Path) -> None:
    """`creditline audit` and `find` of an address inside: exit 2 and a sentence, and nobody is asked."""
    (tmp_path / "a.jpg").write_bytes(picture())
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        port = listening.getsockname()[1]
        for host in ("127.0.0.1", "[::ffff:127.0.0.1]", "2130706433", "localhost", "0x7f.1"):
            url = f"http://{host}:{port}/a.jpg"
            for command in (["audit", str(tmp_path / "a.jpg"), url], ["find", url]):
                done = CliRunner().invoke(cli, ["--home", str(tmp_path / "home"), *command])

                assert 2 == done.exit_code, done.output
                assert 1 == len(done.stderr.strip().splitlines())
        with pytest.raises(TimeoutError):
            listening.accept()


@pytest.mark.parametrize(
    "where",
    [
        "http://10.0.0.1/",
        "//169.254.169.254/latest/meta-data/",
        "http://[::ffff:10.0.0.1]/",
        "http://2130706433/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
    ],
)
async def test_ssrf_by_redirect(where: str) -> None:
    """A public address that sends us inside is not followed; with https alone, not to http either."""

    async def send(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": where})

    app = web.Application()
    app.router.add_get("/", send)
    async with TestServer(app, host="127.0.0.1") as server:
        with pytest.raises(FetchError) as caught:
            await fetch(f"http://127.0.0.1:{server.port}/", allowed=lambda address: str(address) == "127.0.0.1")

    assert caught.value.code in {"private_address", "bad_address"}


async def test_ssrf_by_dns_change(inner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name whose second answer is private is asked once; one with a private answer among others is refused."""
    server, came = inner
    answers = [["8.8.8.8", "127.0.0.1"], ["127.0.0.1"], ["::ffff:127.0.0.1"], ["fe80::1%lo"]]
    asked: list[str] = []

    async def lookup(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [
            (socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port))
            for a in answers[(len(asked) - 1) % len(answers)]
        ]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lookup)
    for number in range(1, len(answers) + 1):
        with pytest.raises(FetchError) as caught:
            await fetch(f"http://rebinding.example:{server.port}/", seconds=5)
        assert "private_address" == caught.value.code
        assert number == len(asked)

    assert [] == came
