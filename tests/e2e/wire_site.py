"""A TLS site that speaks HTTP/1.1 and HTTP/2 and answers each request as its conversation says, and who talks to it."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import h2.config
import h2.connection
import h2.events
import h2.exceptions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.wire import Turn

TURN = "x-turn"
"""The request field by which the site knows which turn this is."""
PATIENCE = 30.0
PIECE = 16_000


@dataclass
class Got:
    """A request's body as it reached the site."""

    length: int = 0
    whole: bool = False
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    def take(self, data: bytes) -> None:
        self.length += len(data)
        self.digest.update(data)


@dataclass
class WireSite:
    """What the site was sent, by turn, and what it is to answer."""

    turns: dict[str, Turn] = field(default_factory=dict)
    got: dict[str, Got] = field(default_factory=dict)
    port: int = 0

    async def ended(self, name: str) -> Got:
        """What came of a turn, when it stands still."""
        async with asyncio.timeout(PATIENCE):
            while name not in self.got:
                await asyncio.sleep(0.01)
        return self.got[name]

    @contextlib.asynccontextmanager
    async def start(self, context: ssl.SSLContext | None, *, http2: bool = True) -> AsyncIterator[WireSite]:
        """The site on a free port, until the block ends; without `context` it speaks plain HTTP/1.1."""
        if context is not None:
            context.set_alpn_protocols(["h2", "http/1.1"] if http2 else ["http/1.1"])
        tasks: set[asyncio.Task[None]] = set()

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            tasks.add(task)
            tls = writer.get_extra_info("ssl_object")
            talk = self._http2 if tls and tls.selected_alpn_protocol() == "h2" else self._http1
            try:
                with contextlib.suppress(OSError, EOFError, h2.exceptions.ProtocolError):
                    await talk(reader, writer)
            finally:
                tasks.discard(task)
                writer.transport.abort()

        server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
        try:
            self.port = server.sockets[0].getsockname()[1]
            yield self
        finally:
            server.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _http1(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _head(reader):
            fields = dict(head[1])
            name, got = fields[TURN], Got()
            try:
                async for data in _body(reader, fields):
                    got.take(data)
                got.whole = True
            finally:
                self.got[name] = got
            turn = self.turns[name]
            said = [*turn.answer_headers, ("content-length", str(len(turn.answer)))]
            if turn.status == 204:
                said = list(turn.answer_headers)
            lines = "".join(f"{key}: {value}\r\n" for key, value in said)
            writer.write(f"HTTP/1.1 {turn.status} X\r\n{lines}\r\n".encode("latin-1") + turn.answer)
            await writer.drain()

    async def _http2(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="latin-1"))
        state.initiate_connection()
        writer.write(state.data_to_send())
        names: dict[int, tuple[str, Got]] = {}
        while data := await reader.read(65536):
            for event in state.receive_data(data):
                match event:
                    case h2.events.RequestReceived():
                        names[event.stream_id] = (dict(event.headers)[TURN], Got())
                    case h2.events.DataReceived():
                        names[event.stream_id][1].take(event.data)
                        state.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                    case h2.events.StreamReset() if event.stream_id in names:
                        name, got = names.pop(event.stream_id)
                        self.got[name] = got
                    case h2.events.StreamEnded():
                        name, got = names.pop(event.stream_id)
                        got.whole = True
                        self.got[name] = got
                        turn = self.turns[name]
                        said = [(key.lower(), value) for key, value in turn.answer_headers]
                        state.send_headers(event.stream_id, [(":status", str(turn.status)), *said])
                        state.send_data(event.stream_id, turn.answer, end_stream=True)
            writer.write(state.data_to_send())
            await writer.drain()


async def _head(reader: asyncio.StreamReader) -> tuple[str, list[tuple[str, str]]] | None:
    try:
        text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = text.split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return first, [(name.strip().lower(), value.strip()) for name, _, value in pairs]


async def _body(reader: asyncio.StreamReader, fields: dict[str, str]) -> AsyncIterator[bytes]:
    if "chunked" in fields.get("transfer-encoding", ""):
        while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
            yield await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readuntil(b"\r\n")
        return
    left = int(fields.get("content-length", "0"))
    while left:
        data = await reader.read(min(left, 65536))
        if not data:
            raise EOFError
        left -= len(data)
        yield data


