"""`creditline stamp`: one's own credit and consent into one's own pictures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from creditline.cli._options import home_of, plain
from creditline.cli.main import EXIT_DONE, EXIT_FAILED, complain
from creditline.model.errors import CreditlineError, UsageError


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="OUT",
    help="A file, or a folder for several.",
)
@click.option(
    "--profile", "name", metavar="NAME", help="The table [profile.NAME] of config.toml [default: default]."
)
@click.option("--creator", multiple=True, help="Who made it; may be given several times.")
@click.option("--copyright", help="The notice; {year} stands for the picture's year.")
@click.option("--copyright-owner", help="Who owns it, where that is not the creator.")
@click.option("--credit-line", help="How to credit it.")
@click.option("--usage-terms", help="On which terms it may be used.")
@click.option("--web-statement", metavar="URL", help="Where the rights are stated.")
@click.option(
    "--ai-training", metavar="prohibited|allowed|'constrained: TEXT'", help="Use for training AI models."
)
@click.option("--ai-training-until", metavar="DAY", help="The last day of what --ai-training says.")
@click.option(
    "--stipulation", "stipulations", multiple=True, help="A further condition; may be given several times."
)
@click.option("--replace", "replacing", multiple=True, metavar="FIELD", help="A field that may be changed.")
@click.option("--sign/--no-sign", default=False, show_default=True, help="Sign with the key of this data folder.")
@click.option("--force", is_flag=True, help="Write over files that are there.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    files: tuple[str, ...],
    output: Path,
    name: str | None,
    replacing: tuple[str, ...],
    sign: bool,
    force: bool,
    **overrides: Any,
) -> None:
    """Write your credit and consent into your own pictures: FILEs, patterns and folders.

    Empty fields are filled, in XMP, IPTC-IIM and EXIF. Where a field says something else, the file is not written,
    unless --replace names the field. The pictures stay bit for bit.
    """
    from creditline.model.stamp_profile import StampProfile, profile
    from creditline.services import stamp
    from creditline.vocab.fields import BY_ID

    home = home_of(ctx)
    made = profile(home, name, overrides)
    if made == StampProfile():
        raise UsageError(
            "there is nothing to write",
            next_step="add a table [profile.default] to config.toml, or name --creator",
        )
    unknown = [field for field in replacing if field not in BY_ID]
    if unknown:
        raise UsageError(f"{unknown[0]!r} is no field", next_step="creditline inspect shows their names")
    authority = None
    if sign:
        from creditline.reattach import keyring

        authority, _ = keyring.ensure(home)
    work = stamp.jobs(files, output)
    worst = EXIT_DONE
    with _progress(work) as steps:
        for job in steps:
            try:
                done = stamp.stamp_file(
                    job, made, replacing=frozenset(replacing), authority=authority, force=force
                )
            except CreditlineError as error:
                complain(_naming(error, job.source))
                worst = EXIT_FAILED
                continue
            what = ", ".join(done.written) or "nothing new"
            click.echo(plain(f"{job.target}: {what}"))
    sys.exit(worst)


def _progress(work: list[Any]) -> Any:
    """A bar on standard error where a person looks on and there is something to wait for."""
    hidden = len(work) < 2 or not sys.stderr.isatty()
    return click.progressbar(work, label="Stamping", file=sys.stderr, hidden=hidden)


def _naming(error: CreditlineError, source: Path) -> CreditlineError:
    text = str(error)
    return error if str(source) in text else CreditlineError(f"{source}: {text}", next_step=error.next_step)
