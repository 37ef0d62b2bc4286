"""Reading the same twice is answered once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.server.sample import fill, running

if TYPE_CHECKING:
    from pathlib import Path

PATH = "/api/v1/observations"


async def test_the_same_answer_is_not_sent_twice(tmp_path: Path) -> None:
    """With its tag 304 and no content; once something was added, the whole again under another tag."""
    async with running(tmp_path) as run:
        async with run.client.get(PATH, headers=run.bearer()) as response:
            tag = response.headers["ETag"]
        async with run.client.get(PATH, headers=run.bearer() | {"If-None-Match": f'W/"x", {tag}'}) as response:
            assert (304, b"", tag) == (response.status, await response.read(), response.headers["ETag"])
            assert "nosniff" == response.headers["X-Content-Type-Options"]
        fill(run.context.ledger)

        async with run.client.get(PATH, headers=run.bearer() | {"If-None-Match": tag}) as response:
            assert 200 == response.status
            assert tag != response.headers["ETag"]


async def test_a_tag_opens_nothing(tmp_path: Path) -> None:
    """Who has no token learns nothing from a tag, and refusals and pages have none."""
    async with running(tmp_path) as run:
        async with run.client.get(PATH, headers={"If-None-Match": "*"}) as response:
            assert 401 == response.status
            assert "ETag" not in response.headers
        async with run.client.get("/", headers=run.session) as response:
            assert "ETag" not in response.headers
