"""Previews and static files."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

from PIL import Image
from tests.server.sample import fill, running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server.sample import Running


async def _get(run: Running, path: str) -> tuple[int, str, bytes]:
    async with run.client.get(path, headers=run.session) as response:
        return response.status, response.content_type, await response.read()


async def test_a_preview_is_a_new_picture(tmp_path: Path) -> None:
    """A kept picture is shown as a WebP of our own encoding."""
    async with running(tmp_path) as run:
        filled = fill(run.context.ledger)
        status, kind, body = await _get(run, f"/pictures/{filled.original}/thumbnail")

        assert (200, "image/webp") == (status, kind)
        assert (64, 48) == Image.open(io.BytesIO(body)).size


async def test_what_is_no_picture_is_never_handed_out(tmp_path: Path) -> None:
    """Bytes that a browser could run come back as a drawing of ours, never as they are."""
    async with running(tmp_path) as run:
        for data in (
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            b"<html>",
            b"\xff\xd8\xff",
        ):
            run.context.ledger.blobs.put(data)
            status, kind, body = await _get(run, f"/pictures/{hashlib.sha256(data).hexdigest()}/thumbnail")

            assert (200, "image/svg+xml") == (status, kind)
            assert b"script" not in body


async def test_a_picture_that_is_not_kept(tmp_path: Path) -> None:
    """A picture without bytes gives the same drawing, so that nothing tells the two apart."""
    async with running(tmp_path) as run:
        status, kind, _ = await _get(run, f"/pictures/{'0' * 64}/thumbnail")

        assert (200, "image/svg+xml") == (status, kind)


async def test_static_files(tmp_path: Path) -> None:
    """The style sheet, the icon and the one script are there, as what they are, without a session."""
    async with running(tmp_path) as run:
        for name, kind in (
            ("creditline.css", "text/css"),
            ("sign-in.js", "text/javascript"),
            ("icon.svg", "image/svg+xml"),
        ):
            async with run.client.get(f"/static/{name}") as response:
                assert (200, kind) == (response.status, response.content_type)
                assert "nosniff" == response.headers["X-Content-Type-Options"]
