"""The short way of `inspect`: it prints what the command prints, or leaves the call to it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import platformdirs
import pytest
from tests.cli.sample import credited, write

from creditline.cli import _quick

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = "from creditline.cli.main import cli; cli()"
SHORT = "from creditline.__main__ import main; main()"


def process(code: str, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    """One call of either way, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, check=False, timeout=60
    )


@pytest.mark.parametrize("flags", [(), ("--json",), ("--no-pixels",), ("--json", "--no-pixels")])
def test_prints_what_the_command_prints(tmp_path: Path, flags: tuple[str, ...]) -> None:
    """Byte for byte, for people and for programs."""
    path = write(tmp_path / "Bild Ü.jpg", credited())

    long, short = (process(code, "inspect", path, *flags) for code in (COMMAND, SHORT))

    assert b"Ann Example" in short.stdout
    assert (long.returncode, long.stdout, long.stderr) == (short.returncode, short.stdout, short.stderr)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("audit", "a.jpg"),
        ("inspect",),
        ("inspect", "-"),
        ("inspect", "a.jpg", "b.jpg"),
        ("inspect", "a.jpg", "--csv"),
        ("inspect", "-r", "a.jpg"),
        ("inspect", "no-such-file.jpg"),
        ("inspect", "."),
        ("--home", "x", "inspect", "a.jpg"),
    ],
)
def test_leaves_the_rest_to_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    """Anything but one readable file with known flags is not taken, and nothing is printed for it."""
    write(tmp_path / "a.jpg", credited())
    (tmp_path / "empty.jpg").write_bytes(b"")
    monkeypatch.chdir(tmp_path)

    assert not _quick.inspected(list(arguments))
    assert not _quick.inspected(["inspect", "empty.jpg"])


def test_leaves_calls_with_settings_to_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings must be checked, even by a command that needs none (contract §1)."""
    path = write(tmp_path / "a.jpg", credited())
    monkeypatch.setenv("CREDITLINE_NO_SUCH_KEY", "1")

    assert not _quick.inspected(["inspect", str(path)])

    monkeypatch.delenv("CREDITLINE_NO_SUCH_KEY")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "config.toml").write_text("port = 1\n", encoding="utf-8")
    monkeypatch.setenv("CREDITLINE_HOME", str(tmp_path / "home"))

    assert not _quick.inspected(["inspect", str(path)])


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the short way is taken only with CREDITLINE_HOME")
def test_finds_settings_where_the_command_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without CREDITLINE_HOME the data folder is the platform's."""
    path = write(tmp_path / "a.jpg", credited())
    for name in [name for name in os.environ if name.startswith("CREDITLINE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = platformdirs.user_data_path("creditline", appauthor=False)
    folder.mkdir(parents=True)
    (folder / _quick.CONFIG_NAME).write_text("", encoding="utf-8")

    assert not _quick.inspected(["inspect", str(path)])


def test_a_reader_who_goes_away_is_no_error(tmp_path: Path) -> None:
    """As with `head`: exit code 0, and nothing on standard error."""
    path = write(tmp_path / "a.jpg", credited())
    done = subprocess.Popen(
        [sys.executable, "-c", SHORT, "inspect", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert done.stdout is not None
    assert done.stderr is not None
    done.stdout.close()

    complaint = done.stderr.read()
    done.stderr.close()

    assert (0, b"") == (done.wait(timeout=60), complaint)
