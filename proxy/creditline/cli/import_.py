"""`creditline import`: files as originals."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from creditline.cli._options import load_picture, open_context, plain, print_json
from creditline.cli.main import EXIT_FAILED, complain
from creditline.model.errors import CreditlineError, PictureError

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = "creditline/import/1"


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@click.option("--mine", is_flag=True, help="Register them as your own works, which never expire.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file.")
@click.pass_context
def command(ctx: click.Context, paths: tuple[Path, ...], mine: bool, as_json: bool) -> None:
    """Register pictures, and the pictures in folders, as originals that copies can be recognised by.

    One bad file never stops the rest; the exit code is 2 only when nothing was registered.
    """
    from creditline.services.record import Original
    from creditline.services.recorder import Recorder, now

    context = open_context(ctx)
    recorder = Recorder(context.ledger, context.settings, waited_for=True)
    ctx.call_on_close(recorder.close)
    done = 0
    for path in _files(paths):
        try:
            data = load_picture(path)
            original = Original(via="import", at=now(), filename=str(path), mine=mine)
            seen = recorder.submit_original(data, original).result()
        except CreditlineError as error:
            complain(error if str(path) in str(error) else PictureError(f"{path}: {error}", code=error.code))
            continue
        done += 1
        if as_json:
            print_json([{"schema": SCHEMA, "work": seen.work, "path": str(path), "observations": [seen.id]}])
        else:
            click.echo(f"{plain(str(path))}  {seen.work}")
    if not done:
        sys.exit(EXIT_FAILED)


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            files = sorted(item for item in path.rglob("*") if item.is_file())
            if not files:
                complain(PictureError(f"there is no file in {path}"))
            yield from files
        else:
            yield path
