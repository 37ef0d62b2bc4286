"""An upload of several requests is whole when nothing of it is missing, and not before."""

from __future__ import annotations

from functools import reduce

import pytest
from tests import wire
from tests.wire import PICTURE, seen

from creditline.model.upload_step import Step
from creditline.pipeline import sessions
from creditline.pipeline.sessions import Upload, after, covered, may_be_step, step_of, whole

ONE = [form for form in wire.FORMS if form.code in {"F1", "F3", "F4", "F5", "F6", "F7", "F12", "F14", "F17"}]


def built(*steps: tuple[Step, int | None]) -> Upload:
    return reduce(lambda upload, step: after(upload, *step), steps, Upload("F0"))


def at(offset: int, length: int, **more: object) -> tuple[Step, int]:
    return Step("F0", "k", data=b"", offset=offset, **more), length  # type: ignore[arg-type]


def nth(index: int, length: int, **more: object) -> tuple[Step, int]:
    return Step("F0", "k", data=b"", index=index, **more), length  # type: ignore[arg-type]


def order(upload: Upload) -> list[int] | None:
    placed = whole(upload)
    return None if placed is None else [piece.number for piece in placed]


@pytest.mark.parametrize("form", ONE, ids=lambda form: form.name)
def test_forms_of_one_request_are_no_steps(form: wire.Form) -> None:
    """What is whole in one request is none of this module's business."""
    assert [None] == [step_of(seen(turn)) for turn in form.talk(PICTURE, "a")]


@pytest.mark.parametrize("form", [form for form in wire.FORMS if form not in ONE], ids=lambda form: form.name)
def test_every_request_of_the_others_is(form: wire.Form) -> None:
    """Headers and address are enough to tell which requests belong to an upload of several."""
    for turn in form.talk(PICTURE, "a"):
        assert may_be_step(seen(turn))
        assert step_of(seen(turn)) is not None


def test_offsets() -> None:
    """Whole when all bytes are covered, in whatever order the pieces came."""
    assert order(built(at(0, 10, total=30), at(20, 10))) is None
    assert [0, 1, 2] == order(built(at(0, 10, total=30), at(20, 10), at(10, 10)))


def test_what_the_server_kept_counts() -> None:
    """Of a piece that the server kept in part, only that part is used."""
    assert order(built(at(0, 20, total=30, kept=15), at(20, 10))) is None
    assert order(built(at(0, 20, total=30, kept=15), at(15, 15))) is not None


def test_unconfirmed_bytes_only_fill() -> None:
    """A piece without an answer fills what the server went on behind; it never stands above an answered one."""
    upload = built(at(0, 10, total=30), at(10, 8, confirmed=False, whole=False), at(15, 15))

    assert [1, 0, 2] == order(upload)
    assert order(built(at(0, 30, total=30, confirmed=False))) is None


def test_the_end_without_a_length() -> None:
    """Where nobody said how long it is, the finish does; a length that is wrong does not matter then."""
    assert order(built(at(0, 10), at(10, 5, finish=True))) is not None
    assert order(built(at(0, 10, total=99, finish=True))) is not None
    assert order(built(at(0, 10), at(20, 5, finish=True))) is None


def test_a_piece_that_was_not_kept() -> None:
    """With a hole in it nothing becomes whole, whatever the server says."""
    upload = built(at(0, 10), (Step("F0", "k", offset=10, missed="spool_behind", finish=True), None))

    assert (None, "spool_behind") == (order(upload), sessions.missing(upload))


def test_numbers() -> None:
    """Numbered pieces: by count, by list, or by the finish; the later of a number counts."""
    assert [1, 0] == order(built(nth(1, 5, first=0, count=2), nth(0, 5)))
    assert [2, 1] == order(built(nth(1, 5, first=1), nth(5, 5), nth(1, 6), (Step("F0", "k", order=(1, 5)), None)))
    assert order(built(nth(0, 5, first=0), nth(2, 5), (Step("F0", "k", finish=True), None))) is None
    assert order(built(nth(0, 5, first=0, count=2), nth(1, 5, confirmed=False))) is None


def test_finish_before_the_last_answer() -> None:
    """A finish that comes early waits for what the announced length says is missing."""
    early = built((Step("F0", "k", total=10), None), nth(0, 5, first=0), (Step("F0", "k", finish=True), None))

    assert order(early) is None
    assert [1, 3] == order(after(early, *nth(1, 5)))


def test_hostile_counts() -> None:
    """A count in the billions costs nothing."""
    assert order(built(nth(0, 5, first=0, count=10**14))) is None
    assert order(built(nth(0, 5, first=0), nth(10**14, 5), (Step("F0", "k", finish=True), None))) is None


def test_covered() -> None:
    """Bytes from the start, up to the first gap."""
    upload = built(at(0, 10), at(5, 10), at(20, 5))

    assert 15 == covered(list(upload.pieces))
