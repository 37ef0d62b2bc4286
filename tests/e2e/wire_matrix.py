"""Every wire form under every condition, through a real proxy: what was recorded of each."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import random
import ssl
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tests import wire
from tests.e2e import rig
from tests.e2e.wire_site import Client, WireSite

from creditline.demo.authority import make_authority
from creditline.ledger import queries
from creditline.services.context import Context
from creditline.services.sessions import IDLE_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.wire import Form, Turn

    from creditline.model.observation import Observation

CONDITIONS = (
    "HTTP/1.1",
    "HTTP/2",
    "Expect: 100-continue",
    "gzip body",
    "out of order",
    "duplicated",
    "resumed",
    "aborted",
    "client reset",
)
STREAM_ABOVE = 8 * 1024
"""Low, so that small pictures are streamed, too: a broken request then reaches the site in part."""
NOISE = 60_000
RECORDED_AS = {"aborted": "aborted", "client reset": "interrupted"}


@dataclass
class Bench:
    """A site, a running Creditline, and who sends."""

    site: WireSite
    context: Context
    running: rig.Running
    trust: Path
    count: int = 0
    sent: dict[str, str] = field(default_factory=dict)

    def client(self, *, http2: bool = False) -> Client:
        assert self.running.proxy is not None
        return Client(
            self.running.proxy, wire.HOST, lambda: ssl.create_default_context(cafile=str(self.trust)), http2=http2
        )

    def named(self, turn: Turn) -> str:
        self.count += 1
        name = str(self.count)
        self.site.turns[name] = turn
        return name

    async def send(self, client: Client, turn: Turn, *, expect: bool = False) -> None:
        """Send a turn; it must arrive as it was sent, and be answered as the site answers."""
        name = self.named(turn)
        assert turn.status == await client.send(turn, name, expect=expect and bool(turn.body)), turn.path
        assert wire.sha(turn.body) == self.site.got[name].digest.hexdigest(), turn.path

    async def broken(self, client: Client, turn: Turn) -> int:
        """Break a turn off in the middle; how many bytes reached the site."""
        name = self.named(turn)
        await client.send(turn, name, cut=len(turn.body) // 2)
        # A body that the proxy holds until it is whole never reaches the site.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                return (await self.site.ended(name)).length
        return 0

    async def observations(self) -> list[Observation]:
        """Everything recorded, when everything taken in is in the ledger and what never ended is given up."""
        await asyncio.sleep(0.2)
        assert await asyncio.to_thread(self.running.recorder.drain, rig.DRAIN_SECONDS)
        self.running.recorder.end_idle(time.time() + IDLE_SECONDS + 60)
        assert await asyncio.to_thread(self.running.recorder.drain, rig.DRAIN_SECONDS)
        return await asyncio.to_thread(queries.observations, self.context.ledger, limit=None)


@contextlib.asynccontextmanager
async def bench(
    folder: Path, *, http2: bool = True, proxy_options: dict[str, object] | None = None, **options: object
) -> AsyncIterator[Bench]:
    """Site, proxy, server and recorder, until the block ends."""
    home = folder / "home"
    (home / "sites").mkdir(parents=True)
    profile = rig.PROFILE.partition("[[upload]]")[0]
    (home / "sites" / "rig.toml").write_text(profile, encoding="utf-8")
    said = {
        "port": 0,
        "proxy_port": 0,
        "capture_private_hosts": True,
        "stream_above": STREAM_ABOVE,
        "geometry": False,
    }
    context = Context.open(home, options=said | options)
    (folder / "site").mkdir()
    authority = make_authority([wire.HOST], folder / "site")
    (folder / "site" / "ca.pem").write_bytes(authority.ca_pem)
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(context.close)
        site = await stack.enter_async_context(WireSite().start(authority.context, http2=http2))
        up = await stack.enter_async_context(
            rig.serving(
                context,
                extra=[rig.Reroute([wire.HOST], site.port)],
                proxy_options={"ssl_verify_upstream_trusted_ca": str(folder / "site" / "ca.pem")}
                | (proxy_options or {}),
                waited_for=True,
            )
        )
        assert up.authority is not None
        yield Bench(site, context, up, up.authority)


def applies(form: Form, condition: str) -> str | None:
    """Why a condition does not apply to a form, or None: it does."""
    if condition == "out of order" and form.pieces == 1:
        return "one request"
    if condition == "out of order" and form.ordered:
        return "the protocol refuses it"
    if condition == "gzip body" and form.gzip is None:
        return "clients do not"
    if condition == "aborted" and form.abort is None:
        return "no request says it"
    return None


def _gzipped(turn: Turn) -> Turn:
    if not turn.chunk:
        return turn
    return replace(turn, body=gzip.compress(turn.body), headers=(*turn.headers, ("Content-Encoding", "gzip")))


def _mixed(turns: list[Turn], seed: int) -> list[Turn]:
    """The pieces in another order, never their own; for joined uploads each with its creation before it."""
    places = [n for n, turn in enumerate(turns) if turn.chunk]
    order = places[:]
    while order == places:
        random.Random(seed).shuffle(order)
        seed += 1
    mixed = list(turns)
    for place, source in zip(places, order, strict=True):
        mixed[place] = turns[source]
    created = [turn for turn in mixed if not turn.chunk]
    if len(created) > 2:  # partial uploads: all are made first
        return [*created[:-1], *(turn for turn in mixed if turn.chunk), created[-1]]
    return mixed


async def run(up: Bench, form: Form, condition: str, picture: bytes, tag: str) -> None:
    """One form's conversation under one condition."""
    turns = form.talk(picture, tag)
    client = up.client(http2=condition == "HTTP/2")
    first = next(n for n, turn in enumerate(turns) if turn.chunk)
    try:
        match condition:
            case "gzip body":
                turns = [_gzipped(turn) for turn in turns]
            case "out of order":
                turns = _mixed(turns, len(tag))
            case "duplicated":
                turns = [copy for turn in turns for copy in ([turn, _again(form, turn)] if turn.chunk else [turn])]
            case "resumed":
                await _resumed(up, client, form, picture, tag)
                return
            case "aborted":
                assert form.abort is not None
                turns = [*turns[: first + 2], form.abort(tag)]
            case "client reset":
                broken = next(n for n, turn in reversed(list(enumerate(turns))) if turn.chunk)
                for turn in turns[:broken]:
                    await up.send(client, turn)
                await up.broken(client, turns[broken])
                return
        for turn in turns:
            await up.send(client, turn, expect=condition.startswith("Expect"))
    finally:
        await client.close()


