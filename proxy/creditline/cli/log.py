"""`creditline log`: observations, and whether their chain holds."""

from __future__ import annotations

import sys

import click

from creditline.cli._options import open_context, print_json
from creditline.cli.main import EXIT_LOST


@click.command()
@click.option("--site", help="Only this site.")
@click.option("--since", help="Only from this time on, ISO 8601.")
@click.option("--verify", is_flag=True, help="Check the chain instead of listing; exit code 1 where it is broken.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object an observation (contract §5).")
@click.pass_context
def command(ctx: click.Context, site: str | None, since: str | None, verify: bool, as_json: bool) -> None:
    """List observations, oldest first, or verify the chain that makes them tamper-evident."""
    from creditline.ledger import queries

    ledger = open_context(ctx).ledger
    if verify:
        report = ledger.verify()
        if as_json:
            print_json([{"schema": "creditline/chain/1", "ok": report.ok, "checked": report.checked}])
        elif report.ok:
            click.echo(f"The chain holds: {report.checked} observations checked.")
        else:
            click.echo(f"The chain is broken at {report.first_bad or 'its end'} ({report.checked} checked).")
        sys.exit(0 if report.ok else EXIT_LOST)
    after = None
    while page := queries.observations(ledger, site=site, since=since, after=after):
        for seen in page:
            if as_json:
                print_json([seen.to_json()])
            else:
                size = f"{seen.width}×{seen.height}" if seen.width else seen.missed or seen.state
                name = seen.filename or seen.url or (seen.sha256 or "")[:12]
                click.echo(f"{seen.at}  {seen.stage:<8}  {seen.site or '–':<16}  {size:<11}  {name}  {seen.id}")
        after = page[-1].id
