"""Many uploads at once are all recorded, in bounded memory; `make soak` sends five hundred of up to 20 MB."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest
from tests.e2e.load import Sent, loaded, pictures, plain, quantile

from creditline.model.settings import MIB

SOAK = os.environ.get("SOAK") == "1"
COUNT, LARGEST = (500, 20_000_000) if SOAK else (30, 1_000_000)
MAX_MEMORY = 512 * MIB
LINUX = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="processes are read from /proc, which Linux has"
)


def times(sent: list[Sent]) -> str:
    """How long the uploads of a load took."""
    seconds = [one.seconds for one in sent]
    failed = sum(bool(one.failures) for one in sent)
    return f"median {quantile(seconds, 0.5):.1f} s, slowest {max(seconds):.1f} s, {failed} failed"


@LINUX
async def test_many_at_once(tmp_path: Path) -> None:
    """All at once and in every form: each arrives, each is in the ledger once, byte for byte, in bounded memory."""
    others = {}
    async with loaded(tmp_path) as (load, _):
        if SOAK:
            others["without a proxy"] = await load.upload_directly(pictures(COUNT, LARGEST))
            async with plain(load, tmp_path) as bare:
                others["through a stock mitmdump"] = await bare.upload_all(pictures(COUNT, LARGEST))
                print(f"stock mitmdump: {bare.memory() / MIB:.0f} MiB of memory")
        sent = await load.upload_all(pictures(COUNT, LARGEST))
        memory = load.memory()
        if SOAK:
            # Workers run only while nothing else does: how long reading takes is the machine's business.
            began = time.perf_counter()
            await load.recorded(sent, 900)
            reading = time.perf_counter() - began
            print(f"all read and written down {reading:.0f} s after the last answer")
        code = await asyncio.to_thread(load.end)
    record = await asyncio.to_thread(load.record)

    print(f"{COUNT} uploads at once, {sum(one.length for one in sent) / MIB:.0f} MiB together")
    print(f"through Creditline: {times(sent)}, {memory / MIB:.0f} MiB of memory")
    for name, them in others.items():
        print(f"{name}: {times(them)}")
    assert [] == [one.failures for one in sent if one.failures]
    assert {} == {one.form.name: record.times(one.sha256) for one in sent if record.times(one.sha256) != 1}
    assert all(record.kept[one.sha256] for one in sent)
    assert record.verified
    assert memory < MAX_MEMORY
    assert 0 == code
