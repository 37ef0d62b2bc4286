"""`creditline index`: the fingerprint search in numbers, and codes made anew."""

from __future__ import annotations

import sys

import click

from creditline.cli._options import open_context, print_json

EVERY = 100
"""Pictures between two lines of progress where standard error is no terminal."""


@click.group()
def command() -> None:
    """Show what the fingerprint search holds, or make its codes anew."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def stats(ctx: click.Context, as_json: bool) -> None:
    """Print the engine, its memory, and for each kind of code how many there are and of which making."""
    from creditline.services import reindex

    context = open_context(ctx)
    found = reindex.stats(context.ledger, context.settings)
    if as_json:
        print_json([found])
        return
    click.echo(f"Engine   {found['engine']}, {found['memory']:,} bytes of memory")
    click.echo(f"Version  {found['version']}")
    for kind in found["kinds"]:
        old = f", {kind['outdated']:,} of another version (creditline index rebuild)" if kind["outdated"] else ""
        bad = f", {kind['undecodable']:,} undecodable" if kind["undecodable"] else ""
        click.echo(f"{kind['kind']:<26} {kind['searched']:>9,} searched of {kind['pictures']:,}{bad}{old}")
    if not found["kinds"]:
        click.echo("No fingerprint is known yet.")


@command.command()
@click.option("--all", "every", is_flag=True, help="Also codes that are of this version.")
@click.pass_context
def rebuild(ctx: click.Context, every: bool) -> None:
    """Make codes of another version anew from the kept pictures; interrupted, it goes on where it stopped.

    A running `creditline start` takes the new ones in by itself.
    """
    from creditline.services import reindex

    context = open_context(ctx)
    done = reindex.rebuild(context.ledger, context.settings, every=every, progress=_progress)
    for sha256 in done.unreadable:
        click.echo(f"creditline: {sha256} could not be read; its codes stay as they are.", err=True)
    table = "" if done.refilled is None else f"; the database holds {done.refilled:,} codes"
    click.echo(f"Made the codes of {done.pictures:,} pictures anew{table}.")


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done:,} of {of:,}", err=True, nl=done == of)
    elif done % EVERY == 0:
        click.echo(f"{done:,} of {of:,}", err=True)
