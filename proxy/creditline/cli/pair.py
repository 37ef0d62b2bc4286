"""`creditline pair`: a token for the extension or another program."""

from __future__ import annotations

import click

from creditline.cli._options import home_of, print_json

SCHEMA = "creditline/pair/1"
DEFAULT_SCOPES = ("api", "fetch:manifests")


@click.command()
@click.option("--scope", "scopes", multiple=True, help="What it allows [default: api and fetch:manifests].")
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@click.pass_context
def command(ctx: click.Context, scopes: tuple[str, ...], as_json: bool) -> None:
    """Make a token; it is shown once and kept only as a hash."""
    from creditline.model.settings import load
    from creditline.server.tokens import Tokens

    home = home_of(ctx)
    settings = load(home)
    chosen = scopes or DEFAULT_SCOPES
    token = Tokens(home).issue(chosen)
    url = f"http://{settings.host}:{settings.port}"
    if as_json:
        print_json([{"schema": SCHEMA, "token": token, "url": url, "scopes": list(chosen)}])
        return
    click.echo(f"Address  {url}\nToken    {token}\nAllows   {', '.join(chosen)}")
