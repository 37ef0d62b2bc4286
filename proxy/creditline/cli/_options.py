"""What several commands share: the data folder, the settings as options, and JSON Lines on standard output."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import click

from creditline.model.settings import KEYS, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from creditline.services.context import Context

_TYPES = {"int": int, "float": float, "str": str}


def settings_options(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Options for the named settings, each with the help of its key and no default of its own."""
    kinds = {f.name: (str(f.type), f.default) for f in fields(Settings)}

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for key in reversed([key for key in KEYS if key.name in names]):
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


def open_context(ctx: click.Context, options: Mapping[str, Any] | None = None) -> Context:
    """Ledger, pictures and settings of this call; closed when the command ends."""
    from creditline.services.context import Context

    context = Context.open(home_of(ctx), options=options)
    ctx.call_on_close(context.close)
    return context


def print_json(lines: Iterable[Mapping[str, Any]]) -> None:
    """One JSON object a line, flushed line by line so that a reader sees each at once."""
    for line in lines:
        click.echo(json.dumps(line, ensure_ascii=False))
