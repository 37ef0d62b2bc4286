"""`creditline restore`: puts back what a copy lost of its original's metadata."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from creditline.cli._options import home_of, load_picture, open_context, plain, print_json
from creditline.cli.main import EXIT_DIFFERENT, EXIT_DONE, EXIT_FAILED, EXIT_LOST, complain
from creditline.model.errors import NotFoundError, PictureError, UsageError

if TYPE_CHECKING:
    from creditline.services.originals import KnownOriginal
    from creditline.services.restore import Restoration, Signing


@click.command()
@click.argument("copy", type=click.Path(path_type=Path))
@click.option("--from", "source", type=click.Path(path_type=Path), metavar="FILE", help="The original.")
@click.option("--from-ledger", is_flag=True, help="Find the original among the known works.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="OUT", help="The file to write.")
@click.option(
    "--sign/--no-sign", default=True, show_default=True, help="Sign OUT with the key of this data folder."
)
@click.option("--time-stamp", metavar="URL", help="Have the signature stamped by this RFC 3161 authority.")
@click.option(
    "--include-private",
    default="none",
    show_default=True,
    metavar="none|all|FIELD,…",
    help="Fields of place, person and device that go back, too.",
)
@click.option("--dry-run", is_flag=True, help="Print the plan and write nothing.")
@click.option("--force", is_flag=True, help="Write over OUT if it is there.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def command(
    ctx: click.Context,
    copy: Path,
    source: Path | None,
    from_ledger: bool,
    output: Path | None,
    sign: bool,
    time_stamp: str | None,
    include_private: str,
    dry_run: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Put back into COPY what it lost of its original's credit, consent and AI metadata, and write it to OUT.

    The picture stays bit for bit. What COPY says itself is kept. Written is only where COPY is shown to be the
    original or a part of it. OUT is signed as a restoration, with the original as its ingredient.

    Exit code 0: all is back · 1: some of it is not · 2: not done · 3: not shown to be the same work.
    """
    from creditline.model.whole_file import write_whole
    from creditline.reattach.plan import Policy
    from creditline.services.output import check_target
    from creditline.services.restore import restoration

    if (source is None) == (not from_ledger):
        raise UsageError("name the original with --from FILE, or let it be found with --from-ledger")
    policy = Policy.of(include_private)
    if output is None and not dry_run:
        raise UsageError("-o OUT is missing", next_step="name the file to write, or look first with --dry-run")
    if output is not None:
        check_target(output, inputs=[copy, *([source] if source is not None else [])], force=force)
    data = load_picture(copy)
    known = None
    if source is not None:
        name, original = str(source), load_picture(source)
    else:
        known = _from_ledger(ctx, copy, data)
        name, original = known.name or known.work, known.data
    code = None if known is None else known.code
    signing = (lambda: _signing(ctx, Path(name).name, time_stamp, code)) if sign else None
    done = restoration(data, original, policy=policy, dry=dry_run, signing=signing, known=known)
    written = None
    if done.data is not None and output is not None and (done.done or not done.plan.steps):
        write_whole(output, done.data)
        written = output
    if as_json:
        line = {"copy": str(copy), "original": name, "output": None if written is None else str(written)}
        print_json([{**done.to_json(), **line}])
    else:
        _print(done, name, written)
    sys.exit(_code(done, dry=dry_run))


def _signing(ctx: click.Context, title: str, time_stamp: str | None, code: bytes | None) -> Signing:
    """The key of this data folder; the first one is made, and said."""
    from creditline.reattach import keyring
    from creditline.services.restore import Signing

    home = home_of(ctx)
    authority, made = keyring.ensure(home)
    if made:
        about = keyring.info(authority, home)
        click.echo(
            f"A signing key was made: {about.subject}, until {about.not_after}, in {about.root.parent}", err=True
        )
    return Signing(authority, title, time_stamp, code)


def _from_ledger(ctx: click.Context, copy: Path, data: bytes) -> KnownOriginal:
    from creditline.services.originals import known_works, original_of

    context = open_context(ctx)
    try:
        return original_of(known_works(context.ledger, geometry=context.settings.geometry), copy, data=data)
    except NotFoundError as error:
        complain(error)
        sys.exit(EXIT_DIFFERENT if error.code == "no_match" else EXIT_FAILED)


def _code(done: Restoration, *, dry: bool) -> int:
    if done.doubt is not None:
        unproved = "Content Credentials" not in done.doubt
        complain(PictureError(f"nothing was written: {done.doubt}"))
        return EXIT_DIFFERENT if unproved else EXIT_FAILED
    if dry:
        return EXIT_DONE
    if done.plan.steps and not done.done:
        for problem in done.problems:
            complain(PictureError(f"nothing was written: {problem.message}"))
        return EXIT_FAILED
    return EXIT_DONE if done.whole else EXIT_LOST


def _print(done: Restoration, name: str, output: Path | None) -> None:
    from creditline.cli._restoration_view import lines

    for line in lines(done, original=name, output=None if output is None else str(output)):
        click.echo(plain(line))
