"""Many large uploads at once: some are read, the rest come back later, and memory has an end."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING

from tests.server.sample import running

from creditline.server.crowd import AT_ONCE, LARGE, RETRY_AFTER

if TYPE_CHECKING:
    from pathlib import Path


def large() -> io.BytesIO:
    """A body that counts."""
    return io.BytesIO(bytes(LARGE + 1))


async def test_the_queue_has_an_end(tmp_path: Path) -> None:
    """So many large bodies are under way, the next is 429 with `Retry-After`; small ones and originals pass."""
    async with running(tmp_path, max_body=4 * LARGE) as run:
        headers = run.bearer() | {"Content-Type": "application/octet-stream"}
        go_on = asyncio.Event()

        async def slowly() -> object:
            yield b"x"
            await go_on.wait()

        waiting = [
            asyncio.create_task(run.client.post("/api/v1/inspections", data=slowly(), headers=headers))
            for _ in range(AT_ONCE)
        ]
        await asyncio.sleep(0.3)
        async with run.client.post("/api/v1/inspections", data=large(), headers=headers) as response:
            problem = await response.json(content_type="application/problem+json")
            assert (429, str(RETRY_AFTER)) == (response.status, response.headers["Retry-After"])
            assert ("too_many_requests", 429) == (problem["code"], problem["status"])
        async with run.client.post(
            "/c2pa/v1/matches/byContent",
            data=large(),
            headers=run.bearer("fetch:manifests") | {"Content-Type": "image/jpeg"},
        ) as response:
            assert 429 == response.status
            assert ["error"] == list(await response.json())
        async with run.client.post("/api/v1/inspections", data=b"x", headers=headers) as response:
            assert 200 == response.status
        async with run.client.post("/api/v1/originals", data=large(), headers=headers) as response:
            assert 503 == response.status  # nothing records here; it was not the crowd
        go_on.set()
        answers = await asyncio.gather(*waiting)

        assert {200} == {answer.status for answer in answers}
        async with run.client.post("/api/v1/inspections", data=large(), headers=headers) as response:
            assert 200 == response.status
