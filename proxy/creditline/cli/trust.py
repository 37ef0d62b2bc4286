"""`creditline trust`: the roots that Content Credentials are trusted by."""

from __future__ import annotations

from pathlib import Path

import click

from creditline.cli._options import home_of, plain


@click.group()
def command() -> None:
    """List, add or refresh the roots that signatures are trusted by.

    None of them is the key that signs (`creditline key`), nor the proxy's certificate (`creditline ca`).
    """


@command.command("list")
@click.pass_context
def list_(ctx: click.Context) -> None:
    """Print each list with its date and publisher, and the roots that you added."""
    from creditline.services import trust_lists
    from creditline.vocab import trust

    for item in trust.lists():
        source = item.source
        click.echo(f"{source.name:<16} {item.certificates:>3} certificates, {source.issued}, {source.publisher}")
    for path, count in trust_lists.own(home_of(ctx)):
        click.echo(plain(f"{'yours':<16} {'damaged' if count is None else f'{count:>3} certificates'}, {path}"))


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def add(ctx: click.Context, file: Path) -> None:
    """Trust the certificates in FILE (PEM) as roots; what they signed reads as trusted, by the list `user`."""
    from creditline.services import trust_lists

    target, count = trust_lists.add(home_of(ctx), file)
    click.echo(plain(f"Trusting {count} certificate{'s'[: count != 1]} of {file}. To undo: delete {target}"))


@command.command()
@click.pass_context
def refresh(ctx: click.Context) -> None:
    """Fetch the lists that C2PA publishes, and use them from now on.

    Nothing is fetched unless you ask for it here. The address built in was not tried against the real server.
    """
    from creditline.services import trust_lists

    for name, count in trust_lists.refresh(home_of(ctx)).items():
        click.echo(f"{name:<16} {count:>3} certificates")
