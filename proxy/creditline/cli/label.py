"""`creditline label`: the AI label that people see."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from creditline.cli._options import plain
from creditline.cli.main import EXIT_DONE, EXIT_FAILED, EXIT_LOST, complain
from creditline.model.errors import CreditlineError, UsageError

CORNERS = ("bottom-right", "bottom-left", "top-right", "top-left")


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="OUT", help="A file, or a folder for several."
)
@click.option(
    "--check", "only_check", is_flag=True, help="Write nothing; exit code 1 where a label is due and absent."
)
@click.option(
    "--band", is_flag=True, help="Put the label on a band below the picture, so that nothing is covered."
)
@click.option("--corner", type=click.Choice(CORNERS), help="Where it goes [default: where there is least to see].")
@click.option("--force", is_flag=True, help="Write over files that are there.")
def command(
    files: tuple[Path, ...],
    output: Path | None,
    only_check: bool,
    band: bool,
    corner: str | None,
    force: bool,
) -> None:
    """Draw a visible AI label into pictures that declare AI, and say so in their metadata.

    The word, with the models that the file names, stands on a dark plate in the quietest corner, in letters of at least
    3 % of the long side. JPEG, PNG, WebP and AVIF. The picture is coded anew; credit, terms and AI fields go along,
    place, people, device and Content Credentials do not. A file that declares no AI gets no label.

    With --check, a label counts as there where `creditline label` drew it: one that somebody else drew is not seen.
    """
    from creditline.services import label

    if only_check == (output is not None):
        raise UsageError("name -o OUT, or --check")
    worst = EXIT_DONE
    for file in files:
        try:
            if only_check:
                known = label.check(file)
                state = "no label is due" if known.due is None else "labelled" if known.there else "a label is due"
                click.echo(plain(f"{file}: {state}{f': {known.due}' if known.due and not known.there else ''}"))
                if known.due is not None and not known.there:
                    worst = max(worst, EXIT_LOST)
                continue
            assert output is not None  # noqa: S101 - asked above
            target = output / file.name if output.is_dir() or len(files) > 1 else output
            target.parent.mkdir(parents=True, exist_ok=True)
            drawn = label.label_file(file, target, band=band, corner=corner, force=force)
            click.echo(plain(f"{target}: {drawn.text} ({drawn.where}, letters of {drawn.height} pixels)"))
        except CreditlineError as error:
            complain(error)
            worst = EXIT_FAILED
    sys.exit(worst)
