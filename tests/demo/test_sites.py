"""Each test site does to a picture what it says, over TLS, and turns away what it cannot take."""

from __future__ import annotations

import asyncio
import io
import ssl
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from PIL import Image

from creditline.browser.chromium import Chromium, find_chromium
from creditline.containers import sniff
from creditline.demo import sites as module
from creditline.demo.sites import EDGES, SITES, Sites, render
from creditline.metadata import iptc_iim
from creditline.metadata.xmp_packet import packet

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

FOUND = find_chromium()
XMP = packet({"dc:creator": ["Ann Example"]})


class _Loopback(aiohttp.abc.AbstractResolver):
    """Every name is this machine; the certificate and the Host header still say which site is meant."""

    async def resolve(self, host: str, port: int = 0, *_: Any, **__: Any) -> list[Any]:
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": 2, "proto": 0, "flags": 0}]

    async def close(self) -> None:
        pass


@asynccontextmanager
async def _client(sites: Sites) -> AsyncIterator[aiohttp.ClientSession]:
    context = ssl.create_default_context(cafile=str(sites.ca_pem))
    connector = aiohttp.TCPConnector(ssl=context, resolver=_Loopback())
    async with aiohttp.ClientSession(connector=connector) as session:
        yield session


def _picture(width: int = 2400, height: int = 1600, kind: str = "JPEG") -> bytes:
    target = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(target, kind)
    return sniff.replace(target.getvalue(), {"xmp": [XMP], "iptc": [iptc_iim.encode({"2:080": ["Ann Example"]})]})


async def _send(
    session: aiohttp.ClientSession, sites: Sites, name: str, data: bytes, field: str = "file", **headers: str
) -> tuple[int, Any]:
    form = aiohttp.FormData()
    form.add_field(field, data, filename="a.jpg", content_type="image/jpeg")
    url = f"https://{name}.creditline.test:{sites.port}/upload"
    async with session.post(url, data=form, headers=headers) as answer:
        body = await (answer.json() if answer.content_type == "application/json" else answer.text())
        return answer.status, body


async def _served(session: aiohttp.ClientSession, sites: Sites, name: str, path: str) -> tuple[Any, bytes]:
    async with session.get(f"https://{name}.creditline.test:{sites.port}{path}") as answer:
        assert answer.status == 200
        return answer.headers, await answer.read()


def _carriers(data: bytes) -> set[str]:
    return {block.carrier for block in sniff.find(data).blocks}


def _edge(data: bytes) -> int:
    return max(Image.open(io.BytesIO(data)).size)


async def _all_variants(tmp_path: Path, name: str, data: bytes) -> dict[str, tuple[Any, bytes]]:
    async with Sites.start(tmp_path) as sites, _client(sites) as session:
        status, told = await _send(session, sites, name, data)
        assert status == 200
        assert told["url"] == told["urls"]["large"]
        assert all(f"/media/{told['id']}/{variant}." in url for variant, url in told["urls"].items())
        return {variant: await _served(session, sites, name, url) for variant, url in told["urls"].items()}


@pytest.mark.parametrize("name", ["keeps", "page-strips"])
async def test_what_is_kept_is_kept_to_the_byte(tmp_path: Path, name: str) -> None:
    """These two servers serve exactly the bytes that came, at every size, and forbid caching."""
    picture = _picture()

    served = await _all_variants(tmp_path, name, picture)

    assert {picture} == {data for _, data in served.values()}
    assert {"no-store"} == {headers["Cache-Control"] for headers, _ in served.values()}
    assert {"image/jpeg"} == {headers["Content-Type"] for headers, _ in served.values()}


async def test_strips_serves_three_bare_jpegs(tmp_path: Path) -> None:
    """`strips` gives JPEG with long edges 2048, 1080 and 320 and no metadata block."""
    served = await _all_variants(tmp_path, "strips", _picture())

    assert {variant: _edge(data) for variant, (_, data) in served.items()} == EDGES
    assert {"jpeg"} == {sniff.sniff(data) for _, data in served.values()}
    assert set() == set().union(*(_carriers(data) for _, data in served.values()))


