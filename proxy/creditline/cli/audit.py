"""`creditline audit`: an original and a copy, field by field."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from creditline.cli._options import is_address, load_picture, plain, print_json
from creditline.cli.main import EXIT_DIFFERENT, EXIT_DONE, EXIT_FAILED, EXIT_LOST, complain
from creditline.model.errors import CreditlineError, PictureError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from creditline.model.audit import Audit

type Trio = tuple[Path, str, Path | None]
"""Original, copy, and the file that was sent."""


@click.command()
@click.argument("original", type=click.Path(path_type=Path))
@click.argument("copy")
@click.option(
    "--uploaded", type=click.Path(path_type=Path), help="The file (or folder) as it was sent, where you have it."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object an audit.")
def command(original: Path, copy: str, uploaded: Path | None, as_json: bool) -> None:
    """Compare ORIGINAL with COPY: a file, an http(s) address, or two folders paired by stem.

    Exit code 0: nothing lost · 1: something was lost · 2: not done · 3: not the same work.
    """
    from creditline.cli._audit_view import print_audit

    worst = EXIT_DONE
    done = False
    for first, second, between in _pairs(original, copy, uploaded):
        try:
            audit = _audit(first, second, between)
        except CreditlineError as error:
            complain(error)
            worst = EXIT_FAILED
            continue
        done = True
        if as_json:
            print_json([audit.to_json()])
        else:
            print_audit(audit, title=plain(f"{first} → {second}"))
        worst = max(worst, exit_code(audit), key=_weight)
    sys.exit(worst if done else EXIT_FAILED)


def exit_code(audit: Audit) -> int:
    """The exit code of one audit (contract §2 and §4)."""
    if audit.match.verdict == "different":
        return EXIT_DIFFERENT
    return EXIT_LOST if audit.lost else EXIT_DONE


def _weight(code: int) -> int:
    """Of several audits, a failure outweighs a stranger, that a loss, that nothing."""
    return (EXIT_DONE, EXIT_LOST, EXIT_DIFFERENT, EXIT_FAILED).index(code)


def _pairs(original: Path, copy: str, uploaded: Path | None) -> Iterator[Trio]:
    folder = not is_address(copy) and Path(copy).is_dir()
    if original.is_dir() != folder:
        names = (copy, original) if folder else (original, copy)
        raise UsageError(
            f"{names[0]} is a folder and {names[1]} is not", next_step="name two files or two folders"
        )
    if uploaded is not None and uploaded.is_dir() != folder:
        raise UsageError(f"--uploaded {uploaded} must be a {'folder' if folder else 'file'}, as the others are")
    if folder:
        yield from _by_stem(original, Path(copy), uploaded)
    else:
        yield original, copy, uploaded


def _by_stem(originals: Path, copies: Path, uploaded: Path | None) -> Iterator[Trio]:
    """Every copy with the original of its stem; what has no counterpart is named on standard error."""
    firsts = {path.stem: path for path in _files(originals)}
    between = {path.stem: path for path in _files(uploaded)} if uploaded is not None else {}
    seconds = _files(copies)
    if not any(path.stem in firsts for path in seconds):
        raise UsageError(f"no file in {copies} has the stem of a file in {originals}")
    for path in seconds:
        if path.stem in firsts:
            yield firsts[path.stem], str(path), between.get(path.stem)
        else:
            complain(PictureError(f"{path} has no original in {originals}"))
    for stem in firsts.keys() - {path.stem for path in seconds}:
        complain(PictureError(f"{firsts[stem]} has no copy in {copies}"))


def _files(folder: Path) -> list[Path]:
    """The files of a folder, without those that a system hides there."""
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def _audit(original: Path, copy: str, uploaded: Path | None) -> Audit:
    first = load_picture(original)
    between = load_picture(uploaded) if uploaded is not None else None
    if not is_address(copy):
        last = load_picture(Path(copy))
        from creditline.services.check import audit_bytes

        return audit_bytes(first, last, uploaded=between)
    import asyncio

    from creditline.containers.sniff import sniff
    from creditline.fetch import fetch
    from creditline.services.check import audit_bytes

    last = asyncio.run(fetch(copy))
    if sniff(last) == "unknown":
        raise PictureError(
            f"{copy} answered with no picture that Creditline knows", next_step="name the picture's own address"
        )
    return audit_bytes(first, last, uploaded=between, url=copy)
