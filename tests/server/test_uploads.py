"""Bodies of API requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.server.sample import running

if TYPE_CHECKING:
    from pathlib import Path

LINES = b"\r\n\n\r--not-the-boundary\r\n\x00\xff\r\n"


async def test_parts_arrive_byte_for_byte(tmp_path: Path) -> None:
    """Line ends, zero bytes and what looks like a boundary are part of the picture."""
    import hashlib

    async with running(tmp_path) as run:
        body = (
            b'--b\r\nContent-Disposition: form-data; name="picture"; filename="a.jpg"\r\n\r\n'
            + LINES
            + b"\r\n--b--\r\n"
        )
        headers = {**run.bearer(), "Content-Type": "multipart/form-data; boundary=b"}
        async with run.client.post("/api/v1/inspections", data=body, headers=headers) as response:
            answer = await response.json()

        assert hashlib.sha256(LINES).hexdigest() == answer["sha256"]


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ([b"picture"] * 2, 400),
        ([b"other"] * 20, 400),
    ],
)
async def test_too_many_parts(tmp_path: Path, parts: list[bytes], status: int) -> None:
    """A part that comes twice is an error, and so are more parts than any request of ours has."""
    async with running(tmp_path) as run:
        body = b"".join(
            b'--b\r\nContent-Disposition: form-data; name="' + name + b'"\r\n\r\nx\r\n' for name in parts
        )
        headers = {**run.bearer(), "Content-Type": "multipart/form-data; boundary=b"}
        async with run.client.post("/api/v1/inspections", data=body + b"--b--\r\n", headers=headers) as response:
            assert status == response.status


async def test_all_parts_together_have_one_cap(tmp_path: Path) -> None:
    """Two files that are each under the cap and together over it are refused."""
    async with running(tmp_path, max_body=1000) as run:
        part = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n' + b"x" * 600 + b"\r\n"
        body = part % b"original" + part % b"served" + b"--b--\r\n"
        headers = {**run.bearer(), "Content-Type": "multipart/form-data; boundary=b"}
        async with run.client.post("/api/v1/audits", data=body, headers=headers) as response:
            assert 413 == response.status
