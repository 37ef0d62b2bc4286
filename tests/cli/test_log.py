"""`creditline log` against contract §5."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from tests.cli.sample import credited, home, jpeg, lines, one_line, remember, run, write
from tests.server.sample import fill

from creditline.ledger.store import Ledger
from creditline.model.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

MEMBERS = {
    *("schema", "id", "at", "site", "account", "profile", "stage", "role", "form", "url", "sha256", "bytes"),
    *("format", "width", "height", "work", "via", "declared", "chain", "prev"),
}


def _fill(*, text: str = "Ann Example") -> None:
    ledger = Ledger.open(home(), Settings())
    try:
        fill(ledger, text=text)
    finally:
        ledger.close()


def _by_hand(*statements: str) -> None:
    """Changes the ledger's file past the program, as somebody who wants another past would."""
    connection = sqlite3.connect(home() / "ledger.sqlite")
    try:
        for name, _ in connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    finally:
        connection.close()


def test_json_has_the_contracts_members() -> None:
    """Oldest first, each with its hash and the one before it."""
    _fill()

    found = lines(run("log", "--json"))

    assert ["original", "uploaded", "served"] == [line["stage"] for line in found]
    assert all(set(line) >= MEMBERS for line in found)
    assert [line["chain"] for line in found[:-1]] == [line["prev"] for line in found[1:]]
    assert {"creditline/observation/1"} == {line["schema"] for line in found}


def test_an_empty_ledger_prints_nothing() -> None:
    """Nothing seen is no error."""
    result = run("log", "--json")

    assert (0, "", "") == (result.exit_code, result.stdout, result.stderr)


def test_site_and_since_narrow() -> None:
    """Only that site, only from that moment on."""
    _fill()

    assert 2 == len(lines(run("log", "--site", "imageboard.example", "--json")))
    assert [] == lines(run("log", "--site", "nowhere.example", "--json"))
    assert ["served"] == [line["stage"] for line in lines(run("log", "--since", "2026-08-21T09:02:00Z", "--json"))]
    assert 3 == len(lines(run("log", "--since", "2026-08-21", "--json")))


def test_a_time_that_is_none() -> None:
    """Words are no time; how to write one is said."""
    result = run("log", "--since", "tomorrow")

    assert 2 == result.exit_code
    assert "ISO 8601" in one_line(result)


def test_for_people_what_strangers_wrote_is_text() -> None:
    """A file name with terminal codes is shown, one line an observation."""
    _fill(text="\x1b[2J\nname")

    result = run("log")

    assert 3 == result.stdout.count("\n")
    assert "\x1b" not in result.stdout


def test_a_whole_chain_verifies(tmp_path: Path) -> None:
    """0, for a filled and for an empty ledger."""
    assert 0 == run("log", "--verify").exit_code
    remember(write(tmp_path / "a.jpg", credited()))

    result = run("log", "--verify", "--json")

    assert 0 == result.exit_code
    assert [("creditline/chain/1", True, 1, None)] == [
        (line["schema"], line["ok"], line["checked"], line["first_bad"]) for line in lines(result)
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE observations SET site = 'other.example' WHERE stage = 'uploaded'",
        "DELETE FROM observations WHERE stage = 'uploaded'",
        "UPDATE observations SET prev = chain WHERE stage = 'served'",
    ],
)
def test_a_chain_changed_by_hand_is_exit_code_1(statement: str) -> None:
    """An edited, a removed and a rehung observation are found and said, in words and as JSON."""
    _fill()
    _by_hand(statement)

    shown = run("log", "--verify")
    machine = run("log", "--verify", "--json")

    assert (1, 1) == (shown.exit_code, machine.exit_code)
    assert "broken" in shown.stdout
    (line,) = lines(machine)
    assert not line["ok"]
    assert line["first_bad"] is not None or line["missing"]


def test_a_removed_end_is_found() -> None:
    """The newest observations cannot be cut off unseen."""
    _fill()
    _by_hand("DELETE FROM observations WHERE stage = 'served'")

    assert 1 == run("log", "--verify").exit_code


def test_purging_keeps_the_chain(tmp_path: Path) -> None:
    """What was forgotten on request is no break."""
    seen = remember(write(tmp_path / "a.jpg", jpeg()))
    run("purge", "--work", str(seen.work))

    assert 0 == run("log", "--verify").exit_code
