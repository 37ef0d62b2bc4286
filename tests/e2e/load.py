"""Many uploads of all forms at once through `creditline start`, a process of its own that tests measure and break."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import random
import re
import signal
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
from tests import wire
from tests.e2e import rig
from tests.e2e.wire_site import TURN, WireSite
from yarl import URL

from creditline.ledger import queries
from creditline.services.context import Context

if TYPE_CHECKING:
    import subprocess
    from collections.abc import AsyncIterator

    from tests.wire import Form, Turn

    from creditline.model.observation import Observation

FORMS = [form for form in wire.FORMS if not form.name.startswith("encrypted")]
BLOCK = random.Random(5).randbytes(20_000_000)
SMALLEST = 2_500
"""Bytes; below 2 KiB a picture is taken for noise."""
PROXY = re.compile(r"Proxy +(http://\S+)")


@dataclass
class Sent:
    """One upload: what it is, how long its requests took, and whether all were answered as the site answers."""

    form: Form
    sha256: str
    length: int
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)


@dataclass
class Load:
    """A site, and a Creditline that can be ended and begun again in the same data folder."""

    home: Path
    site: WireSite
    options: tuple[str, ...] = ()
    process: subprocess.Popen[str] | None = None
    proxy: str = ""
    count: int = 0

    def begin(self, stack: contextlib.ExitStack) -> None:
        """Start it; it is ended with the stack at the latest."""
        command = [rig.BIN / "creditline", "--home", self.home, "start", "--port", "0", "--proxy-port", "0"]
        self.process = stack.enter_context(rig.program(*command, "--capture-private-hosts", *self.options))
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := PROXY.search(line):
                self.proxy = found[1]
                return
        raise AssertionError(self.process.communicate())

    def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        """End it; its exit code."""
        assert self.process is not None
        return rig.ended(self.process, by)[0]

    def memory(self) -> int:
        """The most that its process ever held, in bytes."""
        assert self.process is not None
        text = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(next(line for line in text.splitlines() if line.startswith("VmHWM:")).split()[1]) * 1024

    def workers(self) -> list[int]:
        """The processes that read pictures for it."""
        assert self.process is not None
        found = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
                if int(fields[1]) == self.process.pid:
                    found.append(int(path.parent.name))
        return found

    async def upload(
        self, client: aiohttp.ClientSession, form: Form, picture: bytes, *, only: int | None = None
    ) -> Sent:
        """Send one picture in a form, or only the first requests of that."""
        self.count += 1
        tag = f"l{self.count}"
        sent = Sent(form, wire.sha(picture), len(picture))
        began = time.perf_counter()
        for turn in form.talk(picture, tag)[:only]:
            here = f"http://127.0.0.1:{self.site.port}"
            said = tuple((key, value.replace(f"https://{wire.HOST}", here)) for key, value in turn.answer_headers)
            await self._send(client, sent, replace(turn, answer_headers=said), f"{here}{turn.path}")
        sent.seconds = time.perf_counter() - began
        return sent

    async def _send(self, client: aiohttp.ClientSession, sent: Sent, turn: Turn, url: str) -> None:
        self.count += 1
        name = str(self.count)
        self.site.turns[name] = replace(turn, body=b"")
        headers = [*turn.headers, (TURN, name)]
        try:
            async with client.request(
                turn.method,
                URL(url, encoded=True),
                data=io.BytesIO(turn.body) if turn.body else None,
                headers=headers,
                proxy=self.proxy or None,
            ) as answer:
                await answer.read()
            if answer.status != turn.status:
                sent.failures.append(f"{turn.path}: {answer.status}")
            elif wire.sha(turn.body) != self.site.got[name].digest.hexdigest():
                sent.failures.append(f"{turn.path}: other bytes reached the site")
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            sent.failures.append(f"{turn.path}: {error!r}")

    async def upload_all(self, pictures: list[tuple[Form, bytes]]) -> list[Sent]:
        """Send all at the same time."""
        connector = aiohttp.TCPConnector(limit=0)
        timeout = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(
            connector=connector, timeout=timeout, skip_auto_headers=["Content-Type"]
        ) as c:
            return list(await asyncio.gather(*(self.upload(c, form, picture) for form, picture in pictures)))

    async def upload_directly(self, pictures: list[tuple[Form, bytes]]) -> list[Sent]:
        """The same load without Creditline: from the client to the site."""
        proxy, self.proxy = self.proxy, ""
        try:
            return await self.upload_all(pictures)
        finally:
            self.proxy = proxy

    async def recorded(self, sent: list[Sent], seconds: float = 60) -> None:
        """Wait until all of these are in the ledger, or so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            record = await asyncio.to_thread(self.record)
            if all(record.times(one.sha256) for one in sent):
                return
            await asyncio.sleep(seconds / 60)

    def record(self) -> Record:
        """What the ledger holds; opened beside the process if that runs."""
        context = Context.open(self.home)
        try:
            every = queries.observations(context.ledger, limit=None)
            kept = {
                one.sha256: hashlib.sha256(context.ledger.blobs.get(one.sha256)).hexdigest() == one.sha256
                for one in every
                if one.sha256 is not None and one.state == "present" and context.ledger.blobs.has(one.sha256)
            }
            verified = context.ledger.verify()
            return Record(every, kept, verified.ok, {miss.code for miss in queries.misses(context.ledger)})
        finally:
            context.close()


@dataclass(frozen=True)
class Record:
    """What a ledger holds: `kept` says of each picture that is there whether its bytes are those it was named by."""

    observations: list[Observation]
    kept: dict[str, bool]
    verified: bool
    misses: set[str]

    def times(self, sha256: str) -> int:
        """How often a picture was recorded as uploaded."""
        return sum(one.sha256 == sha256 and one.stage == "uploaded" for one in self.observations)


def pictures(count: int, largest: int, seed: int = 1) -> list[tuple[Form, bytes]]:
    """So many different pictures in mixed forms; most are small, a few as large as `largest` bytes."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        size = int(SMALLEST * (largest / SMALLEST) ** (chance.random() ** 2.5))
        size = largest if number % 100 == 7 else size
        small = wire.picture(10_000 * seed + number, 0)
        found.append((FORMS[number % len(FORMS)], small + BLOCK[: max(0, size - len(small))]))
    return found


@contextlib.asynccontextmanager
async def loaded(
    folder: Path, *options: str, home: Path | None = None
) -> AsyncIterator[tuple[Load, contextlib.ExitStack]]:
    """A site and a running Creditline, until the block ends."""
    async with WireSite().start(None) as site:
        load = Load(home or folder / "home", site, options)
        with contextlib.ExitStack() as stack:
            await asyncio.to_thread(load.begin, stack)
            yield load, stack


@contextlib.asynccontextmanager
async def plain(load: Load, folder: Path) -> AsyncIterator[Load]:
    """A stock mitmdump before the same site: a proxy that records nothing."""
    port = rig.free_port()
    options = ["--listen-host", "127.0.0.1", "--listen-port", str(port), "--set", f"confdir={folder / 'plain'}"]
    with rig.program(rig.BIN / "mitmdump", "-q", *options) as process:
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            assert process.poll() is None, process.communicate()
            await asyncio.sleep(0.05)
        yield Load(load.home, load.site, proxy=f"http://127.0.0.1:{port}", count=1_000_000, process=process)


def quantile(values: list[float], share: float) -> float:
    """The value below which that share of all lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
