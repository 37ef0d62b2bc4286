"""`creditline report`: what was observed, for people."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from creditline.cli._options import open_context, plain
from creditline.model.errors import UsageError
from creditline.model.whole_file import write_whole
from creditline.report import RENDERERS


@click.command()
@click.option("--site", help="Only this site.")
@click.option("--work", help="Only this work, by its id.")
@click.option("--since", metavar="TIME", help="Only copies seen from this time on, ISO 8601.")
@click.option("--until", metavar="TIME", help="Only copies seen before this time, ISO 8601.")
@click.option(
    "--format",
    "form",
    type=click.Choice([name for name, _ in RENDERERS]),
    help="The format [default: by the ending of OUT, else html].",
)
@click.option(
    "-o", "--output", "out", type=click.Path(path_type=Path), required=True, help="The file; - is stdout."
)
@click.option("--force", is_flag=True, help="Overwrite OUT.")
@click.pass_context
def command(
    ctx: click.Context,
    site: str | None,
    work: str | None,
    since: str | None,
    until: str | None,
    form: str | None,
    out: Path,
    force: bool,
) -> None:
    """Write a report: what was lost, where, how sure that is, and what it does not show.

    A letter is to one site and takes --site. PDF takes the extra `pdf`.
    """
    from creditline.ledger.tallies import Scope
    from creditline.report.render import FORMATS, render
    from creditline.services.build_report import build

    form = form or next((name for name, kind in FORMATS.items() if out.suffix.lower() == kind.suffix), "html")
    to_stdout = str(out) == "-"
    if not to_stdout and out.exists() and not force:
        raise UsageError(f"{out} is there already", next_step="--force overwrites it")
    ledger = open_context(ctx).ledger
    everything = form in {"csv", "json"}
    document = build(
        ledger, Scope(site, work, since, until), pictures=form in {"html", "pdf"}, all_sites=everything
    )
    data = render(document, form)
    if to_stdout:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    write_whole(out, data)
    click.echo(plain(f"{document.headline} Written to {out}."), err=True)
