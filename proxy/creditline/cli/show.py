"""`creditline show`: one observation whole."""

from __future__ import annotations

import json

import click

from creditline.cli._options import open_context


@click.command()
@click.argument("observation", metavar="ID")
@click.pass_context
def command(ctx: click.Context, observation: str) -> None:
    """Print one observation with what its picture says, as JSON."""
    from creditline.ledger import queries

    ledger = open_context(ctx).ledger
    seen = queries.observation(ledger, observation)
    reading = queries.reading(ledger, seen.sha256) if seen.sha256 is not None else None
    click.echo(json.dumps(seen.to_json() | {"inspection": reading}, ensure_ascii=False, indent=2))