def _again(form: Form, turn: Turn) -> Turn:
    """A piece that comes twice: tus servers refuse the second for its offset."""
    return replace(turn, status=409, answer=b"", answer_headers=()) if form.name == "tus" else turn


async def _resumed(up: Bench, client: Client, form: Form, picture: bytes, tag: str) -> None:
    turns = form.talk(picture, tag)
    places = [n for n, turn in enumerate(turns) if turn.chunk]
    broken = places[min(1, len(places) - 1)]
    for turn in turns[:broken]:
        await up.send(client, turn)
    arrived = await up.broken(client, turns[broken])
    rest = turns[broken:]
    if form.again is not None and form.ordered:
        start = wire.thirds(picture)[1][0] if form.pieces > 1 else 0
        rest = form.again(picture, tag, start + arrived)
    for turn in rest:
        await up.send(client, turn)


def cell(form: Form, condition: str, picture: bytes, seen: list[Observation]) -> str:
    """What the record says of one conversation; raises AssertionError where it says something wrong."""
    forms = {one.form for one in seen}
    assert forms <= {form.code}, forms
    whole = [one for one in seen if one.sha256 == wire.sha(picture)]
    if condition in RECORDED_AS:
        assert not whole
        (why,) = {one.missed for one in seen}
        assert all(one.state != "present" or why == "incomplete" for one in seen)
        return f"recorded: {why}"
    if form.name.startswith("encrypted"):
        assert {"encrypted"} >= {one.missed for one in seen if one.missed != "incomplete"}
        return "seen, unreadable" if seen else "not seen"
    assert whole, [(one.missed, one.bytes) for one in seen]
    assert 1 == len({one.work for one in whole})
    assert len(whole) <= (2 if condition == "duplicated" and form.pieces == 1 else 1)
    # A request that broke off before it came again is on record, too.
    assert {None, "incomplete"} >= {one.missed for one in seen}, [one.missed for one in seen]
    return "seen, equal"


