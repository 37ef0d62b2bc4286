"""`creditline addon`: where the mitmproxy addon lies."""

from __future__ import annotations

import click


@click.command()
def command() -> None:
    """Print the path of the addon, for `mitmdump -s "$(creditline addon)"`."""
    from creditline import capture

    click.echo(f"{next(iter(capture.__path__))}/script.py")
