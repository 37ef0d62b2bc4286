"""`creditline audit`: an original and a copy, field by field."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from creditline.cli._options import print_json
from creditline.cli.main import EXIT_DIFFERENT, EXIT_DONE, EXIT_FAILED, EXIT_LOST, complain
from creditline.model.errors import CreditlineError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from creditline.model.audit import Audit

type Pair = tuple[Path, str]


@click.command()
@click.argument("original", type=click.Path(path_type=Path))
@click.argument("copy")
@click.option("--uploaded", type=click.Path(path_type=Path), help="The file as it was sent, where you have it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object an audit (contract §4).")
def command(original: Path, copy: str, uploaded: Path | None, as_json: bool) -> None:
    """Compare ORIGINAL with COPY: a file, an http(s) address, or two folders paired by stem.

    Exit code 0: nothing lost · 1: something was lost · 2: not done · 3: not the same work.
    """
    from creditline.cli._audit_view import print_audit

    worst = EXIT_DONE
    done = False
    for first, second in _pairs(original, copy):
        try:
            audit = _audit(first, second, uploaded)
        except CreditlineError as error:
            complain(error)
            worst = EXIT_FAILED
            continue
        done = True
        if as_json:
            print_json([audit.to_json()])
        else:
            print_audit(audit, title=f"{first} → {second}")
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


def _pairs(original: Path, copy: str) -> Iterator[Pair]:
    if not original.is_dir():
        if not _is_address(copy) and Path(copy).is_dir():
            raise UsageError(f"{copy} is a folder and {original} is not; name two files or two folders")
        yield original, copy
        return
    if _is_address(copy) or not Path(copy).is_dir():
        raise UsageError(f"{original} is a folder and {copy} is not; name two files or two folders")
    copies = {path.stem: path for path in sorted(Path(copy).iterdir()) if path.is_file()}
    originals = [path for path in sorted(original.iterdir()) if path.is_file()]
    if not any(path.stem in copies for path in originals):
        raise UsageError(f"no file in {copy} has the stem of a file in {original}")
    for path in originals:
        if path.stem in copies:
            yield path, str(copies[path.stem])
        else:
            click.echo(f"creditline: {path} has no copy in {copy}", err=True)


def _is_address(copy: str) -> bool:
    return copy.lower().startswith(("http://", "https://"))


def _audit(original: Path, copy: str, uploaded: Path | None) -> Audit:
    from creditline.services.check import audit_bytes, load

    between = load(uploaded) if uploaded is not None else None
    first = load(original)
    if not _is_address(copy):
        return audit_bytes(first, load(Path(copy)), uploaded=between)
    import asyncio

    from creditline.fetch import fetch

    return audit_bytes(first, asyncio.run(fetch(copy)), uploaded=between, url=copy)
