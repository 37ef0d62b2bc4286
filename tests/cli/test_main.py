"""The command line as a whole: errors in one line, exit codes, settings, pipes, and what is not imported."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest
from PIL import Image
from tests.cli.sample import credited, home, jpeg, one_line, process, run, write

from creditline.cli.main import COMMANDS, cli, complain
from creditline.model.errors import CreditlineError

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {"PIL", "aiohttp", "alembic", "c2pa", "cryptography", "jinja2", "mitmproxy", "numpy", "rich", "sqlalchemy"}
LOADED = """
import sys
from creditline.cli.main import cli
try:
    cli({args!r})
finally:
    print(*sorted({{name.partition(".")[0] for name in sys.modules}}), file=sys.stderr)
"""


def _loaded(*args: str) -> set[str]:
    code = LOADED.format(args=list(args))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_inspect_imports_nothing_heavy(tmp_path: Path, kind: str) -> None:
    """A file without a manifest is read without numpy, c2pa, Pillow, aiohttp, the database or the proxy."""
    path = tmp_path / "a"
    Image.new("RGB", (8, 8)).save(path, kind)

    assert set() == _loaded("inspect", str(path), "--json", "--no-pixels") & (HEAVY | {"piexif"})


def test_inspect_of_credit_imports_nothing_heavy(tmp_path: Path) -> None:
    """EXIF and XMP are read without any of them, too."""
    path = write(tmp_path / "a.jpg", credited())

    assert set() == _loaded("inspect", str(path), "--json", "--no-pixels") & HEAVY


@pytest.mark.parametrize("args", [("--help",), ("sites",), ("addon",)])
def test_a_list_or_help_imports_nothing_heavy(args: tuple[str, ...]) -> None:
    """What only prints a list starts at once."""
    assert set() == _loaded(*args, *(() if args == ("--help",) else ("--help",))) & HEAVY


def test_sites_imports_no_database() -> None:
    """The known sites are files; listing them opens no ledger."""
    code = LOADED.format(args=["sites"])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert set() == set(done.stderr.split()) & HEAVY


def test_every_command_has_a_module_and_help() -> None:
    """Each name in the table leads to a command that explains itself."""
    context = click.Context(cli, **cli.context_settings)

    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        assert command.help, name


def test_an_unknown_command_names_the_nearest() -> None:
    """A typing error is answered with the command that was meant."""
    result = run("inspct")

    assert 2 == result.exit_code
    assert "'inspect'" in one_line(result)
    assert "" == result.stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--bogus",), "--bogus"),
        (("inspect", "--bogus", "a.jpg"), "--bogus"),
        (("inspect",), "PATH"),
        (("start", "--prot", "1"), "--port"),
        (("start", "--port", "many"), "many"),
        (("ca", "shw"), "show"),
        (("demo", "--browser", "lynx"), "lynx"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(args: tuple[str, ...], said: str) -> None:
    """What is off, and where help is, on one line of standard error."""
    result = run(*args)

    assert 2 == result.exit_code
    assert said in one_line(result)
    assert "--help" in result.stderr
    assert "" == result.stdout


def test_no_command_prints_help() -> None:
    """Called alone, it says what it can do."""
    result = run()

    assert 2 == result.exit_code
    assert "inspect" in result.stderr


@pytest.mark.parametrize("args", [("--help",), ("-h",), ("inspect", "-h"), ("--version",)])
def test_help_and_version_succeed(args: tuple[str, ...]) -> None:
    """Help is no error and goes to standard output."""
    result = run(*args)

    assert 0 == result.exit_code
    assert "creditline" in result.stdout
    assert "" == result.stderr


@pytest.mark.parametrize("command", [("inspect", "a.jpg"), ("status",), ("sites",), ("log",)])
def test_an_unknown_setting_names_the_nearest(monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]) -> None:
    """A misspelt variable stops every command, the ones that need no setting included."""
    monkeypatch.setenv("CREDITLINE_PROXY_PROT", "1")

    result = run(*command)

    assert 2 == result.exit_code
    assert "CREDITLINE_PROXY_PROT" in one_line(result)
    assert "proxy_port" in result.stderr


def test_a_broken_settings_file_is_one_line() -> None:
    """A file that is no TOML is named, with what is wrong in it."""
    write(home() / "config.toml", b"port = = 1\n")

    result = run("status")

    assert 2 == result.exit_code
    assert "config.toml" in one_line(result)


def test_home_option_beats_the_environment(tmp_path: Path) -> None:
    """`--home` wins over CREDITLINE_HOME."""
    other = tmp_path / "other"

    result = run("--home", other, "status")

    assert 0 == result.exit_code
    assert f"Data       {other}" in result.stdout
    assert not home().exists()


def test_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    """A data folder has to be a folder."""
    path = write(tmp_path / "file", b"x")

    for result in (run("--home", path, "status"), run("--home", path / "below", "status")):
        assert 2 == result.exit_code
        assert str(path) in one_line(result)


def test_an_error_of_the_system_is_one_line(tmp_path: Path) -> None:
    """A data folder that cannot be made ends `demo` with a sentence, not with a traceback."""
    home_as_file = {"CREDITLINE_HOME": str(write(tmp_path / "file", b"x"))}
    picture = write(tmp_path / "a.jpg", jpeg())

    done = process("demo", "--browser", "none", picture, environ=home_as_file)

    assert (2, b"") == (done.returncode, done.stdout)
    assert 1 == done.stderr.count(b"\n")
    assert f"creditline: {tmp_path / 'file'}" in done.stderr.decode()


def test_an_error_text_never_breaks_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Line ends and control characters in a message stay on the one line and out of the terminal."""
    complain(CreditlineError("a\nb \x1b[31mc", next_step="d"))

    assert "creditline: a b \\x1b[31mc. Next: d\n" == capsys.readouterr().err