class Client:
    """Sends turns through a proxy, on one connection until that breaks."""

    def __init__(self, proxy: str, host: str, trust: Callable[[], ssl.SSLContext], *, http2: bool = False) -> None:
        self._proxy = urlsplit(proxy)
        self._host = host
        self._trust = trust()
        self._trust.set_alpn_protocols(["h2"] if http2 else ["http/1.1"])
        self._http2 = http2
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._state: h2.connection.H2Connection | None = None

    async def send(self, turn: Turn, name: str, *, expect: bool = False, cut: int | None = None) -> int | None:
        """Send a turn; its status. `cut`: break the connection after so many bytes of the body, and give None."""
        async with asyncio.timeout(PATIENCE):
            if self._http2:
                return await self._second(turn, name, cut)
            return await self._first(turn, name, expect=expect, cut=cut)

    async def close(self) -> None:
        if self._open is not None:
            self._open[1].transport.abort()
            self._open = self._state = None

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._open is None:
            reader, writer = await asyncio.open_connection(self._proxy.hostname, self._proxy.port)
            writer.write(f"CONNECT {self._host}:443 HTTP/1.1\r\nHost: {self._host}:443\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert b" 200 " in head.split(b"\r\n")[0], head
            await writer.start_tls(self._trust, server_hostname=self._host)
            self._open = (reader, writer)
        return self._open

    async def _first(self, turn: Turn, name: str, *, expect: bool, cut: int | None) -> int | None:
        reader, writer = await self._connected()
        said = [("Host", self._host), (TURN, name), *turn.headers, ("Content-Length", str(len(turn.body)))]
        said += [("Expect", "100-continue")] if expect else []
        lines = "".join(f"{key}: {value}\r\n" for key, value in said)
        writer.write(f"{turn.method} {turn.path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1"))
        if expect:
            head = await _head(reader)
            assert head is not None
            assert " 100" in head[0]
        if cut is not None:
            writer.write(turn.body[:cut])
            await writer.drain()
            await asyncio.sleep(0.3)  # what was sent is to pass the proxy before the connection breaks
            await self.close()
            return None
        writer.write(turn.body)
        await writer.drain()
        head = await _head(reader)
        assert head is not None
        if turn.status != 204:
            async for _ in _body(reader, dict(head[1])):
                pass
        return int(head[0].split()[1])

    async def _second(self, turn: Turn, name: str, cut: int | None) -> int | None:
        reader, writer = await self._connected()
        if self._state is None:
            tls = writer.get_extra_info("ssl_object")
            assert "h2" == tls.selected_alpn_protocol()
            self._state = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="latin-1"))
            self._state.initiate_connection()
        state = self._state
        stream = state.get_next_available_stream_id()
        said = [(":method", turn.method), (":scheme", "https"), (":authority", self._host), (":path", turn.path)]
        said += [(TURN, name), *((key.lower(), value) for key, value in turn.headers)]
        state.send_headers(stream, said, end_stream=not turn.body)
        left = turn.body if cut is None else turn.body[:cut]
        status = None
        while True:
            while left and (room := min(state.local_flow_control_window(stream), PIECE)):
                data, left = left[:room], left[room:]
                state.send_data(stream, data, end_stream=not left and cut is None)
            writer.write(state.data_to_send())
            await writer.drain()
            if cut is not None and not left:
                await asyncio.sleep(0.3)
                await self.close()
                return None
            received = await reader.read(65536)
            assert received, "the proxy hung up"
            for event in state.receive_data(received):
                match event:
                    case h2.events.ResponseReceived(stream_id=answered) if answered == stream:
                        status = int(dict(event.headers)[":status"])
                    case h2.events.DataReceived():
                        state.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                    case h2.events.StreamEnded(stream_id=ended) if ended == stream:
                        writer.write(state.data_to_send())
                        return status
                    case h2.events.StreamReset(stream_id=reset) if reset == stream:
                        return None
