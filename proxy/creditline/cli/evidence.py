"""`creditline evidence`: a package that can be checked later, by anyone, offline."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from creditline.cli._options import open_context, plain, print_json
from creditline.cli.main import EXIT_DONE, EXIT_LOST


@click.group()
def command() -> None:
    """Export observations with their pictures as a package, or check one."""


@command.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, metavar="OUT.wacz", help="The file."
)
@click.option(
    "--redact", is_flag=True, help="Leave addresses, accounts, names and places out; the chain still holds."
)
@click.option("--force", is_flag=True, help="Write over OUT if it is there.")
@click.pass_context
def export(ctx: click.Context, ids: tuple[str, ...], output: Path, redact: bool, force: bool) -> None:
    """Write the works, observations or audits named by ID to OUT, a web archive (WACZ).

    It holds the pictures, what each says, the audits, and each observation as the ledger's chain covers it. Keep the
    digest that is printed somewhere else: it shows later that the package is still this one. Pictures are not redacted.
    """
    from creditline.evidence.package import export as make
    from creditline.evidence.verify import verify as check
    from creditline.model.whole_file import write_whole
    from creditline.services.output import check_target

    check_target(output, force=force)
    ledger = open_context(ctx).ledger
    write_whole(output, make(ledger, ids, redact=redact, at=ledger.now()))
    found = check(output)
    click.echo(plain(f"{output}: {found.observations} observations, digest sha256:{found.digest}"))


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def verify(file: Path, as_json: bool) -> None:
    """Check a package, offline: hashes, pictures, and each observation against the chain; exit code 1 where one fails.

    That it holds shows that nothing in it was changed since it was made, not who made it.
    """
    from creditline.evidence.verify import verify as check

    found = check(file)
    if as_json:
        print_json([found.to_json() | {"path": str(file)}])
    else:
        for one in found.checks:
            click.echo(plain(f"{'holds ' if one.holds else 'FAILS '} {one.name}: {one.detail}"))
        click.echo(f"digest sha256:{found.digest}")
    sys.exit(EXIT_DONE if found.holds else EXIT_LOST)
