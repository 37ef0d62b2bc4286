"""Shared options and output of the commands."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from tests.cli.sample import home, jpeg, write

from creditline.cli._options import (
    home_of,
    load_picture,
    make_console,
    open_context,
    plain,
    print_json,
    settings_options,
)
from creditline.model.errors import PictureError
from creditline.model.settings import KEYS


def test_every_setting_becomes_an_option() -> None:
    """Each key gives an option of its name, with its help and no default of its own."""

    @click.command()
    @settings_options(*(key.name for key in KEYS))
    def command(**values: object) -> None:
        click.echo(json.dumps(values))

    options = {option.name: option for option in command.params if isinstance(option, click.Option)}
    result = CliRunner().invoke(command, ["--port", "1", "--no-passthrough", "--read-timeout", "2.5"])

    assert {key.name for key in KEYS} == set(options)
    for key in KEYS:
        assert f"--{key.name.replace('_', '-')}" in options[key.name].opts
        assert key.help in str(options[key.name].help)
    given = {name: value for name, value in json.loads(result.stdout).items() if value is not None}
    assert {"port": 1, "passthrough": False, "read_timeout": 2.5} == given


def test_home_of_takes_option_then_environment(tmp_path: Path) -> None:
    """The option wins; a relative folder is made absolute."""
    root = click.Context(click.Command("creditline"), obj=None)

    assert home() == home_of(root)
    root.obj = str(tmp_path / "named")
    assert tmp_path / "named" == home_of(click.Context(click.Command("log"), parent=root))
    root.obj = "relative"
    assert Path.cwd() / "relative" == home_of(root)


def test_open_context_closes_with_the_command() -> None:
    """A command's ledger is closed when the command ends."""
    with click.Context(click.Command("creditline"), obj=None) as root:
        context = open_context(root, {"port": 1})

        assert (home(), 1) == (context.home, context.settings.port)


def test_load_picture_goes_by_bytes(tmp_path: Path) -> None:
    """A picture under any name is taken, a text under a picture's name is not."""
    data = jpeg()

    assert data == load_picture(write(tmp_path / "a.txt", data))
    for bad in (write(tmp_path / "b.jpg", b"hello"), write(tmp_path / "c.jpg", b""), tmp_path, tmp_path / "no"):
        with pytest.raises(PictureError):
            load_picture(bad)


def test_json_is_one_line_of_utf8_an_object(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Line ends inside values do not end the line; a name that is no UTF-8 is read back as it was."""
    values = [{"a": "ä\n\u2028"}, {"a": "bad\udcff.jpg"}]

    print_json(values)

    out = capfdbinary.readouterr().out
    assert 2 == out.count(b"\n")
    assert "ä".encode() in out
    assert values == [json.loads(line) for line in out.decode("utf-8").split("\n")[:-1]]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zoë 作者 👩‍🎨", "Zoë 作者 👩‍🎨"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\x9b31m", "\\x9b31m"),
        ("a\r\nb\t", "a\\r\\nb\\t"),
        ("\u202egnp.exe\u2066", "\\u202egnp.exe\\u2066"),
        ("a\u2028b", "a\\u2028b"),
        ("bad\udcff", "bad\\udcff"),
    ],
)
def test_plain_spells_out_what_would_steer_a_terminal(text: str, shown: str) -> None:
    """Letters of any script stay; controls and marks of direction become visible."""
    assert shown == plain(text)


def test_console_hands_a_broken_pipe_on() -> None:
    """Where the reader is gone rich would end with 1, which says that something was lost."""
    with pytest.raises(BrokenPipeError):
        make_console().on_broken_pipe()
