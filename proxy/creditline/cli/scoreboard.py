"""`creditline scoreboard`: sites compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from creditline.cli._options import open_context, plain, print_json
from creditline.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from creditline.services.scoreboard import Score

WORDS = {"kept": "kept", "sometimes": "sometimes", "removed": "removed", "not_measured": "not measured"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a site.")
@click.option(
    "--export",
    "out",
    type=click.Path(path_type=Path),
    help="Write a measurement file to hand on: counts only, rows under 5 left out, signed by a key of its own.",
)
@click.option(
    "--import",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Take in a measurement file that somebody handed to you; may be given more than once.",
)
@click.option("--force", is_flag=True, help="Overwrite the file of --export.")
@click.pass_context
def command(ctx: click.Context, as_json: bool, out: Path | None, files: tuple[Path, ...], force: bool) -> None:
    """Compare what sites keep: credit, copyright, licence, AI training, AI label, Content Credentials, place.

    Each cell is kept, sometimes or removed, with the number of postings that lost it; place is private, so removed is
    good there.
    """
    from creditline.services import measurements
    from creditline.services.check import load
    from creditline.services.scoreboard import scoreboard

    ledger = open_context(ctx).ledger
    taken = [measurements.take_in(ledger.home, load(path)) for path in files]
    if taken:
        click.echo(measurements.described(taken), err=True)
    if out is not None:
        if out.exists() and not force:
            raise UsageError(f"{out} is there already", next_step="--force overwrites it")
        from creditline.model.whole_file import write_whole

        write_whole(out, measurements.export(ledger))
        click.echo(
            plain(f"Written to {out}: counts by site and field, no address, no picture, no name."), err=True
        )
    scores = scoreboard(ledger)
    if as_json:
        print_json(score.to_json() for score in scores)
    elif not scores:
        click.echo("No copy was compared with its original yet. `creditline probe` makes pictures to upload.")
    else:
        _print(scores)


def _print(scores: Sequence[Score]) -> None:
    from creditline.vocab.messages import counted
    from creditline.vocab.scoreboard import COLUMNS

    for score in scores:
        others = f", {score.postings - score.own} of them from others" if score.files else ""
        seen = counted(score.postings, "posting", "postings")
        click.echo(plain(f"{score.site}: {seen}{others}, last seen {score.last_seen[:10]}"))
        for column in COLUMNS:
            cell = score.columns[column.id]
            low, high = cell.interval
            share = f"lost in {cell.lost} of {cell.n} ({low:.0%} to {high:.0%})" if cell.n else ""
            click.echo(f"  {column.label:<20} {WORDS[cell.level]:<13} {share}".rstrip())
