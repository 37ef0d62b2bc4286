"""A browser as a process of ours: in a group of its own that ends whole, with a profile folder that goes with it."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import os
import shutil
import signal
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creditline.browser.cdp import BrowserError
from creditline.model.errors import UsageError

if TYPE_CHECKING:
    import re
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

START_TIMEOUT = 60.0
"""Seconds until a browser must listen; under one on a free machine, many when all cores are busy."""
POLL = 0.05

_ERROR_LINES = 12  # of the browser's stderr, shown when it does not start


def program(names: Sequence[str], places: Sequence[Path]) -> Path | None:
    """The first of these commands on `$PATH`, else the first of these files that is there; None without."""
    for name in names:
        found = shutil.which(name)
        if found:
            return Path(found)
    return next((place for place in places if place.is_file()), None)


async def until_truthy(evaluate: Callable[[str], Awaitable[Any]], expression: str, timeout: float) -> Any:
    """The first truthy value of an expression in a page.

    Raises:
        BrowserError: none within `timeout` seconds.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + timeout
    while loop.time() < until:
        value = await evaluate(expression)
        if value:
            return value
        await asyncio.sleep(POLL)
    raise BrowserError(f"still not so after {timeout:g} s: {expression}")


def empty_folder(profile: Path) -> None:
    """Make the folder of a profile.

    Raises:
        UsageError: it holds something already.
    """
    if profile.exists() and any(profile.iterdir()):
        raise UsageError(f"{profile} is not empty, and a browser run removes its profile folder")
    profile.mkdir(parents=True, exist_ok=True)


@asynccontextmanager
async def grouped(
    line: list[str], *, environ: Mapping[str, str] | None = None, listened_to: bool = False
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A started process in a process group of its own that dies with the block.

    Raises:
        BrowserError: it does not start.
    """
    stderr = asyncio.subprocess.PIPE if listened_to else asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *line,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=stderr,
            start_new_session=True,
            env=None if environ is None else dict(environ),
        )
    except OSError as error:
        raise BrowserError(f"{line[0]} does not start: {error}") from error
    try:
        yield process
    finally:
        _kill(process)
        await process.wait()


@asynccontextmanager
async def started(
    line: list[str], listening: re.Pattern[bytes], *, environ: Mapping[str, str] | None = None
) -> AsyncIterator[int]:
    """The port that a started browser says it listens on, as `listening`'s first group; it ends with the block.

    Raises:
        BrowserError: it does not start, or not in time.
    """
    async with grouped(line, environ=environ, listened_to=True) as process:
        port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        drain = asyncio.create_task(_drain(process.stderr or asyncio.StreamReader(), listening, port))
        try:
            try:
                found = await asyncio.wait_for(asyncio.shield(port), START_TIMEOUT)
            except TimeoutError as error:
                raise BrowserError(f"the browser did not start within {START_TIMEOUT:g} s") from error
            yield found
        finally:
            _kill(process)
            await process.wait()
            drain.cancel()
            await asyncio.gather(drain, return_exceptions=True)
            port.cancel()


async def _drain(stderr: asyncio.StreamReader, listening: re.Pattern[bytes], port: asyncio.Future[int]) -> None:
    """Read stderr to its end, so that the browser never blocks on a full pipe; find the port on the way."""
    last: collections.deque[str] = collections.deque(maxlen=_ERROR_LINES)
    rest = b""
    while chunk := await stderr.read(65536):
        *lines, rest = (rest + chunk).split(b"\n")
        rest = rest[-4096:]
        for item in lines:
            last.append(item.decode("utf-8", "replace").strip())
            match = listening.search(item)
            if match and not port.done():
                port.set_result(int(match.group(1)))
    if not port.done():
        port.set_exception(BrowserError("the browser ended before it was ready: " + " | ".join(last)))


def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def remove(folder: Path) -> None:
    """Take a profile folder away; what a killed child still writes after a second stays."""
    for _ in range(20):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(POLL)
