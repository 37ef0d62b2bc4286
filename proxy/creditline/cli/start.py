"""`creditline start`: the proxy and the dashboard, until Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Any

import click

from creditline.cli._options import open_context, settings_options
from creditline.model.errors import SettingsError

if TYPE_CHECKING:
    from creditline.runtime.serve import Running
    from creditline.services.context import Context

DRAIN_SECONDS = 120
"""How long the end waits for pictures that were already taken in; the rest is taken up at the next start."""

LAST_PORT = 65535


@click.command()
@click.option("--no-proxy", is_flag=True, help="Only the dashboard and the API.")
@settings_options()
@click.pass_context
def command(ctx: click.Context, /, no_proxy: bool, **options: Any) -> None:
    """Run the proxy and the dashboard until Ctrl-C, then finish what was seen."""
    context = open_context(ctx, options)
    for flag, port in (("--port", context.settings.port), ("--proxy-port", context.settings.proxy_port)):
        if port > LAST_PORT:
            raise SettingsError(f"{port} is no port", next_step=f"choose one up to {LAST_PORT} with {flag}, or 0")
    asyncio.run(_start(context, proxy=not no_proxy))


async def _start(context: Context, *, proxy: bool) -> None:
    from creditline.ledger.retention import expire
    from creditline.runtime.serve import serving

    ledger = context.ledger
    await asyncio.to_thread(expire, ledger, now=ledger.now(), days=context.settings.retention_days)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, stop.set)
        except NotImplementedError:  # Windows: Ctrl-C arrives as KeyboardInterrupt instead
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stop.set))
    async with serving(context, proxy=proxy) as running:
        click.echo(f"Dashboard  {running.sign_in_link()}")
        click.echo("           (the link works once, for five minutes)")
        if running.proxy is not None:
            click.echo(f"Proxy      {running.proxy}")
            click.echo(f"           certificate: {running.authority}")
            click.echo(
                "           `creditline doctor` lists the hosts that are opened; all others pass undecrypted."
            )
        click.echo(f"Data       {context.home}")
        click.echo("Ctrl-C ends it.")
        await stop.wait()
        await drained(running)


async def drained(running: Running) -> None:
    """Finish what was taken in, and say so where it takes a moment."""
    if running.recorder.pending:
        click.echo(f"Finishing {running.recorder.pending} pictures…", err=True)
        await asyncio.to_thread(running.recorder.drain, DRAIN_SECONDS)
