"""`creditline doctor`: what is missing, and the command that mends it."""

from __future__ import annotations

import sys

import click

from creditline.cli._options import home_of, plain, print_json
from creditline.cli.main import EXIT_LOST
from creditline.model.errors import CreditlineError, SettingsError

SCHEMA = "creditline/doctor/1"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """Check packages, browser, settings, disk and ledger, and list every host pattern that is decrypted."""
    from creditline.browser.chromium import find_chromium
    from creditline.services.context import Context
    from creditline.services.doctor import examine

    home = home_of(ctx)
    state = mend = None
    try:
        Context.open(home).close()
    except SettingsError:
        state, mend = "not opened, because the settings are unusable", "creditline doctor, once they are mended"
    except CreditlineError as error:
        state, mend = str(error), error.next_step
    findings = examine(home, browser=find_chromium(), ledger_state=state, ledger_mend=mend)
    if as_json:
        print_json([{"schema": SCHEMA, "home": str(home), "findings": [f.to_json() for f in findings]}])
    else:
        for f in findings:
            mend = f"   mend: {f.mend}" if f.mend else ""
            click.echo(plain(f"{'ok     ' if f.ok else 'MISSING'}  {f.name:<12}  {f.detail}{mend}"))
    sys.exit(0 if all(f.ok for f in findings) else EXIT_LOST)
