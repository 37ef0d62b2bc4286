"""`creditline inspect`: everything a picture says about its origin."""

from __future__ import annotations

import csv
import hashlib
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from creditline.cli._inspection_view import text_of
from creditline.cli._options import print_json, print_utf8
from creditline.cli._terminal import show
from creditline.cli.main import EXIT_FAILED, complain
from creditline.model.errors import CreditlineError, LimitError, PictureError
from creditline.model.picture import Problem
from creditline.model.reading import Ai, C2paReading, Consent, Inspection

if TYPE_CHECKING:
    from collections.abc import Iterator

STANDARD_INPUT = "-"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the start of a formula, full-width forms included."""

CSV_COLUMNS = ("path", "format", "width", "height", "field", "value", "carrier", "key", "category")


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option("-r", "--recursive", is_flag=True, help="Read the files in folders, and in folders in them.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a picture.")
@click.option("--csv", "as_csv", is_flag=True, help="One row a field.")
@click.option("--pixels/--no-pixels", default=True, show_default=True, help="Read data hidden in pixels, too.")
def command(paths: tuple[str, ...], recursive: bool, as_json: bool, as_csv: bool, pixels: bool) -> None:
    """Show everything each picture says about its origin; `-` reads standard input.

    One bad file never stops the rest; the exit code is 2 only when no file could be read.
    """
    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other")
    if as_csv:
        print_utf8(_row(CSV_COLUMNS))
    read_any = False
    for path in _expand(paths, recursive=recursive):
        inspection, error = _inspect(path, pixels=pixels)
        read_any = read_any or error is None
        if error is not None:
            complain(error)
        if inspection is None:
            continue
        if as_json:
            print_json([inspection.to_json()])
        elif as_csv:
            print_utf8("".join(_row(cells) for cells in _csv_rows(inspection)))
        elif error is None:
            _print(inspection)
    if not read_any:
        sys.exit(EXIT_FAILED)


def _expand(paths: tuple[str, ...], *, recursive: bool) -> Iterator[str]:
    for path in paths:
        if recursive and path != STANDARD_INPUT and Path(path).is_dir():
            files = sorted(str(item) for item in Path(path).rglob("*") if item.is_file())
            if not files:
                complain(PictureError(f"there is no file in {path}"))
            yield from files
        else:
            yield path


def _inspect(path: str, *, pixels: bool) -> tuple[Inspection | None, CreditlineError | None]:
    from creditline.services.check import inspect_bytes, load

    try:
        data = _standard_input() if path == STANDARD_INPUT else load(Path(path))
        if not data:
            raise PictureError("standard input is empty", code="empty_file")
    except CreditlineError as error:
        return (_empty(path, error) if error.code == "empty_file" else None), error
    return inspect_bytes(data, path=path, pixels=pixels), None


def _standard_input() -> bytes:
    from creditline.services.check import MAX_PICTURE

    data = sys.stdin.buffer.read(MAX_PICTURE + 1)
    if len(data) > MAX_PICTURE:
        raise LimitError(f"standard input has more than {MAX_PICTURE} bytes", code="too_large")
    return data


def _empty(path: str, error: CreditlineError) -> Inspection:
    """The line of a file with nothing in it (contract §3: what cannot be parsed still gives its line)."""
    return Inspection(
        path=path,
        sha256=hashlib.sha256(b"").hexdigest(),
        bytes=0,
        format="unknown",
        width=None,
        height=None,
        orientation=None,
        frames=None,
        carriers=(),
        fields=(),
        resolved=(),
        c2pa=C2paReading(state="not_examined"),
        ai=Ai(),
        consent=Consent(),
        errors=(Problem(error.code, str(error)),),
    )


def _row(cells: tuple[str, ...]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([_harmless(cell) for cell in cells])
    return text.getvalue()


def _harmless(cell: str) -> str:
    """A metadata value must never start a formula in a spreadsheet."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _csv_rows(item: Inspection) -> Iterator[tuple[str, ...]]:
    lead = (item.path or "", item.format, str(item.width or ""), str(item.height or ""))
    for f in item.fields:
        yield (*lead, f.id, text_of(f.value), f.carrier, f.key, "" if f.category is None else str(f.category))
    yield (*lead, "ai.label", item.ai.label, "", "", "")
    yield (*lead, "consent.ai_training", item.consent.ai_training, "", "", "")
    yield (*lead, "c2pa.state", item.c2pa.state, "", "", "")


def _print(item: Inspection) -> None:
    """The same for a person to read."""
    from creditline.cli._inspection_view import lines, styled

    for line in lines(item, styled=styled()):
        show(line)
