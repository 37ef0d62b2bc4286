"""`creditline sites`: which sites are known, and what is decrypted for them."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from typing import Any

import click

from creditline.cli._options import home_of, plain, print_json
from creditline.cli.main import EXIT_DIFFERENT

SCHEMA = "creditline/site/1"


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a site.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """List the known sites with the age of what is known, and every host pattern that is decrypted."""
    if ctx.invoked_subcommand is not None:
        return
    from creditline.vocab import sites

    known = sites.load(home_of(ctx))
    today = datetime.now(UTC).date()
    lines: list[dict[str, Any]] = [
        {
            "schema": SCHEMA,
            "id": profile.id,
            "name": profile.name,
            "last_verified": str(profile.last_verified),
            "age_days": (today - date.fromisoformat(str(profile.last_verified))).days,
            "confidence": profile.confidence,
            "software": profile.any_host,
            "named_only": profile.named_only,
            "opened": [pattern.pattern for pattern in known.opened_for(profile)],
        }
        for profile in known.profiles
    ]
    lines += [
        {
            "schema": SCHEMA,
            "id": host,
            "name": host,
            "last_verified": None,
            "age_days": None,
            "confidence": "generic" if profile is None else "user",
            "software": False,
            "named_only": False,
            "opened": [host],
        }
        for host, profile in known.hosts
    ]
    if as_json:
        print_json(lines)
        return
    for line in lines:
        age = "added by you" if line["last_verified"] is None else f"verified {line['age_days']} days ago"
        click.echo(f"{line['id']:<16}  {age}, confidence {line['confidence']}")
        if line["software"] or (line["named_only"] and not line["opened"]):
            click.echo(f"{'':<16}  opens nothing until `creditline sites add HOST --profile {line['id']}`")
        for pattern in line["opened"]:
            click.echo(f"{'':<16}  opens {pattern}")


@command.command()
@click.argument("host")
@click.option(
    "--profile", help="The site's profile, or that of the software that runs there, as `slack` or `mastodon`."
)
@click.pass_context
def add(ctx: click.Context, host: str, profile: str | None) -> None:
    """Open HOST, so that its uploads and pictures are seen; a running `creditline start` must be started anew."""
    from creditline.vocab import sites

    sites.add_host(home_of(ctx), host, profile)
    click.echo(f"{sites.normal(host)} is opened from the next `creditline start` on.")


@command.command()
@click.argument("url")
@click.pass_context
def largest(ctx: click.Context, url: str) -> None:
    """Print where the largest copy of the picture at URL may be, best first; nothing is fetched.

    `free` needs nothing; `signed` means that the site may refuse the address without a signature of its own. The exit
    code is 3 when no profile knows a larger copy's address.
    """
    from urllib.parse import urlsplit

    from creditline.pipeline.largest import candidates
    from creditline.vocab import sites

    known = sites.load(home_of(ctx))
    try:
        parts = urlsplit(url)
        host, path = parts.hostname or "", parts.path
    except ValueError:
        host = path = ""
    profile = known.profile_at(host, path)
    found = candidates(profile, url) if profile is not None else ()
    for candidate in found:
        click.echo(f"{'free' if candidate.free else 'signed':<6}  {plain(candidate.url)}")
    if not found:
        sys.exit(EXIT_DIFFERENT)
