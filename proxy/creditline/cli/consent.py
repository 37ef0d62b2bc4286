"""`creditline consent`: what a picture says of AI training, saying it, and the files that say it for a whole site."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from creditline.cli._options import home_of, plain, print_json
from creditline.cli.main import EXIT_LOST
from creditline.model.errors import UsageError

if TYPE_CHECKING:
    from creditline.model.reading import Inspection

SCHEMA = "creditline/consent/1"
_WORDS = {
    "prohibited": "AI training: not allowed by what the file says",
    "allowed": "AI training: allowed by what the file says",
    "constrained": "AI training: only on conditions that the file states",
    "unspecified": "AI training: the file says nothing, which is no consent",
}


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path), metavar="[FILE]")
@click.argument("said", nargs=-1, metavar="[set prohibited|allowed|'constrained: TEXT']")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="OUT", help="The file to write, with set."
)
@click.option("--until", metavar="DAY", help="The last day of what set says.")
@click.option("--force", is_flag=True, help="Write over OUT if it is there.")
@click.option("--site", is_flag=True, help="Print the files that say it for a website of your own.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def command(
    ctx: click.Context,
    file: Path | None,
    said: tuple[str, ...],
    output: Path | None,
    until: str | None,
    force: bool,
    site: bool,
    as_json: bool,
) -> None:
    """Show what FILE says of its use for AI training, or with set write it to OUT; FILE itself stays as it is.

    Set takes the place of what the file said before, in XMP (PLUS); the picture stays bit for bit. Exit code 1: the
    file says something stricter elsewhere, which holds. With --site, the
    files for a website say what [profile.default] of config.toml says of AI training, or without that, that it is
    prohibited. No crawler is bound by any of this; it is how one says it.
    """
    if site:
        if file is not None:
            raise UsageError("--site takes no FILE")
        _print_site(home_of(ctx), as_json=as_json)
    elif file is None:
        raise UsageError("name a FILE, or --site")
    elif said:
        _set(file, said, output, until, force=force)
        assert output is not None  # noqa: S101 - _set refuses that
        holds = _show(output, as_json=as_json)
        if holds != said[1].partition(":")[0].strip() and until is None:
            click.echo(f"Other statements in the file stand: of several the strictest holds, {holds}.", err=True)
            sys.exit(EXIT_LOST)
    else:
        if output is not None or until is not None:
            raise UsageError("-o and --until belong to set", next_step="say: consent FILE set prohibited -o OUT")
        _show(file, as_json=as_json)


def _set(file: Path, said: tuple[str, ...], output: Path | None, until: str | None, *, force: bool) -> None:
    from creditline.model.stamp_profile import overriding
    from creditline.services import stamp

    if said[0] != "set" or len(said) != 2:
        raise UsageError(
            f"{' '.join(said)!r} is not understood", next_step="say: consent FILE set prohibited -o OUT"
        )
    if output is None:
        raise UsageError("set needs a file to write to", next_step="add -o OUT")
    made = overriding({"ai_training": said[1], "ai_training_until": until})
    stamp.stamp_file(
        stamp.Job(file, output), made, replacing=frozenset({"data_mining", "other_constraints"}), force=force
    )


def _show(file: Path, *, as_json: bool) -> str:
    """Prints it; gives what the file says, of several statements the strictest."""
    from creditline import inspect

    found: Inspection = inspect(file)
    if as_json:
        print_json([{"schema": SCHEMA, "path": str(file), "consent": found.consent.to_json()}])
        return found.consent.ai_training
    click.echo(plain(_WORDS[found.consent.ai_training]))
    if found.consent.until:
        click.echo(f"until {found.consent.until}")
    for evidence in found.consent.evidence:
        click.echo(plain(f"  {evidence.carrier} {evidence.key}: {evidence.value}"))
    return found.consent.ai_training


def _print_site(home: Path, *, as_json: bool) -> None:
    from creditline.model.stamp_profile import profile
    from creditline.services.site_consent import files

    made = files(profile(home, None, {}))
    if as_json:
        print_json(
            [{"schema": "creditline/consent-site/1", "files": [{"path": p, "content": c} for p, c in made]}]
        )
        return
    for number, (path, content) in enumerate(made):
        click.echo(f"{'' if number == 0 else chr(10)}# {path}\n{content}", nl=False)
