"""`creditline probe`: reference pictures to upload."""

from __future__ import annotations

import json
from pathlib import Path

import click

from creditline.cli._options import open_context, plain, print_json


@click.command()
@click.option("-o", "--output", "folder", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--json", "as_json", is_flag=True, help="Print probe.json's content on one line.")
@click.option("--force", is_flag=True, help="Overwrite files that are in the folder.")
@click.pass_context
def command(ctx: click.Context, folder: Path, as_json: bool, force: bool) -> None:
    """Make six reference pictures with a known value of their own in every field, and register them as your works.

    Upload them by hand through the proxy, or save what a site serves and run `creditline audit` on it.
    `probe.json` beside them says what each field of each picture holds.
    """
    from creditline.model.whole_file import write_whole
    from creditline.services import probe

    done = probe.write(open_context(ctx), folder, force=force)
    said = probe.manifest(done)
    write_whole(folder / probe.MANIFEST, (json.dumps(said, indent=1, ensure_ascii=False) + "\n").encode())
    if as_json:
        print_json([said])
        return
    for picture, work in done:
        click.echo(f"{plain(str(folder / picture.name))}  {len(picture.values)} fields  {work}")
    click.echo("Next: upload them through the proxy, then see `creditline scoreboard`.", err=True)
