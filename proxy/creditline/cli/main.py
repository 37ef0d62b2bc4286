"""The command line: which commands there are, and what an error looks like.

A command's module is imported when it is called, so that `inspect` never waits for the proxy.
"""

from __future__ import annotations

import contextlib
import difflib
import importlib
import io
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from creditline import __version__
from creditline.model.errors import CreditlineError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EXIT_DONE, EXIT_LOST, EXIT_FAILED, EXIT_DIFFERENT = 0, 1, 2, 3
"""Exit codes of contract §2."""

EXIT_INTERRUPTED = 130
"""Ctrl-C, as shells count it: 128 and the signal's number."""

COMMANDS = {
    "demo": ("demo", "Upload pictures to built-in test sites and show what each took out."),
    "browser": ("browser", "Open a browser window of its own that goes through Creditline."),
    "start": ("start", "Run the proxy and the dashboard until Ctrl-C."),
    "status": ("status", "One screen: what is running, seen, stripped and missed."),
    "inspect": ("inspect", "Show everything a picture says about its origin."),
    "audit": ("audit", "Compare an original with a copy, field by field."),
    "find": ("find", "Say which known originals a picture is a copy of."),
    "restore": ("restore", "Put back what a copy lost of its original's metadata."),
    "stamp": ("stamp", "Write your credit and consent into your own pictures."),
    "label": ("label", "Draw the visible AI label into pictures, or check that it is there."),
    "consent": ("consent", "Show and set what a picture, or a site of your own, says of AI training."),
    "import": ("import_", "Register pictures as originals."),
    "log": ("log", "List observations, or verify their chain."),
    "show": ("show", "Print one observation whole."),
    "report": ("report", "Write a report for people: HTML, PDF, CSV, JSON, Markdown or a letter."),
    "evidence": ("evidence", "Export observations and pictures as a package, or check one offline."),
    "scoreboard": ("scoreboard", "Compare what sites keep, and merge what others measured."),
    "probe": ("probe", "Make six reference pictures with a known value in every field."),
    "sites": ("sites", "List the sites that are known and opened, or add a host."),
    "pair": ("pair", "Make a token for the extension or another program."),
    "addon": ("addon", "Print the path of the mitmproxy addon."),
    "doctor": ("doctor", "Say what is missing, and the command that mends it."),
    "key": ("key", "Show or replace the key that signs pictures."),
    "trust": ("trust", "List, add or refresh the roots that signatures are trusted by."),
    "ca": ("ca", "Show or remove the proxy's certificate authority."),
    "index": ("index", "Show what the fingerprint search holds, or make its codes anew."),
    "db": ("db", "Show or upgrade the ledger's schema."),
    "backup": ("backup", "Write the ledger and its pictures to one file."),
    "purge": ("purge", "Forget a work, a site or all before a date."),
}
"""Every command: the module in this package that holds it, and its one-line help."""

SETTINGS_REPORTED = ("doctor",)
"""Commands that say themselves what is wrong with the settings; all others refuse to go on (contract §1)."""


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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """click's, but a command that there is not names the nearest one."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            near = difflib.get_close_matches(name, COMMANDS, n=1, cutoff=0.0)[0]
            raise UsageError(
                f"there is no command {name!r}; the nearest is {near!r}", next_step="creditline --help lists them"
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command line; no character that a picture or a file's name holds can end it."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        return super().main(*args, **extra)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """click's; what is off about the options becomes one line on standard error and exit code 2."""
        with _one_line():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what cannot be done becomes one line on standard error and exit code 2."""
        with _one_line():
            return super().invoke(ctx)


@contextlib.contextmanager
def _one_line() -> Iterator[None]:
    try:
        yield
    except CreditlineError as error:
        fail(error)
    except click.exceptions.NoArgsIsHelpError:
        raise  # its text is the help
    except click.UsageError as error:
        about = f"{error.ctx.command_path} --help" if error.ctx else None
        fail(UsageError(error.format_message(), next_step=about))
    except BrokenPipeError:
        # The reader of our output went away, as `head` does: nothing is wrong and nothing more is wanted.
        _drop_output()
        sys.exit(EXIT_DONE)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        fail(CreditlineError(f"{where}{error.strerror or error}"))
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)


def _set_in_environment(name: str, value: str) -> Callable[[], None]:
    """An option of every command, for all that this call loads and starts; what undoes it."""
    before = os.environ.get(name)
    os.environ[name] = value

    def undo() -> None:
        if before is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = before

    return undo


def _drop_output() -> None:
    """What is still buffered goes nowhere, or the interpreter would complain about it at its end."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(error: CreditlineError) -> None:
    """One line on standard error: what, why, what to do."""
    from creditline.cli._options import plain

    text = " ".join(str(error).splitlines())
    hint = f" Next: {error.next_step}" if error.next_step else ""
    click.echo(plain(f"creditline: {text}{'' if text.endswith(('.', '?', '!')) else '.'}{hint}"), err=True)


def fail(error: CreditlineError) -> None:
    """Complain and end with exit code 2."""
    complain(error)
    sys.exit(EXIT_FAILED)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--home", type=click.Path(file_okay=False), help="The data folder [default: the platform's].")
@click.option("--database", metavar="URL", help="Where the ledger lives [default: SQLite in the data folder].")
@click.version_option(__version__, prog_name="creditline")
@click.pass_context
def cli(ctx: click.Context, home: str | None, database: str | None) -> None:
    """Shows which credit, consent and AI fields a site took out of an uploaded picture, and where."""
    ctx.obj = home
    from creditline.cli._options import home_of
    from creditline.vocab import trust

    trust.use(home_of(ctx))
    if database is not None:
        ctx.call_on_close(_set_in_environment("CREDITLINE_DATABASE", database))
    if ctx.invoked_subcommand not in SETTINGS_REPORTED:
        from creditline.model.settings import load

        load(home_of(ctx))
