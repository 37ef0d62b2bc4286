"""`creditline start`: ports, the sign-in link, and its end."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from tests.cli.sample import one_line, process, run

from creditline.model.settings import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def _busy_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


@pytest.mark.parametrize("option", ["--port", "--proxy-port"])
def test_a_busy_port_names_its_option(option: str) -> None:
    """Exit code 2, one line, and the option that chooses another."""
    other = "--proxy-port" if option == "--port" else "--port"
    with _busy_port() as port:
        done = process("start", option, str(port), other, "0")

    assert (2, b"") == (done.returncode, done.stdout)
    assert 1 == done.stderr.count(b"\n")
    assert str(port) in done.stderr.decode()
    assert f"{option}," in done.stderr.decode()


@pytest.mark.parametrize("option", ["--port", "--proxy-port"])
def test_a_number_that_is_no_port(option: str) -> None:
    """Too large or negative is said before anything starts."""
    for number in ("65536", "-1"):
        result = run("start", option, number)
        assert 2 == result.exit_code
        assert number in one_line(result)


def test_every_setting_is_an_option() -> None:
    """One key, four spellings: none of them is missing here."""
    words = run("start", "--help").stdout.split()

    assert {f"--{key.name.replace('_', '-')}" for key in KEYS} <= set(words)


def test_runs_until_sigterm() -> None:
    """With port 0 it prints the address that it got, answers there, and ends with 0."""
    running = subprocess.Popen(
        [sys.executable, "-m", "creditline", "start", "--no-proxy", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        text=True,
    )
    try:
        assert running.stdout is not None
        said = ""
        while "Ctrl-C" not in said and (line := running.stdout.readline()):
            said += line
        address = re.search(r"Dashboard {2}(http://127\.0\.0\.1:\d+)/\S*#\S+", said)
        assert address is not None, said
        with urllib.request.urlopen(f"{address[1]}/api/v1/health", timeout=10) as answer:  # noqa: S310
            assert 200 == answer.status
        assert "Proxy" not in said
        started = time.monotonic()
        running.send_signal(signal.SIGTERM)
        _, errors = running.communicate(timeout=60)

        assert (0, "") == (running.returncode, errors)
        assert time.monotonic() - started < 30
    finally:
        running.kill()
        running.communicate()
