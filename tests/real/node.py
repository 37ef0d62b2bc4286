"""Node programs of other projects, started and ended by the tests, and a Creditline that records what goes by."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.e2e import rig

from creditline.services.context import Context

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

FOLDER = Path(__file__).resolve().parent / "node"
PATIENCE = 90.0


def needed(folder: Path) -> pytest.MarkDecorator:
    """Skips a test where Node or the packages of a folder are absent."""
    return pytest.mark.skipif(
        shutil.which("node") is None or not (folder / "node_modules" / ".complete").exists(),
        reason="the real servers are absent: tools/install-real-servers.sh",
    )


NEEDED = needed(FOLDER)


@contextlib.contextmanager
def server(script: str | Path, *options: str | Path) -> Iterator[str]:
    """A server until the block ends; gives the address that it prints first."""
    with rig.program("node", FOLDER / script, *options) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        if not address.startswith("http://"):
            process.kill()
            raise AssertionError((address, process.communicate()))
        yield address


async def run(script: str | Path, *options: str | Path) -> str:
    """Run a program to its end; the last line that it printed."""
    command = [str(part) for part in ("node", FOLDER / script, *options)]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=PATIENCE)
    assert 0 == done.returncode, done.stderr
    return done.stdout.strip().rpartition("\n")[2]


@contextlib.asynccontextmanager
async def recording(folder: Path, *extra: Any) -> AsyncIterator[tuple[Context, rig.Running]]:
    """A Creditline in this process that also records what goes to this machine; `extra` are mitmproxy addons."""
    context = Context.open(folder / "home", options={"port": 0, "proxy_port": 0, "capture_private_hosts": True})
    try:
        async with rig.serving(context, extra=extra, waited_for=True) as running:
            yield context, running
    finally:
        context.close()
