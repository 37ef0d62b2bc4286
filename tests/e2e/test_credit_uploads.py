"""Uploads credited on their way up, through the real proxy: the site gets the credit, the record has both files."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from typing import TYPE_CHECKING

import aiohttp
import pytest
import pytest_asyncio
from tests.e2e import rig
from tests.e2e.rig import OPENED, Rig, sha
from tests.services.test_credit import PICTURE, bare

from creditline import inspect
from creditline.capture import crediter
from creditline.ledger.moments import now
from creditline.services.record import Original

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.asyncio(loop_scope="module")
BARE = bare(PICTURE)
PATIENT = 60.0
"""Seconds: this is about what leaves, not about how fast a loaded machine is."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rig]:
    folder = tmp_path_factory.mktemp("credit")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crediter, "SECONDS", PATIENT)
        async with rig.running(folder, credit_uploads=True) as up:
            original = Original(via="import", at=now(), filename="a.jpg", mine=True)
            await asyncio.wrap_future(up.running.recorder.submit_original(PICTURE, original))
            yield up


async def test_an_own_picture_leaves_with_its_credit(shared: Rig) -> None:
    """The site has creator and notice, in a form whose length fits; the record has what came and what left."""
    form = aiohttp.FormData()
    form.add_field("text", "hello")
    form.add_field("file", BARE, filename="a.jpg", content_type="image/jpeg")

    assert 200 == await shared.send("/form/own", form, None)

    got = shared.site.at("/form/own")
    assert str(got.length) == got.headers["Content-Length"]
    seen = {dict(one.declared)["credited"].partition(":")[0]: one for one in await shared.observed("/form/own")}
    assert {"sent_by_browser", "left_with"} == set(seen)
    assert sha(BARE) == seen["sent_by_browser"].sha256
    left = await asyncio.to_thread(shared.context.ledger.blobs.get, str(seen["left_with"].sha256))
    words = dict(inspect(PICTURE).resolved)
    assert words["creator"] == dict(inspect(left).resolved)["creator"]
    assert words["copyright_notice"] == dict(inspect(left).resolved)["copyright_notice"]
    assert got.length > len(left) > len(BARE)
    assert seen["left_with"].work == seen["sent_by_browser"].work


async def test_declared_integrity_is_respected(shared: Rig) -> None:
    """With a Content-MD5 the same picture arrives as the browser sent it, and the record says why."""
    md5 = base64.b64encode(hashlib.md5(BARE, usedforsecurity=False).digest()).decode()
    async with shared.client.post(
        f"https://{OPENED}/raw/declared",
        data=BARE,
        headers={"Content-Type": "image/jpeg", "Content-MD5": md5},
        proxy=shared.proxy,
        ssl=shared.trust,
    ) as response:
        assert 200 == response.status

    (seen,) = await shared.observed("/raw/declared")
    assert sha(BARE) == shared.site.at("/raw/declared").sha256 == seen.sha256
    assert "refused: declares_content-md5" == dict(seen.declared)["credited"]


async def test_another_picture_leaves_as_it_came(shared: Rig) -> None:
    """A stranger's picture arrives byte for byte, with no word of credit in the record."""
    picture = rig.jpeg()

    assert 200 == await shared.send("/raw/other", picture)

    (seen,) = await shared.observed("/raw/other")
    assert sha(picture) == shared.site.at("/raw/other").sha256
    assert "credited" not in dict(seen.declared)
