"""Archives go through one recorder: nothing twice, and nothing is said to be interrupted that is whole."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from tests import wire

from creditline.importers.take_in import Intake, Tally
from creditline.ledger import queries
from creditline.ledger.store import Ledger
from creditline.model.settings import Settings
from creditline.services import recorder as recorders
from creditline.services import worker
from creditline.services.recorder import Recorder
from creditline.vocab import sites

if TYPE_CHECKING:
    from pathlib import Path

    from creditline.model.exchange import Exchange

SETTINGS = Settings(workers=1)


class Here:
    """Workers' answers without their processes."""

    def __init__(self, home: Path, *_: object, **__: object) -> None:
        self._home = home

    def submit(self, job: dict[str, Any]) -> Future[dict[str, Any]]:
        done: Future[dict[str, Any]] = Future()
        done.set_result(worker.answer(job, self._home))
        return done

    def close(self) -> None:
        """Nothing to end."""


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorders, "Workers", Here)
    monkeypatch.setattr(recorders, "GRACE_SECONDS", 0.0)


def imported(home: Path, exchanges: list[Exchange]) -> Tally:
    """What becomes of an archive of these exchanges, in a recorder of its own."""
    archive: Any = SimpleNamespace(read=lambda _, cap: iter(exchanges if cap else ()))
    with Ledger.open(home, SETTINGS) as ledger:
        recorder = Recorder(ledger, SETTINGS, waited_for=True)
        try:
            return Intake(recorder, ledger, sites.load(home), SETTINGS.max_body).read(home, archive)
        finally:
            recorder.close()


def recorded(home: Path) -> tuple[list[tuple[str, str | None]], dict[str, int]]:
    """State and miss of each observation, and all misses; the chain verifies."""
    with Ledger.open(home, SETTINGS) as ledger:
        assert ledger.verify().ok
        seen = [(one.state, one.missed) for one in queries.observations(ledger, limit=None)]
        assert {"import"} == {one.via for one in queries.observations(ledger, limit=None)}
        return seen, {miss.code: miss.times for miss in queries.misses(ledger)}


def talk(turns: int | None = None) -> list[Exchange]:
    """An upload in pieces, or its first requests."""
    every = wire.by_name("tus").talk(wire.PICTURE, "a")
    return [replace(wire.exchange(turn, number), via="import") for number, turn in enumerate(every[:turns])]


def test_an_upload_in_pieces_again(tmp_path: Path) -> None:
    """The same archive three times: one upload, no halves of it left over, and none said to be interrupted."""
    tallies = [imported(tmp_path, talk()) for _ in range(3)]

    assert ([("present", None)], {}) == recorded(tmp_path)
    assert [0, 1, 1] == [tally.known for tally in tallies]
    assert [] == list((tmp_path / "sessions").iterdir())


def test_half_an_upload(tmp_path: Path) -> None:
    """An archive that ends in the middle of one says so at once, and once; the rest makes it whole."""
    for _ in range(2):
        imported(tmp_path, talk(2))

        assert ([("unreadable", "interrupted")], {"interrupted": 1}) == recorded(tmp_path)
    imported(tmp_path, talk())
    assert ([("unreadable", "interrupted"), ("present", None)], {"interrupted": 1}) == recorded(tmp_path)