async def table(folder: Path, *, one_in: int = 1) -> dict[str, dict[str, str]]:
    """Every cell, or one in so many: form's name → condition → what it says."""
    found: dict[str, dict[str, str]] = {}
    async with bench(folder) as up:
        talks = []
        for number, form in enumerate(wire.FORMS):
            row = found[f"{form.code} {form.name}"] = {}
            for column, condition in enumerate(CONDITIONS):
                if (number + column) % one_in:
                    continue
                reason = applies(form, condition)
                if reason is not None:
                    row[condition] = f"– ({reason})"
                    continue
                tag = f"w{number}x{column}"
                picture = wire.picture(1000 * number + column, NOISE)
                try:
                    await run(up, form, condition, picture, tag)
                except (AssertionError, OSError, TimeoutError) as error:
                    row[condition] = f"FAILED: {type(error).__name__} {error}"
                    continue
                talks.append((form, condition, picture, tag, row))
        every = await up.observations()
        for form, condition, picture, tag, row in talks:
            mine = [one for one in every if one.url is not None and _is_of(one.url, form, picture, tag)]
            mine += [one for one in every if one.sha256 == wire.sha(picture) and one not in mine]
            try:
                row[condition] = cell(form, condition, picture, mine) if mine else "NOT SEEN"
            except (AssertionError, ValueError) as error:
                row[condition] = f"WRONG: {error}"
    return found


def _is_of(url: str, form: Form, picture: bytes, tag: str) -> bool:
    """Whether an address is one of a conversation's: by its tag, or where a form leaves no room for one by its path."""
    if tag in _words(url):
        return True
    path = url.partition(wire.HOST)[2].partition("?")[0]
    return "encrypted" in form.name and path in {turn.path.partition("?")[0] for turn in form.talk(picture, tag)}


def _words(url: str) -> set[str]:
    out = url
    for mark in "/?&=_-:;,#":
        out = out.replace(mark, " ")
    return set(out.split())


def page(found: dict[str, dict[str, str]]) -> str:
    """The reference page."""
    lines = [HEAD, "| form | " + " | ".join(CONDITIONS) + " |", "|---" * (len(CONDITIONS) + 1) + "|"]
    lines += [
        f"| {name} | {' | '.join(row[condition] for condition in CONDITIONS)} |" for name, row in found.items()
    ]
    return "\n".join(lines) + "\n" + TAIL


HEAD = """# Wire forms

How pictures go up, and what Creditline records of each under nine conditions. Written by `make wire-forms` from a run
through the real proxy; `make test` fails when a run says something else.
"""
TAIL = """
- **seen, equal**: one observation, whose SHA-256 is that of the file; the request also reached the site byte for byte.
  A single request that is sent twice is two uploads of one work; a piece that is sent twice changes nothing.
- **seen, unreadable**: the upload is recorded as `encrypted`. Only its receiver can read it.
- **recorded: …**: the upload did not become whole, and the record says why: `aborted` by its sender; `incomplete`, its
  only request broke off; `interrupted`, no further request came for 15 minutes (or Creditline was killed meanwhile).
- **resumed**: a request breaks off in the middle and the client goes on from what the site kept, or sends the piece, or
  the whole, again.
- **–**: the condition does not exist for this form, with the reason.

The bodies of `gzip body` are compressed with `Content-Encoding: gzip`; `deflate`, `br` and `zstd` are undone by the
same code and tested apart. A WebSocket message is looked at by its first bytes only: it is recorded (as F17) when it
begins as a picture. Not covered: HTTP/3 (browsers do not use it through a proxy) and pinned apps.
"""
