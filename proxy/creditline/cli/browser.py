"""`creditline browser`: a window in which uploads are followed, with nothing to set up."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from creditline.cli._options import open_context, settings_options
from creditline.cli.start import drained
from creditline.model.errors import UsageError

if TYPE_CHECKING:
    from creditline.services.context import Context

BROWSERS = ("chromium", "firefox")


@click.command()
@click.argument("url", required=False)
@click.option("--browser", type=click.Choice(BROWSERS), help="Which one [default: Chromium, or else Firefox].")
@settings_options("port", "proxy_port", "reattach", "credit_uploads")
@click.pass_context
def command(ctx: click.Context, /, url: str | None, browser: str | None, **options: Any) -> None:
    """Open a browser window of its own that goes through Creditline, and record until it is closed.

    Its first page proves that the proxy works; URL is offered there as the next step. Your own browser and its
    profile are not touched: the certificate is trusted, and the extension loaded, in this window's profile only,
    which is removed when the window is closed.
    """
    name, executable = _chosen(browser)
    if url is not None and not url.startswith(("https://", "http://")):
        raise UsageError(f"{url!r} is no address; it begins with https:// or http://")
    # Any free ports, unless they were named: `start` may be running beside.
    given = {key: 0 if value is None and key.endswith("port") else value for key, value in options.items()}
    context = open_context(ctx, given)
    asyncio.run(_open(context, name, executable, url))


def _chosen(browser: str | None) -> tuple[str, Path]:
    from creditline.browser.chromium import find_chromium, require_chromium
    from creditline.browser.firefox import find_firefox, require_firefox

    if browser == "firefox" or (browser is None and find_chromium() is None and find_firefox() is not None):
        return "firefox", require_firefox()
    return "chromium", require_chromium()


async def _open(context: Context, name: str, executable: Path, url: str | None) -> None:
    from creditline.runtime.window import opened

    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    with tempfile.TemporaryDirectory(prefix="creditline-browser-", ignore_cleanup_errors=True) as folder:
        async with opened(context, name, executable, Path(folder, "profile"), url=url) as (running, process):
            click.echo(f"{name.capitalize()} is open; close its window, or press Ctrl-C, to end.")
            click.echo(f"Dashboard  {running.sign_in_link()}")
            await asyncio.wait(
                {asyncio.create_task(process.wait()), asyncio.create_task(ended.wait())},
                return_when=asyncio.FIRST_COMPLETED,
            )
            await drained(running)
