"""`creditline find`: which known originals is this a copy of?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from creditline.cli._options import open_context, plain, print_json
from creditline.cli.main import EXIT_DIFFERENT, EXIT_DONE, EXIT_FAILED, complain
from creditline.model.errors import CreditlineError

SCHEMA = "creditline/matches/1"


@click.command()
@click.argument("pictures", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PICTURE…")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a picture.")
@click.pass_context
def command(ctx: click.Context, pictures: tuple[Path, ...], as_json: bool) -> None:
    """Say which known works each PICTURE is a copy of, best match first.

    Exit code 0 with a match, 3 without.
    """
    from creditline.services.find import Finder

    context = open_context(ctx)
    finder = Finder(context.ledger, geometry=context.settings.geometry, engine=context.settings.index)
    found = failed = False
    for path in pictures:
        try:
            matches = finder.find(path)
        except CreditlineError as error:
            complain(error)
            failed = True
            continue
        found = found or bool(matches)
        line = {"schema": SCHEMA, "picture": str(path), "matches": matches}
        if as_json:
            print_json([line])
        else:
            _print(line)
    sys.exit(EXIT_DONE if found else EXIT_FAILED if failed else EXIT_DIFFERENT)


def _print(line: dict[str, Any]) -> None:
    picture = plain(line["picture"])
    click.echo(f"{picture}: {len(line['matches']) or 'no'} known work{'s'[: len(line['matches']) != 1]}")
    for item in line["matches"]:
        distance = "" if item["distance"] is None else f", {item['distance']} of 256 bits differ"
        name = plain(item["path"] or item["work"])
        click.echo(f"  {name}  {item['verdict']} by {item['method']}{distance}")
