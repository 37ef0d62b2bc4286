"""`creditline db`: the ledger's schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from creditline.cli._options import home_of, open_context


@click.group()
def command() -> None:
    """Show or upgrade the ledger's schema."""


@command.command()
@click.pass_context
def status(ctx: click.Context) -> None:
    """Print where the ledger lies and which revision it has; changes nothing."""
    from creditline.ledger import engine, migrate, schema
    from creditline.model.settings import load

    home = home_of(ctx)
    url = engine.address(home, load(home))
    found = None
    if not _is_absent(url):  # to connect to a file is to make it
        base = engine.connect(url)
        try:
            with engine.reading(base) as connection:
                found = migrate.revision(connection)
        finally:
            base.dispose()
    click.echo(f"Ledger    {url.render_as_string(hide_password=True)}")
    click.echo(f"Revision  {found or 'none yet'}, newest known {schema.REVISIONS[-1]}")


def _is_absent(url: Any) -> bool:
    return url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists()


@command.command()
@click.pass_context
def upgrade(ctx: click.Context) -> None:
    """Bring the ledger to the newest revision; a copy of the file is kept beside it."""
    ledger = open_context(ctx).ledger
    click.echo(f"{ledger.address} is up to date.")
