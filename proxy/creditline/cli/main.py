"""The command line: which commands there are, and what an error looks like.

A command's module is imported when it is called, so that `inspect` never waits for the proxy.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from creditline import __version__
from creditline.model.errors import CreditlineError

EXIT_DONE, EXIT_LOST, EXIT_FAILED, EXIT_DIFFERENT = 0, 1, 2, 3
"""Exit codes of contract §2."""

COMMANDS = {
    "demo": ("demo", "Upload pictures to built-in test sites and show what each took out."),
    "start": ("start", "Run the proxy and the dashboard until Ctrl-C."),
    "status": ("status", "One screen: what is running, seen, stripped and missed."),
    "inspect": ("inspect", "Show everything a picture says about its origin."),
    "audit": ("audit", "Compare an original with a copy, field by field."),
    "find": ("find", "Say which known originals a picture is a copy of."),
    "import": ("import_", "Register pictures as originals."),
    "log": ("log", "List observations, or verify their chain."),
    "show": ("show", "Print one observation whole."),
    "sites": ("sites", "List the sites that are known and opened, or add a host."),
    "pair": ("pair", "Make a token for the extension or another program."),
    "addon": ("addon", "Print the path of the mitmproxy addon."),
    "doctor": ("doctor", "Say what is missing, and the command that mends it."),
    "ca": ("ca", "Show or remove the proxy's certificate authority."),
    "db": ("db", "Show or upgrade the ledger's schema."),
    "backup": ("backup", "Write the ledger and its pictures to one file."),
    "purge": ("purge", "Forget a work, a site or all before a date."),
}
"""Every command: the module in this package that holds it, and its one-line help."""


class Commands(click.Group):
    """A group whose commands are imported on call."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"creditline.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error of ours becomes one line on standard error and exit code 2."""
        try:
            return super().invoke(ctx)
        except CreditlineError as error:
            fail(error)
        except BrokenPipeError:
            # The reader of our output went away, as `head` does: nothing is wrong and nothing more is wanted.
            sys.stderr.close()
            sys.exit(EXIT_DONE)


def complain(error: CreditlineError) -> None:
    """One line on standard error: what, why, what to do."""
    hint = f" Next: {error.next_step}" if error.next_step else ""
    click.echo(f"creditline: {error}{'' if str(error).endswith('.') else '.'}{hint}", err=True)


def fail(error: CreditlineError) -> None:
    """Complain and end with exit code 2."""
    complain(error)
    sys.exit(EXIT_FAILED)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--home", type=click.Path(file_okay=False), help="The data folder [default: the platform's].")
@click.version_option(__version__, prog_name="creditline")
@click.pass_context
def cli(ctx: click.Context, home: str | None) -> None:
    """Shows which credit, consent and AI fields a site took out of an uploaded picture, and where."""
    ctx.obj = home
