"""Broken, cut-off and lying uploads pass as they are; the record says what was seen and what was not."""

from __future__ import annotations

import asyncio
import hashlib
import random
import struct
import zlib
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from tests.e2e import rig
from tests.e2e.rig import OPENED, Rig, form, jpeg, sha

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from creditline.model.observation import Observation

pytestmark = pytest.mark.asyncio(loop_scope="module")

BOUNDARY = "----rigBoundary7MA4YWxk"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    async with rig.running(tmp_path_factory.mktemp("bad")) as up:
        yield up


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def _lives_on(shared: Rig, request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """After each test a plain upload goes through and is recorded."""
    yield
    path, picture = f"/form/after-{request.node.name}", jpeg(seed=len(request.node.name))
    assert 200 == await shared.send(path, form(picture, boundary=BOUNDARY), FORM)
    (seen,) = await shared.observed(path)
    assert sha(picture) == seen.sha256


async def _sent(shared: Rig, path: str, body: bytes, content_type: str) -> list[Observation]:
    """Send a body; the site must get these very bytes. Gives what was recorded."""
    assert 200 == await shared.send(path, body, content_type)
    got = shared.site.at(path)
    assert (sha(body), len(body), content_type) == (got.sha256, got.length, got.headers["Content-Type"])
    return await shared.observed(path)


async def _begin(shared: Rig, path: str, length: int, body: bytes) -> asyncio.StreamWriter:
    """Announce a body and send the beginning of it."""
    _, writer = await shared.tunnel(OPENED, trust=shared.trust)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {OPENED}\r\nContent-Type: image/jpeg\r\nContent-Length: {length}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
    return writer


async def test_a_body_that_ends_early(shared: Rig) -> None:
    """Of a picture cut off on its way the record says that it was incomplete, and claims nothing of its fields."""
    writer = await _begin(shared, "/raw/short", 200_000, jpeg(1000, 800))
    writer.close()
    await writer.wait_closed()

    (seen,) = await _wait_for(shared, "/raw/short")
    assert ("unreadable", "incomplete", None, "F3") == (seen.state, seen.missed, seen.sha256, seen.form)
    assert {"incomplete"} == await shared.misses(seen.exchange)
    assert not [got for got in shared.site.received if got.path == "/raw/short" and got.whole]


async def test_a_client_that_hangs_up_in_the_middle_of_a_large_body(shared: Rig) -> None:
    """What is streamed reaches the site as far as it was sent, and is recorded as incomplete."""
    body = jpeg() + random.Random(3).randbytes(12_000_000)
    writer = await _begin(shared, "/raw/hang-up", 40_000_000, body)
    await asyncio.sleep(0.5)
    writer.transport.abort()

    got = await shared.site.whole("/raw/hang-up")
    (seen,) = await _wait_for(shared, "/raw/hang-up")
    assert not got.whole
    assert hashlib.sha256(body[: got.length]).hexdigest() == got.sha256
    assert ("incomplete", "F3") == (seen.missed, seen.form)
    assert {"incomplete"} == await shared.misses(seen.exchange)


async def _wait_for(shared: Rig, path: str) -> list[Observation]:
    async with asyncio.timeout(30):
        while not (seen := await shared.observed(path)):
            await asyncio.sleep(0.05)
    return seen


async def test_a_form_without_an_end(shared: Rig) -> None:
    """A form whose last delimiter is missing arrives as it is; its picture is recorded as incomplete."""
    picture = jpeg(seed=1)
    body = form(picture, boundary=BOUNDARY).removesuffix(f"\r\n--{BOUNDARY}--\r\n".encode())

    (seen,) = await _sent(shared, "/form/no-end", body, FORM)

    assert ("incomplete", "F1") == (seen.missed, seen.form)
    assert {"incomplete"} == await shared.misses(seen.exchange)


async def test_an_empty_file(shared: Rig) -> None:
    """A file of no bytes that is called a picture is recorded as none."""
    (seen,) = await _sent(shared, "/form/empty", form(b"", boundary=BOUNDARY), FORM)

    assert ("unreadable", "not_a_picture", sha(b"")) == (seen.state, seen.missed, seen.sha256)


async def test_no_file_chosen(shared: Rig) -> None:
    """What a browser sends for a file input that nothing was picked in is no picture and no miss."""
    body = form(b"", boundary=BOUNDARY, filename="", content_type="application/octet-stream")

    assert [] == await _sent(shared, "/form/nothing", body, FORM)


async def test_a_picture_of_four_gigabytes_by_its_header(shared: Rig) -> None:
    """A small PNG that claims 32,768 × 32,768 pixels is recorded with that size and never decoded."""
    header = struct.pack(">IIBBBBB", 32_768, 32_768, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(100_000))), (b"IEND", b""))
    )

    (seen,) = await _sent(shared, "/form/bomb", form(bomb, boundary=BOUNDARY, content_type="image/png"), FORM)

    assert (sha(bomb), "png", 32_768, 32_768) == (seen.sha256, seen.format, seen.width, seen.height)


async def test_two_pictures_in_one_request(shared: Rig) -> None:
    """Both are recorded, in the order in which they were sent."""
    one, two = jpeg(seed=2), jpeg(seed=3)
    first = form(one, boundary=BOUNDARY, filename="1.jpg").removesuffix(f"--{BOUNDARY}--\r\n".encode())

    seen = await _sent(shared, "/form/two", first + form(two, boundary=BOUNDARY, filename="2.jpg"), FORM)

    assert [(sha(one), "1.jpg"), (sha(two), "2.jpg")] == [(each.sha256, each.filename) for each in seen]


async def test_another_thing_with_a_pictures_type(shared: Rig) -> None:
    """A document that calls itself a picture is recorded as none, in a form and alone."""
    document = b"%PDF-1.7\n" + random.Random(4).randbytes(5_000)

    (in_form,) = await _sent(shared, "/form/pdf", form(document, boundary=BOUNDARY), FORM)
    (alone,) = await _sent(shared, "/raw/pdf", document, "image/jpeg")

    assert [("unreadable", "not_a_picture")] * 2 == [(each.state, each.missed) for each in (in_form, alone)]
    assert ["F1", "F3"] == [in_form.form, alone.form]


async def test_a_picture_with_another_type(shared: Rig) -> None:
    """A picture that calls itself text is a picture."""
    picture = jpeg(seed=5)

    (seen,) = await _sent(shared, "/raw/text", picture, "text/plain")

    assert (sha(picture), "jpeg", "F3") == (seen.sha256, seen.format, seen.form)


async def test_a_boundary_that_never_comes(shared: Rig) -> None:
    """A form of which no part can be found arrives as it is; where pictures were due it is said that none was found."""
    (seen,) = await _sent(shared, "/form/no-parts", random.Random(5).randbytes(3_000), FORM)

    assert ("no_picture_found", None) == (seen.missed, seen.sha256)


async def test_a_client_that_hangs_up_before_its_answer(shared: Rig) -> None:
    """An upload that was sent whole counts, also when nobody waits for the answer."""
    picture = jpeg(seed=6)
    writer = await _begin(shared, "/raw/gone", len(picture), picture)
    got = await shared.site.whole("/raw/gone")
    writer.transport.abort()

    (seen,) = await _wait_for(shared, "/raw/gone")
    assert sha(picture) == got.sha256 == seen.sha256
