"""Every byte of an upload reaches the ledger, whoever sent it, and large ones cost the proxy no memory."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest
import pytest_asyncio
from tests.e2e import rig
from tests.e2e.rig import OPENED, Rig, Site, commented, jpeg, sha

from creditline.browser.chromium import Chromium, find_chromium
from creditline.capture.trust import spki_pin
from creditline.ledger import queries
from creditline.model.settings import MIB
from creditline.services.context import Context

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOISE = random.Random(20260101).randbytes(100_000)
PICTURE = commented(jpeg(), NOISE)
LARGE = 200 * MIB
MORE_MEMORY = 64 * MIB
FOUND = find_chromium()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    async with rig.running(tmp_path_factory.mktemp("bytes")) as up:
        yield up


async def _kept(shared: Rig, path: str, data: bytes) -> None:
    """The ledger has the picture under the hash of its very bytes, and the bytes themselves."""
    (seen,) = await shared.observed(path)
    assert (sha(data), len(data), "uploaded", "F1", "image") == (
        seen.sha256,
        seen.bytes,
        seen.stage,
        seen.form,
        seen.role,
    )
    assert data == await asyncio.to_thread(shared.context.ledger.blobs.get, sha(data))


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine: install it with the system's")
async def test_sent_by_curl(shared: Rig, tmp_path: Path) -> None:
    """A form that curl sends is kept as the file was."""
    data = PICTURE + b"curl"
    (tmp_path / "a.jpg").write_bytes(data)
    ca = shared.running.authority

    done = await asyncio.to_thread(
        subprocess.run,
        ["curl", "--silent", "--show-error", "--fail", "--noproxy", "", "--proxy", shared.proxy]
        + ["--cacert", str(ca), "--form", f"file=@{tmp_path / 'a.jpg'}", f"https://{OPENED}/form/curl"],
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert (0, b"") == (done.returncode, done.stderr)
    await _kept(shared, "/form/curl", data)


async def test_sent_by_aiohttp(shared: Rig) -> None:
    """So is one that aiohttp sends."""
    data = PICTURE + b"aiohttp"
    body = aiohttp.FormData()
    body.add_field("title", "noise")
    body.add_field("file", data, filename="a.jpg", content_type="image/jpeg")

    assert 200 == await shared.send("/form/aiohttp", body, None)

    await _kept(shared, "/form/aiohttp", data)


@pytest.mark.browser
@pytest.mark.skipif(FOUND is None, reason="no Chromium on this machine: `make browsers` installs it")
async def test_sent_by_chromium(shared: Rig, tmp_path: Path) -> None:
    """So is one that a page sends with FormData."""
    data = PICTURE + b"chromium"
    shared.site.pages |= {"/": ("text/html", b"<!doctype html><title>a page</title>")}
    shared.site.pages |= {"/noise": ("application/octet-stream", data)}
    assert shared.running.authority is not None
    pin = spki_pin(shared.running.authority.read_bytes())
    send = """(async () => {
        const form = new FormData();
        form.append("file", new File([await (await fetch("/noise")).blob()], "a.jpg", {type: "image/jpeg"}));
        return (await fetch("/form/chromium", {method: "POST", body: form})).status;
    })()"""

    launched = Chromium.launch(FOUND, proxy=shared.proxy, spki=pin, profile=tmp_path / "profile")
    async with launched as browser:
        await browser.goto(f"https://{OPENED}/")
        assert 200 == await browser.evaluate(send)

    await _kept(shared, "/form/chromium", data)


async def test_noise_called_a_picture(shared: Rig) -> None:
    """Random bytes that are called a picture arrive untouched; the record says that they are none."""
    body = aiohttp.FormData()
    body.add_field("file", NOISE, filename="a.jpg", content_type="image/jpeg")

    assert 200 == await shared.send("/form/noise", body, None)

    (seen,) = await shared.observed("/form/noise")
    assert ("unreadable", "not_a_picture", "F1") == (seen.state, seen.missed, seen.form)
    assert {"not_a_picture"} == await shared.misses(seen.exchange)


def _large() -> Iterator[bytes]:
    chance = random.Random(7)
    yield b"\xff\xd8\xff\xe0" + chance.randbytes(MIB - 4)
    for _ in range(LARGE // MIB - 1):
        yield chance.randbytes(MIB)


def _memory(pid: int, key: str) -> int:
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(next(line for line in text.splitlines() if line.startswith(f"{key}:")).split()[1]) * 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc, which Linux has")
async def test_a_large_body_costs_no_memory(tmp_path: Path) -> None:
    """200 MiB go through `creditline start` and into its ledger whole, and its process hardly grows."""
    home = tmp_path / "home"
    digest = hashlib.sha256()
    start = [rig.BIN / "creditline", "--home", home, "start", "--port", "0", "--proxy-port", "0"]

    async def body() -> AsyncIterator[bytes]:
        for chunk in _large():
            digest.update(chunk)
            yield chunk

    async with Site.start(tmp_path / "site", tls=False) as site:
        with rig.program(*start, "--capture-private-hosts") as process:
            proxy = await asyncio.to_thread(_proxy_of, process)
            headers = {"Content-Type": "image/jpeg", "Content-Length": str(LARGE)}
            where = {"proxy": proxy, "headers": headers}
            async with aiohttp.ClientSession() as client:
                async with client.put(
                    f"http://127.0.0.1:{site.port}/raw/small", data=jpeg(), proxy=proxy
                ) as small:
                    assert 200 == small.status
                before = _memory(process.pid, "VmRSS")
                async with client.put(f"http://127.0.0.1:{site.port}/raw/large", data=body(), **where) as answer:
                    assert 200 == answer.status
            grown = _memory(process.pid, "VmHWM") - before
            code, _, complaints = await asyncio.to_thread(rig.ended, process)

    assert (digest.hexdigest(), LARGE, True) == (
        site.at("/raw/large").sha256,
        site.at("/raw/large").length,
        site.at("/raw/large").whole,
    )
    assert grown < MORE_MEMORY
    assert 0 == code, complaints
    context = Context.open(home)
    seen = [o for o in queries.observations(context.ledger) if o.sha256 == digest.hexdigest()]
    context.close()
    assert [("uploaded", "F3", LARGE)] == [(o.stage, o.form, o.bytes) for o in seen]
    assert [] == os.listdir(home / "spool")


def _proxy_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"Proxy +(http://\S+)", line):
            return found[1]
    raise AssertionError(process.communicate())
