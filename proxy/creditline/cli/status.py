"""`creditline status`: one screen."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import click

from creditline.cli._options import open_context, plain

if TYPE_CHECKING:
    from creditline.model.settings import Settings


@click.command()
@click.pass_context
def command(ctx: click.Context) -> None:
    """Show what is running, what was seen, which sites strip, and what was missed and why."""
    from creditline.ledger import overview, queries

    context = open_context(ctx)
    counts = overview.counts(context.ledger)
    click.echo(f"Server     {_listening(context.settings, context.settings.port)}")
    click.echo(f"Proxy      {_listening(context.settings, context.settings.proxy_port)}")
    click.echo(f"Data       {context.home}")
    click.echo(
        f"Seen       {counts.originals} originals, {counts.uploaded} uploads, {counts.served} served copies"
        f" of {counts.works} works on {counts.sites} sites"
    )
    stripping = ", ".join(counts.stripping_sites) or "none seen so far"
    click.echo(f"Stripping  {stripping}")
    misses = queries.misses(context.ledger)
    if not misses:
        click.echo("Missed     nothing")
    for miss in misses:
        where = f" at {miss.site}" if miss.site else ""
        click.echo(plain(f"Missed     {miss.times} ×{where}: {miss.message} ({miss.code})"))


def _listening(settings: Settings, port: int) -> str:
    if port == 0:
        return "on a free port that `creditline start` prints"
    with socket.socket() as probe:
        probe.settimeout(0.5)
        up = probe.connect_ex((settings.host, port)) == 0
    return f"http://{settings.host}:{port} {'answers' if up else 'is not running; `creditline start` starts it'}"
