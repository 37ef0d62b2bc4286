"""`creditline log`: observations, and whether their chain holds."""

from __future__ import annotations

import sys

import click

from creditline.cli._options import open_context, plain, print_json
from creditline.cli.main import EXIT_LOST


@click.command()
@click.option("--site", help="Only this site.")
@click.option("--since", help="Only from this time on, ISO 8601.")
@click.option("--verify", is_flag=True, help="Check the chain instead of listing; exit code 1 where it is broken.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object an observation.")
@click.pass_context
def command(ctx: click.Context, site: str | None, since: str | None, verify: bool, as_json: bool) -> None:
    """List observations, oldest first, or verify the chain that makes them tamper-evident."""
    from creditline.ledger import queries

    ledger = open_context(ctx).ledger
    if verify:
        report = ledger.verify()
        if as_json:
            print_json([report.to_json()])
        elif report.ok:
            click.echo(f"The chain holds: {report.checked} observations checked.")
        else:
            missing = f", {report.missing} missing" if report.missing else ""
            where = report.first_bad or ("a removed observation" if report.missing else "its end")
            click.echo(f"The chain is broken at {where} ({report.checked} checked{missing}).")
        sys.exit(0 if report.ok else EXIT_LOST)
    after = None
    while page := queries.observations(ledger, site=site, since=since, after=after):
        for seen in page:
            if as_json:
                print_json([seen.to_json()])
            else:
                size = f"{seen.width}×{seen.height}" if seen.width else seen.missed or seen.format or seen.state
                name = seen.filename or seen.url or (seen.sha256 or "")[:12]
                line = f"{seen.at}  {seen.stage:<8}  {seen.site or '–':<16}  {size:<11}  {name}  {seen.id}"
                click.echo(plain(line))
        after = page[-1].id
