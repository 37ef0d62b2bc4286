"""`creditline status`."""

from __future__ import annotations

import socket

import pytest
from tests.cli.sample import home, run
from tests.server.sample import HOSTILE, fill

from creditline.ledger.store import Ledger
from creditline.model.settings import Settings


def test_an_empty_folder() -> None:
    """Nothing runs, nothing was seen, nothing was missed."""
    result = run("status")

    assert 0 == result.exit_code
    assert 2 == result.stdout.count("is not running")
    assert "0 originals" in result.stdout
    assert "Missed     nothing" in result.stdout
    assert f"Data       {home()}" in result.stdout


def test_what_was_seen_and_missed() -> None:
    """Counts, the site that strips, and each miss with its reason; a stranger's text cannot steer the terminal."""
    ledger = Ledger.open(home(), Settings())
    fill(ledger, text=f"\x1b[2J{HOSTILE}")
    ledger.close()

    result = run("status")

    assert "1 originals, 1 uploads, 1 served copies of 1 works on 1 sites" in result.stdout
    assert "Stripping  imageboard.example" in result.stdout
    assert "(no_such_form)" in result.stdout
    assert not {"\x1b", "\u202e"} & set(result.stdout)


def test_a_running_server_is_said_to_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever listens on the configured port is seen."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        monkeypatch.setenv("CREDITLINE_PORT", str(server.getsockname()[1]))

        result = run("status")

    assert f"http://127.0.0.1:{server.getsockname()[1] if server.fileno() >= 0 else ''}" in result.stdout
    assert "answers" in result.stdout
