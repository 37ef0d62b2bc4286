"""Restoring for the wire: the worker is ready before the first copy, and knows what was recorded since."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.analysis.pictures import RIGHTS, encoded, painting, stamped
from tests.services.sample import Desk

from creditline import inspect
from creditline.model.settings import Settings
from creditline.reattach import keyring
from creditline.services import repair
from creditline.services.repair import Repairer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BARE = encoded(painting(1), quality=90)
ARTIST = stamped(BARE, xmp=RIGHTS)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "home")
    yield made
    if repair._desk.cache_info().currsize:
        repair._desk(made.home, "").ledger.close()
        repair._desk.cache_clear()
    made.close()


def test_practice_goes_the_whole_way_once_there_is_a_work(desk: Desk, tmp_path: Path) -> None:
    """Without one there is nothing to practise on; with one all is made that is made once, the key among it."""
    path = tmp_path / "practice"
    before = repair.prepare(path, desk.home, database="", practise=True)
    assert keyring.load(desk.home) is None
    desk.pick(ARTIST, "lake.jpg")

    after = repair.prepare(path, desk.home, database="", practise=True)

    assert [{"practised": False}, {"practised": True}] == [before, after]
    assert keyring.load(desk.home) is not None
    assert {"practised": False} == repair.prepare(path, desk.home, database="", practise=True)


def test_what_is_recorded_after_the_start_is_restored(desk: Desk) -> None:
    """A worker that was prepared while the ledger was empty restores a copy of the first work."""
    repairer = Repairer(desk.home, Settings())
    try:
        repairer.prepare()
        desk.pick(ARTIST, "lake.jpg")
        repairer.prepare()

        mended = repairer.submit(BARE).result(60)
    finally:
        repairer.close()

    assert "restored" == mended.outcome
    assert mended.data is not None
    assert ["Ann Example"] == dict(inspect(mended.data).resolved)["creator"]
    assert not repairer._folder.exists()


def test_preparing_after_the_end_is_no_error(desk: Desk) -> None:
    """The recorder may still write down a work while all is being closed."""
    repairer = Repairer(desk.home, Settings())
    repairer.close()

    repairer.prepare()

    assert not repairer._folder.exists()
