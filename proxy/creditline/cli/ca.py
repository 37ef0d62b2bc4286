"""`creditline ca`: the proxy's certificate authority, which is never installed system-wide by us."""

from __future__ import annotations

import shutil

import click

from creditline.cli._options import home_of
from creditline.model.errors import NotFoundError


@click.group()
def command() -> None:
    """Show or remove the proxy's certificate authority."""


@command.command()
@click.pass_context
def show(ctx: click.Context) -> None:
    """Print where the certificate lies, its fingerprint, and the pin of its key."""
    import hashlib

    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    from creditline.capture.trust import ensure_authority, spki_pin
    from creditline.services.context import CERTIFICATES

    path = ensure_authority(home_of(ctx) / CERTIFICATES)
    pem = path.read_bytes()
    der = x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    click.echo(f"Certificate  {path}")
    click.echo(f"SHA-256      {hashlib.sha256(der).hexdigest()}")
    click.echo(f"Key pin      {spki_pin(pem)}")
    click.echo("It is trusted only where you put it; Creditline installs it nowhere.")


@command.command()
@click.pass_context
def remove(ctx: click.Context) -> None:
    """Delete the authority and its key; the next `creditline start` makes new ones."""
    from creditline.services.context import CERTIFICATES

    folder = home_of(ctx) / CERTIFICATES
    if not folder.is_dir():
        raise NotFoundError(f"there is no certificate authority in {folder}")
    shutil.rmtree(folder)
    click.echo(
        f"Removed {folder}. Where you had it trusted by hand (a browser, a system store), remove it there, too."
    )
