"""The ready-made browser with everything behind it: proxy, server, start page, a token that ends with the window."""

from __future__ import annotations

import asyncio
import functools
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from creditline.browser.ready import Setting, window
from creditline.capture.restore_question import RestoreQuestion
from creditline.capture.start_page import PATTERN, URL, StartPage
from creditline.capture.trust import ensure_authority, spki_pin
from creditline.runtime.serve import Running, serving
from creditline.server.tokens import Tokens
from creditline.services.context import CERTIFICATES
from creditline.vocab import sites

if TYPE_CHECKING:
    import asyncio.subprocess
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

    from creditline.services.context import Context


@asynccontextmanager
async def opened(
    context: Context,
    browser: str,
    executable: Path,
    profile: Path,
    *,
    url: str | None = None,
    flags: Sequence[str] = (),
    extra: Sequence[Any] = (),
    proxy_options: Mapping[str, Any] | None = None,
) -> AsyncIterator[tuple[Running, asyncio.subprocess.Process]]:
    """A window of `browser` on the start page, until the block ends; `url` is offered there as the next step.

    `flags` go to the browser, `extra` and `proxy_options` to the proxy, as `serving` takes them.

    Raises:
        SettingsError: a port cannot be had.
        MissingPartError, UsageError, BrowserError: as `browser.ready.window`.
    """
    known = sites.load(context.home)
    tokens = Tokens(context.home)
    names = tuple(dict.fromkeys([*(p.name for p in known.profiles), *(host for host, _ in known.hosts)]))
    authority = await asyncio.to_thread(ensure_authority, context.home / CERTIFICATES)
    question = RestoreQuestion(context.home, restoring=context.settings.reattach == "served")
    page = StartPage(names, question, target=url)
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(
            serving(context, extra=[page, *extra], proxy_options=proxy_options, waited_for=True, restorable=True)
        )
        assert running.proxy is not None  # noqa: S101 - it was asked for
        question.switch = functools.partial(setattr, running.mender, "active")
        page.dashboard = running.sign_in_link
        page.listener = running.address
        token = tokens.issue()
        stack.callback(tokens.revoke, token)
        setting = Setting(
            proxy=running.proxy,
            server=running.server,
            patterns=(*known.patterns(), PATTERN),
            authority=authority,
            pin=spki_pin(authority.read_bytes()),
            token=token,
            capture=known.pages(),
        )
        process = await stack.enter_async_context(window(browser, executable, profile, setting, URL, flags=flags))
        yield running, process
