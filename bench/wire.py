"""An upload takes little longer through Creditline's proxy than through a plain mitmproxy, and little memory.

Client, proxy and server are processes of their own on loopback, TLS on both legs, one kept-alive connection
through each proxy, the same picture through both by turns.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp

from _pictures import jpeg, padded
from _ratio import NOT_ASKED, Amount, Skipped, asked, main, ratio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from _ratio import Line

HERE = Path(__file__).parent
MB = 1_000_000
MIB = 1024 * 1024
BACKLOG = 200
MOTIFS = 20
SETTLE_SECONDS = 0.02
"""After the workers were stopped or let go: what ran on is no part of either turn."""
START_SECONDS = 60

PROFILE = """id = "bench"
name = "the bench's own server"
last_verified = 2026-01-01
confidence = "high"
evidence = ["bench/_server.py"]
hosts = ['^localhost$']

[[upload]]
match = { method = "POST", path = '^/upload$' }
form = "F3"
"""


class Program:
    """One helper process; it says a JSON line when it is up and ends with its standard input."""

    def __init__(self, *command: str | Path, environ: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | (environ or {}),
        )

    def answer(self, line: str = "") -> dict[str, str]:
        """Send a line, if there is one, and read the answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        if line:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        said = self.process.stdout.readline()
        if not said:
            raise SystemExit(f"{self.process.args} ended with {self.process.wait()}")
        return dict(json.loads(said))

    def close(self) -> None:
        """End it, kindly first."""
        with contextlib.suppress(subprocess.TimeoutExpired, BrokenPipeError):
            self.process.communicate(timeout=20)
        self.process.kill()
        self.process.wait()


@dataclass(frozen=True, slots=True)
class Way:
    """A client's kept-alive way to the server through one proxy, and that proxy's process."""

    session: aiohttp.ClientSession
    proxy: str
    trust: ssl.SSLContext
    url: str
    pid: int

    async def upload(self, data: bytes) -> float:
        """Send a picture; returns the milliseconds until its answer was read."""
        start = time.perf_counter()
        where = {"proxy": self.proxy, "ssl": self.trust, "headers": {"Content-Type": "image/jpeg"}}
        async with self.session.post(self.url, data=io.BytesIO(data), **where) as response:
            told = await response.json()
        taken = (time.perf_counter() - start) * 1000
        if told["length"] != len(data):
            raise SystemExit(f"{told['length']} bytes of {len(data)} arrived")
        return taken

    def peak(self) -> int:
        """The most memory the proxy ever had resident, in bytes."""
        text = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        line = next(line for line in text.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024


class Wire:
    """A server, a plain mitmdump, Creditline's proxy, and a way through each."""

    def __init__(self, ours: Way, plain: Way, creditline: Program) -> None:
        self.ours = ours
        self.plain = plain
        self._creditline = creditline

    @classmethod
    @contextlib.asynccontextmanager
    async def start(cls) -> AsyncIterator[Wire]:
        """Everything up, until the block ends."""
        with contextlib.ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="creditline-bench-")))
            home, confdir = folder / "home", folder / "mitmproxy"
            (home / "sites").mkdir(parents=True)
            (home / "sites" / "bench.toml").write_text(PROFILE, encoding="utf-8")
            # The first start of all makes the ledger's tables, with a package that is never loaded again.
            upgrade = [sys.executable, "-m", "creditline", "--home", home, "db", "upgrade"]
            subprocess.run(upgrade, check=True, stdout=subprocess.DEVNULL)
            server = Program(sys.executable, HERE / "_server.py", folder)
            stack.callback(server.close)
            told = server.answer()
            creditline = Program(sys.executable, HERE / "_proxy.py", home, told["ca"])
            stack.callback(creditline.close)
            up = creditline.answer()
            port = free_port()
            plain = subprocess.Popen(
                [Path(sys.executable).with_name("mitmdump"), "-q", *_options(port, confdir, told["ca"])]
            )
            stack.callback(plain.wait)
            stack.callback(plain.terminate)
            await listening(port)
            authority = confdir / "mitmproxy-ca-cert.pem"
            async with (
                way(told["url"], up["proxy"], up["authority"], creditline.process.pid) as ours,
                way(told["url"], f"http://127.0.0.1:{port}", str(authority), plain.pid) as theirs,
            ):
                yield cls(ours, theirs, creditline)

    def settle(self, ours: bool) -> None:  # noqa: ARG002
        """Wait until the workers have nothing left to do."""
        self._creditline.answer("drain")

    def pending(self) -> int:
        """How many pictures wait for the workers or are with them."""
        return int(self._creditline.answer("pending")["pending"])

    def workers(self) -> list[int]:
        """The process ids of Creditline's workers."""
        found = Path(f"/proc/{self.ours.pid}/task").glob("*/children")
        return [int(pid) for path in found for pid in path.read_text(encoding="ascii").split()]


