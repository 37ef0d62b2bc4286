"""Uploads by boto3 to an S3 server (moto) through the proxy, in the three ways in which sites take pictures into S3."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests import wire
from tests.e2e import rig
from tests.real import node

from creditline.ledger import queries

if TYPE_CHECKING:
    from collections.abc import Sequence

TOOLS = Path(__file__).resolve().parents[2] / ".tools" / "s3" / "bin"
UPLOAD = Path(__file__).resolve().parent / "s3" / "upload.py"

pytestmark = pytest.mark.skipif(
    not (TOOLS / "moto_server").exists(), reason="moto and boto3 are absent: tools/install-real-servers.sh"
)


async def test_each_way_of_s3(tmp_path: Path) -> None:
    """Presigned PUT, policy POST and a multipart upload: each picture is in the ledger once, as the server holds it."""
    ways = {"put": (51, 70_000, "F7"), "post": (52, 90_000, "F6"), "multipart": (53, 5_500_000, "F8")}
    port = rig.free_port()
    stored, pictures = [], []

    async with node.recording(tmp_path) as (context, running):
        with rig.program(TOOLS / "moto_server", "-H", "127.0.0.1", "-p", str(port)):
            await rig.listening(port)
            for way, (seed, more, _) in ways.items():
                picture = wire.picture(seed, more)
                pictures.append(wire.sha(picture))
                (tmp_path / f"{way}.jpg").write_bytes(picture)
                command = (TOOLS / "python", UPLOAD, running.proxy, f"http://127.0.0.1:{port}", way)
                stored.append(await asyncio.to_thread(_run, [*command, tmp_path / f"{way}.jpg"]))
        await asyncio.sleep(0.1)
        assert await asyncio.to_thread(running.recorder.drain, rig.DRAIN_SECONDS)
        seen = await asyncio.to_thread(queries.observations, context.ledger, limit=None)

    assert pictures == stored
    forms = [form for _, _, form in ways.values()]
    assert list(zip(pictures, forms, strict=True)) == [(one.sha256, one.form) for one in seen]
    assert {("uploaded", "present")} == {(one.stage, one.state) for one in seen}


def _run(command: Sequence[object]) -> str:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=node.PATIENCE, check=False
    )
    assert 0 == done.returncode, done.stderr
    return done.stdout.strip()
