"""`creditline find`: which known originals is this a copy of?"""

from __future__ import annotations

import contextlib
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from creditline.cli._options import is_address, open_context, plain, print_json
from creditline.cli.main import EXIT_DIFFERENT, EXIT_DONE, EXIT_FAILED, complain
from creditline.model.errors import CreditlineError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = "creditline/matches/1"


@click.command()
@click.argument("pictures", nargs=-1, required=True, metavar="PICTURE…")
@click.option("-r", "--recursive", is_flag=True, help="Look up every file in the folders named.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a picture.")
@click.option("--ask", "asked", multiple=True, metavar="URL", help="Also ask this recovery API, by fingerprint.")
@click.option("--ask-token", help="The token for the recovery APIs that are asked.")
@click.pass_context
def command(
    ctx: click.Context,
    pictures: tuple[str, ...],
    recursive: bool,
    as_json: bool,
    asked: tuple[str, ...],
    ask_token: str | None,
) -> None:
    """Say which known works each PICTURE (a file, an http(s) address, with -r a folder) is a copy of, best match first.

    With --ask, other repositories are asked for its C2PA manifest (Soft Binding Resolution API): they are sent its
    ISCC or PDQ code, never the picture.

    Exit code 0 with a match, 3 without. An address is fetched only where it leads to the open internet.
    """
    from creditline.services.ask import ask_all
    from creditline.services.check import load
    from creditline.services.find import Finder

    context = open_context(ctx)
    finder = Finder(context.ledger, geometry=context.settings.geometry, engine=context.settings.index)
    found = failed = False
    for name in _named(pictures, recursive=recursive):
        line: dict[str, Any] = {"schema": SCHEMA, "picture": name}
        try:
            with _file(name) as path:
                line["matches"] = finder.find(path, name)
                if asked:
                    line["asked"] = ask_all(load(path), asked, ask_token)
        except CreditlineError as error:
            complain(error)
            failed = True
            continue
        found = found or bool(line["matches"]) or any(answer["matches"] for answer in line.get("asked", ()))
        if as_json:
            print_json([line])
        else:
            _print(line)
    sys.exit(EXIT_DONE if found else EXIT_FAILED if failed else EXIT_DIFFERENT)


def _named(pictures: tuple[str, ...], *, recursive: bool) -> Iterator[str]:
    from creditline.services.many import files_in

    for name in pictures:
        if not is_address(name) and Path(name).is_dir():
            if recursive:
                yield from files_in(name)
            else:
                complain(UsageError(f"{name} is a folder", next_step="say -r to look up the files in it"))
        else:
            yield name


@contextlib.contextmanager
def _file(name: str) -> Iterator[Path]:
    """Where the picture lies; what is fetched from an address lies in a folder that goes."""
    if not is_address(name):
        yield Path(name)
        return
    import asyncio

    from creditline.fetch import fetch

    data = asyncio.run(fetch(name))
    with tempfile.TemporaryDirectory(prefix="creditline-find-") as folder:
        path = Path(folder) / "copy"
        path.write_bytes(data)
        yield path


def _print(line: dict[str, Any]) -> None:
    picture = plain(line["picture"])
    click.echo(f"{picture}: {len(line['matches']) or 'no'} known work{'s'[: len(line['matches']) != 1]}")
    for item in line["matches"]:
        distance = "" if item["distance"] is None else f", {item['distance']} of 256 bits differ"
        name = plain(item["path"] or item["work"])
        click.echo(f"  {name}  {item['verdict']} by {item['method']}{distance}")
    for answer in line.get("asked", ()):
        click.echo(f"  {plain(answer['url'])}: {plain(answer['error']) if answer['error'] else _counted(answer)}")
        for match in answer["matches"]:
            score = match["similarityScore"]
            click.echo(f"    {plain(match['manifestId'])}{'' if score is None else f'  {score} of 100'}")


def _counted(answer: dict[str, Any]) -> str:
    number = len(answer["matches"])
    return f"{number or 'no'} manifest{'s'[: number != 1]}"