async def test_rewrites_keeps_xmp_and_marks_the_picture(tmp_path: Path) -> None:
    """`rewrites` carries the packet over byte for byte and puts its own IIM fields in place of the artist's."""
    served = await _all_variants(tmp_path, "rewrites", _picture())

    for _, data in served.values():
        blocks = {block.carrier: block.payload for block in sniff.find(data).blocks}
        fields = {found.key: found.value for found in iptc_iim.read(blocks["iptc"])}
        assert blocks["xmp"] == XMP
        assert {"xmp", "iptc", "photoshop"} >= set(blocks)
        assert str(fields["2:040"]).startswith("FBMD")
        assert len(str(fields["2:103"])) == 20
        assert "2:080" not in fields


async def test_webp_serves_bare_webp(tmp_path: Path) -> None:
    """`webp` gives WebP under its own media type and keeps no metadata."""
    served = await _all_variants(tmp_path, "webp", _picture())

    assert {"webp"} == {sniff.sniff(data) for _, data in served.values()}
    assert {"image/webp"} == {headers["Content-Type"] for headers, _ in served.values()}
    assert set() == set().union(*(_carriers(data) for _, data in served.values()))


def test_small_pictures_are_not_enlarged() -> None:
    """A picture under a variant's edge keeps its size."""
    assert {variant: _edge(data) for variant, (_, data) in render("strips", _picture(500, 300)).items()} == {
        "large": 500,
        "medium": 500,
        "small": 320,
    }


