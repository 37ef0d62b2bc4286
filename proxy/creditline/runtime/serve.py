"""Proxy, server and recorder on one event loop: what `creditline start` and `creditline demo` run."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import functools
import gc
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from creditline.capture.addon import CreditlineAddon
from creditline.capture.crediter import Crediter
from creditline.capture.mender import Mender, Splicer
from creditline.capture.trust import ensure_authority
from creditline.model.errors import SettingsError
from creditline.runtime.proxy import running_proxy
from creditline.server.app import MAX_LINE, make_app
from creditline.server.sign_in import SignIn
from creditline.server.tokens import Tokens
from creditline.services.context import CERTIFICATES
from creditline.services.recorder import Recorder
from creditline.services.repair import Repairer
from creditline.vocab import sites

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

    from creditline.services.context import Context
    from creditline.services.refs import Refs


SWITCH_SECONDS = 0.0005
"""How long one thread may keep the interpreter while another waits (Python's own default is 5 ms)."""


@dataclass(frozen=True, slots=True)
class Running:
    """What is up: addresses, the recorder, and the proxy's certificate authority (None without a proxy).

    `mender` restores served copies while it is `active`; None where that cannot be switched on any more.
    """

    server: str
    proxy: str | None
    recorder: Recorder
    authority: Path | None
    sign_in: SignIn
    mender: Mender | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of the server."""
        host, _, port = self.server.removeprefix("http://").rpartition(":")
        return host, int(port)

    def sign_in_link(self) -> str:
        """A link that opens the dashboard once, within five minutes."""
        return f"{self.server}{self.sign_in.issue()}"


@asynccontextmanager
async def serving(
    context: Context,
    *,
    proxy: bool = True,
    extra: Sequence[Any] = (),
    proxy_options: Mapping[str, Any] | None = None,
    waited_for: bool = False,
    restorable: bool = False,
) -> AsyncIterator[Running]:
    """Everything that `start` runs, until the block ends; then what was taken in is read and written down.

    Args:
        context: the opened data folder; its settings give addresses and ports.
        proxy: whether to run the proxy, too.
        extra: mitmproxy addons beside ours.
        proxy_options: mitmproxy options beside ours.
        waited_for: whether somebody waits for what is read; else the workers give way to all that runs.
        restorable: whether restoring served copies can be switched on later, where the settings do not say so.

    Raises:
        SettingsError: a port cannot be had.
    """
    settings, home = context.settings, context.home
    # The thread that writes the ledger shares the interpreter with the wire, which must not wait 5 ms for its turn.
    sys.setswitchinterval(SWITCH_SECONDS)
    _tidy_memory()
    async with AsyncExitStack() as stack:
        recorder = await asyncio.to_thread(Recorder, context.ledger, settings, waited_for=waited_for)
        stack.push_async_callback(asyncio.to_thread, recorder.close)
        stack.callback(setattr, context, "recorder", None)
        context.recorder = recorder
        sign_in, tokens = SignIn(), Tokens(home)
        server = await stack.enter_async_context(_server(context, sign_in, tokens))
        address = authority = mender = None
        if proxy:
            authority = await asyncio.to_thread(ensure_authority, home / CERTIFICATES)
            known = sites.load(home)
            addon = CreditlineAddon(recorder.submit, known, settings, home=home, on_missed=recorder.note_missed)
            crediter = Crediter(addon)
            ours: list[Any] = [crediter, addon]
            restoring = settings.reattach == "served"
            if restoring or restorable:
                repairer = Repairer(home, settings)
                stack.push_async_callback(asyncio.to_thread, repairer.close)
                deadline, prepare = settings.reattach_deadline, repairer.prepare
                mender = Mender(repairer.submit, known, deadline, active=restoring, prepare=prepare)
                recorder.on_work = mender.prepare
                ours = [mender, crediter, addon, Splicer(functools.partial(_ref, context.refs, tokens))]
            port = await stack.enter_async_context(
                running_proxy(
                    host=settings.host,
                    port=settings.proxy_port,
                    confdir=home / CERTIFICATES,
                    extra=[*ours, *extra],
                    settings=dict(proxy_options or {}),
                )
            )
            address = f"http://{settings.host}:{port}"
        yield Running(server, address, recorder, authority, sign_in, mender)


def _ref(refs: Refs, tokens: Tokens, url: str) -> str | None:
    return refs.fresh(url) if tokens.paired() else None


def _tidy_memory() -> None:
    """Begin small: what the imports left is given back, and what they made is never searched for garbage again."""
    gc.collect()
    gc.freeze()
    if sys.platform == "linux":
        # glibc gives each thread a heap of its own, which holds on to what was freed; under the interpreter's lock
        # one serves all (mallopt(3), M_ARENA_MAX). Other C libraries have one anyway.
        with contextlib.suppress(AttributeError, OSError):
            library = ctypes.CDLL(None)
            library.mallopt(-8, 1)
            library.malloc_trim(0)


@asynccontextmanager
async def _server(context: Context, sign_in: SignIn, tokens: Tokens) -> AsyncIterator[str]:
    """The dashboard and the API; yields their address."""
    settings = context.settings
    # The guard needs the port that was really bound, so the socket comes before the application.
    loop = asyncio.get_running_loop()
    try:
        family = (await loop.getaddrinfo(settings.host, settings.port))[0][0]
        sock = _bound(family, settings.host, settings.port)
    except OSError as error:
        raise SettingsError(
            f"the server cannot listen on {settings.host}:{settings.port}: {error.strerror or error}",
            next_step="choose another port with --port, or 0 for any free one.",
        ) from error
    port = sock.getsockname()[1]
    app = make_app(context, address=(settings.host, port), sign_in=sign_in, tokens=tokens)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0, max_line_size=MAX_LINE)
    await runner.setup()
    try:
        await web.SockSite(runner, sock).start()
        yield f"http://{settings.host}:{port}"
    finally:
        await runner.cleanup()
        sock.close()


def _bound(family: int, host: str, port: int) -> Any:
    import socket

    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock
