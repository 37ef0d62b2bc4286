"""`creditline backup`: ledger and pictures in one file."""

from __future__ import annotations

from pathlib import Path

import click

from creditline.cli._options import open_context


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE where it exists.")
@click.pass_context
def command(ctx: click.Context, file: Path, force: bool) -> None:
    """Write the ledger and every kept picture to FILE (a ZIP); unpacked, it is a data folder again."""
    from creditline.ledger.backup import backup

    made = backup(open_context(ctx).ledger, file, force=force)
    click.echo(f"{file}: the ledger and {made.pictures} pictures.")
