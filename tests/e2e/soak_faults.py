"""When parts of it are killed nothing that was taken in is lost, and what was missed is said; `make soak` runs this.

Not among the tests of `make test`: each starts the whole program, one or more times.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from typing import TYPE_CHECKING

import aiohttp
import pytest
from tests import wire
from tests.e2e.load import loaded, pictures
from tests.e2e.test_load import COUNT, LARGEST, LINUX

from creditline.model.settings import MIB

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TUS = wire.by_name("tus")


@LINUX
async def test_killed_in_the_middle(tmp_path: Path) -> None:
    """After kill -9 and a restart all that was in the ledger or written down is there; halves are interrupted."""
    async with loaded(tmp_path) as (load, stack):
        async with aiohttp.ClientSession(skip_auto_headers=["Content-Type"]) as client:
            halves = [await load.upload(client, TUS, wire.picture(90 + n, 9000), only=2) for n in range(3)]
            done = await load.upload_all(pictures(COUNT // 4, LARGEST // 4, seed=2))
            # What was answered is written down within a fraction of a second; reading it takes longer.
            await asyncio.sleep(1.0)
            rest = asyncio.create_task(load.upload_all(pictures(COUNT // 4, LARGEST // 4, seed=3)))
            await asyncio.sleep(0.3)
            before = await asyncio.to_thread(load.record)
            await asyncio.to_thread(load.end, signal.SIGKILL)
            await rest
        await asyncio.to_thread(load.begin, stack)
        resumed = wire.picture(90, 9000)
        async with aiohttp.ClientSession(skip_auto_headers=["Content-Type"]) as client:
            assert [] == (await load.upload(client, wire.by_name("raw body"), resumed)).failures
        code = await asyncio.to_thread(load.end)
    record = await asyncio.to_thread(load.record)

    assert 0 == code
    assert record.verified
    assert {one.id for one in before.observations} <= {one.id for one in record.observations}
    assert [] == [one.failures for one in (*halves, *done) if one.failures]
    assert {1} == {record.times(one.sha256) for one in done}
    assert len(halves) <= sum(one.missed == "interrupted" for one in record.observations)
    assert "interrupted" in record.misses


@LINUX
async def test_workers_killed(tmp_path: Path) -> None:
    """Killing the workers again and again costs readings, never an upload; the record says so."""
    async with loaded(tmp_path) as (load, _):

        async def kill() -> None:
            while True:
                for pid in load.workers():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                await asyncio.sleep(0.4)

        killer = asyncio.create_task(kill())
        sent = await load.upload_all(pictures(12, 100_000, seed=4))
        await asyncio.sleep(3)
        killer.cancel()
        await asyncio.to_thread(load.end)
    record = await asyncio.to_thread(load.record)

    missed = [one for one in sent if not record.times(one.sha256)]
    assert [] == [one.failures for one in sent if one.failures]
    assert not missed or record.misses & {"worker_lost", "interrupted", "pieces_missing"}
    assert record.verified


@LINUX
async def test_the_ledger_locked(tmp_path: Path) -> None:
    """While another program holds the ledger uploads go on; what waited is recorded afterwards, at the latest when
    Creditline starts again."""
    async with loaded(tmp_path) as (load, stack):
        with contextlib.closing(sqlite3.connect(load.home / "ledger.sqlite", isolation_level=None)) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            began = time.perf_counter()
            sent = await load.upload_all(pictures(8, 50_000, seed=5))
            seconds = time.perf_counter() - began
            await asyncio.sleep(1)
            holder.execute("ROLLBACK")
        await asyncio.to_thread(load.end)
        await asyncio.to_thread(load.begin, stack)
        await asyncio.to_thread(load.end)
    record = await asyncio.to_thread(load.record)

    assert [] == [one.failures for one in sent if one.failures]
    assert {1} == {record.times(one.sha256) for one in sent}
    assert seconds < 30


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if (
        mount is None
        or subprocess.run([mount, "-t", "tmpfs", "-o", "size=24m", "none", folder], check=False).returncode
    ):
        pytest.skip("a small file system cannot be mounted here: run as root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=False)


@LINUX
async def test_the_disk_full(tmp_path: Path, small_disk: Path) -> None:
    """With no room left uploads go on as before; when there is room again the record says what was missed."""
    async with loaded(tmp_path, home=small_disk / "home") as (load, _):
        first = await load.upload_all(pictures(2, 20_000, seed=6))
        await load.recorded(first)
        ballast = small_disk / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(MIB // 4))
        sent = await load.upload_all(pictures(8, 400_000, seed=7))
        await asyncio.sleep(3)
        ballast.unlink()
        after = await load.upload_all(pictures(2, 20_000, seed=8))
        await load.recorded(after)
        await asyncio.to_thread(load.end)
    record = await asyncio.to_thread(load.record)

    assert [] == [one.failures for one in (*first, *sent, *after) if one.failures]
    assert {1} == {record.times(one.sha256) for one in (*first, *after)}
    lost = [one for one in sent if not record.times(one.sha256)]
    assert not lost or record.misses & {"not_taken_in", "disk", "not_recorded", "interrupted"}, record.misses
    assert record.verified