@contextlib.asynccontextmanager
async def way(url: str, proxy: str, authority: str, pid: int) -> AsyncIterator[Way]:
    """One kept-alive connection through a proxy."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:
        yield Way(session, proxy, ssl.create_default_context(cafile=authority), url, pid)


def _options(port: int, confdir: Path, ca: str) -> list[str]:
    sets = (f"confdir={confdir}", f"ssl_verify_upstream_trusted_ca={ca}")
    return ["--listen-host=127.0.0.1", f"--listen-port={port}", *(f"--set={pair}" for pair in sets)]


def free_port() -> int:
    """A port that nothing listens on right now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


async def listening(port: int) -> None:
    """Wait until something accepts connections there."""
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return


async def by_turns(
    wire: Wire,
    rounds: int,
    size: int,
    *,
    before: Callable[[bool], None],
) -> tuple[list[float], list[float]]:
    """Milliseconds through Creditline and through the plain proxy, after one round to warm up.

    `before(ours)` is called before each upload and is not timed.
    """
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(-1, rounds):
        data = padded(jpeg(4000, 3000), size, number)
        for ours in (True, False) if number % 2 else (False, True):
            before(ours)
            taken = await (wire.ours if ours else wire.plain).upload(data)
            if number >= 0:
                times[0 if ours else 1].append(taken)
    return times


async def upload_3_mb() -> Line:
    """What the addon costs an upload that is held in memory; the workers are idle."""
    async with Wire.start() as wire:
        ours, plain = await by_turns(wire, 60, 3 * MB, before=wire.settle)
    return ratio(UPLOAD_3, ours, plain, against="plain mitmdump", goal=1.10)


async def upload_20_mb() -> tuple[Line, Line]:
    """What it costs one that is streamed to disk, in time and in memory; the workers are idle."""
    async with Wire.start() as wire:
        ours, plain = await by_turns(wire, 20, 20 * MB, before=wire.settle)
        peak, theirs = wire.ours.peak() / MIB, wire.plain.peak() / MIB
    return (
        ratio(UPLOAD_20, ours, plain, against="plain mitmdump", goal=1.5),
        Amount(MEMORY, peak, "MiB", 120, f"plain mitmdump {theirs:.0f} MiB"),
    )


async def upload_beside_work() -> Line:
    """What it costs while the workers have more to do than they can; in the plain proxy's turns they stand still."""
    async with Wire.start() as wire:
        for number in range(BACKLOG):
            picture = jpeg(4000, 3000, seed=number % MOTIFS)
            await wire.ours.upload(padded(picture, 3 * MB, 1_000_000 + number))
        workers = wire.workers()

        def take_turns(ours: bool) -> None:
            for pid in workers:
                os.kill(pid, signal.SIGCONT if ours else signal.SIGSTOP)
            time.sleep(SETTLE_SECONDS)

        ours, plain = await by_turns(wire, 120, 3 * MB, before=take_turns)
        left = wire.pending()
        take_turns(ours=True)
    if left == 0:
        return Skipped(BESIDE, "the workers were done before the uploads were")
    return ratio(BESIDE, ours, plain, against="plain mitmdump, workers stopped", goal=1.25, of=0.95)


UPLOAD_3 = "3 MB upload"
UPLOAD_20 = "20 MB upload"
MEMORY = f"{UPLOAD_20}: most memory of the proxy"
BESIDE = f"3 MB upload beside {BACKLOG} pictures' analysis, p95"


def lines() -> Iterator[Line]:
    """Every line of this bench."""
    yield asyncio.run(upload_3_mb()) if asked(UPLOAD_3) else Skipped(UPLOAD_3, NOT_ASKED)
    if asked(UPLOAD_20):
        yield from asyncio.run(upload_20_mb())
    yield asyncio.run(upload_beside_work()) if asked(BESIDE) else Skipped(BESIDE, NOT_ASKED)


if __name__ == "__main__":
    sys.exit(main(lines))
