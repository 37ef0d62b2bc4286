"""Pictures taken to a worker while somebody waits: how many, what comes back, what is left."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from creditline.model.settings import Settings
from creditline.services.errands import Errands

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def errands(tmp_path: Path) -> Iterator[Errands[str]]:
    made: Errands[str] = Errands(tmp_path, Settings(), "test", waiting=2, busy="busy")
    yield made
    made.close()


def test_more_than_may_wait_are_told_so_at_once(errands: Errands[str]) -> None:
    """The third of two is busy; when one is done, another is taken in."""
    go = threading.Event()

    def task(data: bytes) -> str:
        go.wait(30)
        return data.decode()

    first, second = errands.submit(task, b"first"), errands.submit(task, b"second")
    third = errands.submit(task, b"third")

    assert "busy" == third.result(0)
    go.set()
    assert ["first", "second"] == [first.result(30), second.result(30)]
    assert "fourth" == errands.submit(task, b"fourth").result(30)


def test_a_job_that_fails_says_why_and_leaves_no_file(errands: Errands[str]) -> None:
    """A job that there is none of is a failure of the worker, not an exception here."""
    answer, made = errands.run("no such job", b"\xff\xd8", "name")

    assert ("failed", None) == (answer["outcome"], made)
    assert answer["why"]
    assert not list(errands.folder.iterdir())


def test_after_the_end_nothing_runs_and_nothing_is_left(errands: Errands[str]) -> None:
    """Who comes too late with work of no picture is not troubled with an error."""
    ran: list[bool] = []
    errands.close()

    errands.soon(lambda: ran.append(True))

    assert not ran
    assert not errands.folder.exists()
