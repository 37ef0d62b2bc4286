"""`creditline demo`: what sites do to pictures, shown on built-in ones."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from creditline.cli._options import home_of, load_picture, print_json
from creditline.cli.main import EXIT_FAILED, complain
from creditline.model.errors import CreditlineError, MissingPartError

if TYPE_CHECKING:
    from creditline.demo.run import Result


@click.command()
@click.argument("pictures", nargs=-1, type=click.Path(path_type=Path), metavar="[PICTURE…]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a site and picture.")
@click.option(
    "--browser",
    type=click.Choice(["chromium", "firefox", "none"]),
    help="What uploads [default: Chromium or else Firefox, where there is one].",
)
@click.pass_context
def command(ctx: click.Context, pictures: tuple[Path, ...], as_json: bool, browser: str | None) -> None:
    """Upload pictures to five built-in sites through the proxy and show what each took out.

    Without PICTURE three samples are drawn: an artwork with full credit, an AI picture, a signed one. Loss is the
    point: the exit code is 0 when every audit ran.
    """
    from creditline.browser.chromium import find_chromium
    from creditline.browser.firefox import find_firefox

    files = [(path.name, load_picture(path)) for path in pictures]
    # The proxy takes a second to import; who named a wrong file need not wait for it.
    from creditline.demo.run import Picture, demonstrate, with_unique_names
    from creditline.demo.sites import SITES

    there = [("chromium", find_chromium), ("firefox", find_firefox)]
    chosen = browser or next((name for name, find in there if find() is not None), "none")
    home = home_of(ctx) / "demo"
    given = with_unique_names([Picture(name, data) for name, data in files or _samples()])
    results = asyncio.run(demonstrate(given, home, browser=chosen, tell=lambda line: click.echo(line, err=True)))
    if as_json:
        print_json(result.to_json() for result in results)
    elif any(result.audit is not None for result in results):
        _print(results, home)
    if chosen == "none":
        skipped = ", ".join(site.name for site in SITES if site.needs_browser)
        complain(MissingPartError(f"{skipped} was not run: it takes a browser", next_step="make browsers"))
    for result in results:
        if result.audit is None:
            complain(CreditlineError(f"{result.site} × {result.picture}: {result.problem}"))
    if not results or any(result.audit is None for result in results):
        sys.exit(EXIT_FAILED)


def _samples() -> list[tuple[str, bytes]]:
    from creditline.demo.pictures import samples

    return [(sample.name, sample.data) for sample in samples()]


def _print(results: list[Result], home: Path) -> None:
    from creditline.cli._demo_view import print_results

    print_results([r for r in results if r.audit is not None])
    click.echo(f"\nEach field, with the pictures side by side:\n  creditline --home {home} start --no-proxy")
    click.echo("Your own pictures:\n  creditline demo PICTURE…")
    click.echo("A real site: see “On a real site” in README.md.")
