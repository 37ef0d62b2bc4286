"""`creditline inspect`: everything a picture says about its origin."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from creditline.cli._inspection_view import lines, styled, text_of
from creditline.cli._options import home_of, print_utf8
from creditline.cli._tally import Output, Tally, finished
from creditline.cli._terminal import show
from creditline.cli.main import EXIT_FAILED, complain
from creditline.model.errors import PictureError
from creditline.vocab.shown import cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from creditline.model.reading import Inspection

FILE = click.Path(dir_okay=False, path_type=Path)
CSV_COLUMNS = ("path", "format", "width", "height", "field", "value", "carrier", "key", "category")


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option("-r", "--recursive", is_flag=True, help="Read the files in folders, and in folders in them.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a picture.")
@click.option("--csv", "as_csv", is_flag=True, help="One row a field.")
@click.option("--pixels/--no-pixels", default=True, show_default=True, help="Read data hidden in pixels, too.")
@click.option("-o", "--output", type=FILE, metavar="FILE", help="Write there, not to standard output.")
@click.option("--resume", is_flag=True, help="Go on with a FILE of --json -o that was not finished.")
@click.option("--failures", type=FILE, metavar="FILE", help="List the files that gave no reading, and why, there.")
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[str, ...],
    recursive: bool,
    as_json: bool,
    as_csv: bool,
    pixels: bool,
    output: Path | None,
    resume: bool,
    failures: Path | None,
) -> None:
    """Show everything each picture says about its origin; `-` reads standard input.

    One bad file never stops the rest; the exit code is 2 only when no file could be read. Many files are read on
    every core, and printed in order.
    """
    from creditline.services.many import read_all

    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other")
    if resume and not (as_json and output):
        raise click.UsageError("--resume goes on with the FILE of --json -o FILE; give both")
    done = finished(output) if resume and output is not None else frozenset()
    out = Output(output, go_on=resume) if output is not None else None
    emit = print_utf8 if out is None else out.write
    tally = Tally(failures, before=len(done))
    for closed in (out, tally):
        if closed is not None:
            ctx.call_on_close(closed.close)
    if as_csv:
        emit(_row(CSV_COLUMNS))
    wanted = (path for path in _expand(paths, recursive=recursive) if path not in done)
    for outcome in read_all(wanted, pixels=pixels, home=home_of(ctx)):
        tally.add(outcome)
        if outcome.error is not None:
            tally.clear()
            complain(outcome.error)
        if outcome.line is None:
            continue
        if as_json:
            emit(f"{outcome.line}\n")
        elif as_csv:
            emit("".join(_row(cells) for cells in _csv_rows(outcome.inspection)))
        elif outcome.error is None:
            for line in lines(outcome.inspection, styled=out is None and styled()):
                emit(f"{line}\n") if out is not None else show(line)
    tally.close()
    if not tally.read_any:
        sys.exit(EXIT_FAILED)


def _expand(paths: tuple[str, ...], *, recursive: bool) -> Iterator[str]:
    from creditline.services.many import STANDARD_INPUT, files_in

    for path in paths:
        if recursive and path != STANDARD_INPUT and Path(path).is_dir():
            empty = True
            for file in files_in(path):
                empty = False
                yield file
            if empty:
                complain(PictureError(f"there is no file in {path}"))
        else:
            yield path


def _row(cells: tuple[str, ...]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([cell(text) for text in cells])
    return text.getvalue()


def _csv_rows(item: Inspection) -> Iterator[tuple[str, ...]]:
    lead = (item.path or "", item.format, str(item.width or ""), str(item.height or ""))
    for f in item.fields:
        yield (*lead, f.id, text_of(f.value), f.carrier, f.key, "" if f.category is None else str(f.category))
    yield (*lead, "ai.label", item.ai.label, "", "", "")
    yield (*lead, "consent.ai_training", item.consent.ai_training, "", "", "")
    yield (*lead, "c2pa.state", item.c2pa.state, "", "", "")
