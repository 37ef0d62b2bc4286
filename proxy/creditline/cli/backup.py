"""`creditline backup`: ledger and pictures in one file."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from creditline.cli._options import open_context
from creditline.cli.main import EXIT_LOST, complain
from creditline.model.errors import LedgerError


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE where it exists.")
@click.pass_context
def command(ctx: click.Context, file: Path, force: bool) -> None:
    """Write the ledger and every kept picture to FILE (a ZIP); unpacked, it is a data folder again.

    Exit code 1 where a kept picture is missing from the picture store or damaged there.
    """
    from creditline.ledger.backup import backup

    made = backup(open_context(ctx).ledger, file, force=force)
    click.echo(f"{file}: the ledger and {made.pictures} pictures.")
    for sha256 in made.absent:
        complain(LedgerError(f"the picture {sha256} is missing or damaged in the store, and so not in the backup"))
    if made.absent:
        sys.exit(EXIT_LOST)
