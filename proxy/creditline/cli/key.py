"""`creditline key`: the key that signs pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from creditline.cli._options import home_of, plain

if TYPE_CHECKING:
    from pathlib import Path

    from creditline.reattach.authority import Authority


@click.group()
def command() -> None:
    """Show or replace the key that signs pictures.

    It is neither the proxy's certificate (`creditline ca`) nor a trust list (`creditline trust`).
    """


@command.command()
@click.pass_context
def show(ctx: click.Context) -> None:
    """Print whose key it is, until when it signs, and the certificate to trust it by. The first call makes it."""
    from creditline.reattach import keyring

    home = home_of(ctx)
    authority, made = keyring.ensure(home)
    if made:
        click.echo("A signing key was made.")
    _print(authority, home)


@command.command()
@click.pass_context
def rotate(ctx: click.Context) -> None:
    """Make a new key in place of the present one. What that signed stays verifiable by its own root, which is kept."""
    from creditline.reattach import keyring

    home = home_of(ctx)
    _print(keyring.rotate(home), home)


def _print(authority: Authority, home: Path) -> None:
    from creditline.reattach import keyring

    about = keyring.info(authority, home)
    click.echo(plain(f"Signer       {about.subject}"))
    click.echo(f"SHA-256      {about.sha256}")
    click.echo(f"Signs until  {about.not_after}")
    for path in keyring.roots(home):
        click.echo(plain(f"Root         {path}"))
    click.echo(
        "Others read its signatures as valid, by an unknown signer. Who trusts the root reads them as trusted:"
    )
    click.echo(plain(f"creditline trust add {about.root}"))
