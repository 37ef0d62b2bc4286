"""What several commands share: the data folder, the settings as options, pictures, and what they print."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import click

from creditline.cli._terminal import plain, utf8
from creditline.model.settings import KEYS, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from rich.console import Console

    from creditline.services.context import Context

__all__ = [
    "home_of",
    "is_address",
    "load_picture",
    "make_console",
    "open_context",
    "plain",
    "print_json",
    "print_utf8",
    "settings_options",
]

_TYPES = {"int": int, "float": float, "str": str}


def settings_options(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Options for the named settings, or for all, each with the help of its key and no default of its own."""
    kinds = {f.name: (str(f.type), f.default) for f in fields(Settings)}

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for key in reversed([key for key in KEYS if not names or key.name in names]):
            kind, default = kinds[key.name]
            flag = f"--{key.name.replace('_', '-')}"
            shown = f"{key.help} [default: {default if default != '' else 'SQLite'}]"
            if kind == "bool":
                flag = f"{flag}/--no-{key.name.replace('_', '-')}"
                option = click.option(flag, key.name, default=None, help=shown)
            else:
                option = click.option(flag, key.name, type=_TYPES[kind], default=None, help=shown)
            function = option(function)
        return function

    return decorate


def home_of(ctx: click.Context) -> Path:
    """The data folder of this call (contract §1)."""
    from creditline.services.context import data_folder

    return data_folder(ctx.find_root().obj)


def is_address(name: str) -> bool:
    """Whether an argument names something on the web, and no file."""
    return name.lower().startswith(("http://", "https://"))


def open_context(ctx: click.Context, options: Mapping[str, Any] | None = None) -> Context:
    """Ledger, pictures and settings of this call; closed when the command ends."""
    from creditline.services.context import Context

    context = Context.open(home_of(ctx), options=options)
    ctx.call_on_close(context.close)
    return context


def load_picture(path: Path) -> bytes:
    """The bytes of a file that is a picture by its first bytes, whatever its name says.

    Raises:
        PictureError: it cannot be read, or is of no format that Creditline knows.
    """
    from creditline.containers.sniff import sniff
    from creditline.model.errors import PictureError
    from creditline.services.check import load

    data = load(path)
    if sniff(data) == "unknown":
        raise PictureError(f"{path} is no picture that Creditline knows", code="not_a_picture")
    return data


def print_json(lines: Iterable[Mapping[str, Any]]) -> None:
    """One JSON object a line, flushed line by line so that a reader sees each at once."""
    for line in lines:
        print_utf8(f"{json.dumps(line, ensure_ascii=False)}\n")


def print_utf8(text: str) -> None:
    """Text for programs, in UTF-8 whatever the locale; lone surrogates as `\\udXXX`, which JSON reads back."""
    click.echo(utf8(text), nl=False)


def make_console() -> Console:
    """A rich console that takes a reader who went away as every other output here does."""
    from rich.console import Console

    class Output(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Output(highlight=False)
