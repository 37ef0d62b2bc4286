"""`creditline purge`: forget on request; the chain still verifies."""

from __future__ import annotations

import click

from creditline.cli._options import open_context
from creditline.model.errors import UsageError


@click.command()
@click.option("--work", help="A work's id.")
@click.option("--site", help="Everything seen on a site.")
@click.option("--before", help="Everything before a time, ISO 8601.")
@click.option("--account", help="Everything of an account.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and keep it.")
@click.pass_context
def command(
    ctx: click.Context, work: str | None, site: str | None, before: str | None, account: str | None, dry_run: bool
) -> None:
    """Forget pictures, readings and personal values; observations stay as hashes, so that the chain verifies.

    With several conditions, what meets all of them is forgotten.
    """
    from creditline.ledger.retention import purge

    if not any((work, site, before, account)):
        raise UsageError("name what to forget: --work, --site, --before or --account")
    done = purge(open_context(ctx).ledger, work=work, site=site, before=before, account=account, dry_run=dry_run)
    verb = "Would forget" if dry_run else "Forgot"
    click.echo(
        f"{verb} {done.values} personal values of {done.observations} observations, {done.readings} readings"
        f" and {len(done.pictures)} pictures ({done.bytes:,} bytes)."
    )