async def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    """Text, SVG and other bodies are 415, a form without the field is 400, an unknown picture is 404."""
    async with Sites.start(tmp_path) as sites, _client(sites) as session:
        root = f"https://keeps.creditline.test:{sites.port}"
        text = await _send(session, sites, "keeps", b"no picture")
        drawing = await _send(session, sites, "keeps", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
        other = await _send(session, sites, "keeps", _picture(40, 30), field="picture")
        async with session.post(f"{root}/upload", data=b"raw", headers={"Content-Type": "image/jpeg"}) as answer:
            raw = answer.status
        broken = {"Content-Type": "multipart/form-data; boundary=x"}
        async with session.post(f"{root}/upload", data=b"--y\r\n\r\n", headers=broken) as answer:
            malformed = (answer.status, await answer.json())
        async with session.get(f"{root}/media/0123456789abcdef/large.jpg") as answer:
            missing = answer.status

    assert [text[0], drawing[0], other[0]] == [415, 415, 400]
    assert "not a picture" in text[1]["error"]
    assert raw == 415
    assert malformed[0] == 400
    assert "error" in malformed[1]
    assert missing == 404


@pytest.mark.parametrize("name", ["strips", "rewrites", "webp"])
async def test_what_cannot_be_decoded_is_unprocessable(tmp_path: Path, name: str) -> None:
    """A cut-off picture is 422 with a reason on every site that has to decode it."""
    async with Sites.start(tmp_path) as sites, _client(sites) as session:
        status, told = await _send(session, sites, name, _picture(400, 300)[:900])

    assert status == 422
    assert "cannot be decoded" in told["error"]


async def test_too_large_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file over the cap is 413, said by its declared length or found while reading."""
    monkeypatch.setattr(module, "MAX_UPLOAD", 5000)
    async with Sites.start(tmp_path) as sites, _client(sites) as session:
        found = await _send(session, sites, "keeps", b"\xff\xd8\xff" + bytes(6000))
        declared = await _send(session, sites, "keeps", b"\xff\xd8\xff" + bytes(200_000))

    assert [found[0], declared[0]] == [413, 413]
    assert "5000 bytes" in found[1]["error"]


async def test_a_plain_form_gets_a_page_with_the_pictures(tmp_path: Path) -> None:
    """A browser without scripts sees what is served; page-strips has no form that a server would answer."""
    async with Sites.start(tmp_path) as sites, _client(sites) as session:
        status, page = await _send(session, sites, "strips", _picture(400, 300), Accept="text/html,*/*;q=0.8")
        async with session.get(f"https://page-strips.creditline.test:{sites.port}/") as answer:
            scripted = await answer.text()

    assert status == 200
    assert page.count('<img src="/media/') == 3
    assert 'action="/upload"' in page
    assert 'action="/upload"' not in scripted


async def test_each_host_is_its_own_site(tmp_path: Path) -> None:
    """A page says its site's name under a strict policy; another host is misdirected; pictures aren't shared."""
    async with Sites.start(tmp_path) as sites, _client(sites) as session:
        for site in SITES:
            async with session.get(f"https://{site.host}:{sites.port}/") as answer:
                assert f'data-site="{site.name}"' in await answer.text()
                assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        for asset in ("site.js", "site.css"):
            assert (await _served(session, sites, "keeps", f"/{asset}"))[1]
        async with session.get(f"https://other.creditline.test:{sites.port}/") as answer:
            assert answer.status == 421
        _, told = await _send(session, sites, "keeps", _picture(40, 30))
        async with session.get(f"https://strips.creditline.test:{sites.port}{told['url']}") as answer:
            assert answer.status == 404


async def test_uploads_at_once_do_not_mix(tmp_path: Path) -> None:
    """Pictures that are sent at the same time are served under ids of their own."""
    pictures = [_picture(40 + number, 30) for number in range(8)]
    async with Sites.start(tmp_path) as sites, _client(sites) as session:
        answers = await asyncio.gather(*(_send(session, sites, "keeps", one) for one in pictures))
        served = [(await _served(session, sites, "keeps", told["url"]))[1] for _, told in answers]

    assert pictures == served


@pytest.mark.browser
@pytest.mark.skipif(FOUND is None, reason="no Chromium on this machine: `make browsers` installs it")
async def test_every_page_uploads_in_a_real_browser(tmp_path: Path) -> None:
    """Each page sends a picked file and shows what is served; what page-strips receives has lost everything."""
    picked = tmp_path / "picked.jpg"
    picked.write_bytes(_picture())
    served: dict[str, list[str]] = {}
    async with Sites.start(tmp_path / "sites") as sites:
        rules = f"--host-resolver-rules=MAP *.creditline.test:443 127.0.0.1:{sites.port}"
        profile = tmp_path / "profile"
        async with Chromium.launch(FOUND, profile=profile, spki=sites.spki, flags=[rules]) as page:
            for site in SITES:
                await page.goto(f"https://{site.host}/")
                await page.set_file("#file", picked)
                await page.click("#upload")
                state = await page.wait_for(
                    "['done', 'error'].includes(document.body.dataset.state) && document.body.dataset.state", 30
                )
                assert state == "done", await page.evaluate("document.body.dataset.error")
                served[site.name] = await page.evaluate("JSON.parse(document.body.dataset.served)")
            await page.goto("https://keeps.creditline.test/")
            (tmp_path / "bad.jpg").write_bytes(b"no picture")
            await page.set_file("#file", tmp_path / "bad.jpg")
            await page.click("#upload")
            told = await page.wait_for("document.body.dataset.error")
        arrived = next((tmp_path / "sites" / "media" / "page-strips").glob("*/large.jpg")).read_bytes()
        kept = next((tmp_path / "sites" / "media" / "keeps").glob("*/large.jpg")).read_bytes()

    assert {site.name: 3 for site in SITES} == {name: len(urls) for name, urls in served.items()}
    assert "not a picture" in told
    assert picked.read_bytes() == kept
    assert sniff.sniff(arrived) == "jpeg"
    assert _edge(arrived) == 2048
    assert set() == _carriers(arrived) - {"icc"}