@pytest.mark.parametrize("args", [("inspect", "{}"), ("inspect", "--json", "{}"), ("--help",), ("sites",)])
def test_a_reader_that_goes_away_is_no_error(tmp_path: Path, args: tuple[str, ...]) -> None:
    """`creditline … | head` ends quietly with 0, also where nothing at all could be written."""
    path = write(tmp_path / "a.jpg", credited())
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "creditline", *(arg.format(path) for arg in args)],
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
    finally:
        os.close(writing)

    assert (0, b"") == (done.returncode, done.stderr)


def test_ctrl_c_ends_with_130() -> None:
    """An interrupt says nothing of loss: neither 1 nor a traceback."""
    running = subprocess.Popen(
        [sys.executable, "-m", "creditline", "inspect", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdin is not None
    running.stdin.write(bytes(1 << 20))  # more than a pipe holds: written means that it has come to reading
    running.stdin.flush()
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=30)

    assert (130, b"") == (running.returncode, errors)


def test_output_survives_a_terminal_without_unicode(tmp_path: Path) -> None:
    """An ASCII terminal gets escapes instead of a traceback; JSON stays UTF-8."""
    path = write(tmp_path / "ä.jpg", jpeg())
    ascii_only = {"PYTHONIOENCODING": "ascii"}

    shown = process("inspect", path, environ=ascii_only)
    lines = process("inspect", path, "--json", environ=ascii_only)

    assert (0, b"") == (shown.returncode, shown.stderr)
    assert b"320\\xd7240" in shown.stdout
    assert "ä.jpg" in lines.stdout.decode("utf-8")


def test_python_m_is_the_same_program() -> None:
    """`python -m creditline` and `creditline` answer alike."""
    done = process("--version")

    assert 0 == done.returncode
    assert done.stdout.startswith(b"creditline, version ")


def test_any_command_can_be_told_where_the_ledger_lives(tmp_path: Path) -> None:
    """`--database` before a command beats the environment, for this call alone."""
    elsewhere = f"sqlite:///{tmp_path}/elsewhere.sqlite"

    result = run("--database", elsewhere, "db", "status")

    assert elsewhere in result.stdout
    assert elsewhere not in run("db", "status").stdout
