"""Uploads under way survive everything but time, and each ends once: whole, or lost with its reason."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import pytest
from tests import wire
from tests.wire import PICTURE, Turn

from creditline.pipeline import recognise
from creditline.services import examine, sessions
from creditline.services.inbox import Inbox
from creditline.services.sessions import Sessions
from creditline.services.underway import About, Lost, Whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MAX_BODY = 1_000_000
CHUNKED = [form for form in wire.FORMS if form.pieces > 1]


class Desk:
    """An inbox, a worker's half and a store, without processes."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.inbox = Inbox(home / "inbox")
        self.store = Sessions(home / "sessions", MAX_BODY)
        self.ended: list[Whole | Lost] = []
        self.count = 0

    def see(self, turns: Iterable[Turn], **how: bool) -> list[Whole | Lost]:
        """Take turns in; gives what they ended."""
        ended: list[Whole | Lost] = []
        for turn in turns:
            self.count += 1
            seen = wire.exchange(turn, self.count, **how)
            assert recognise.may_hold_upload(seen, None)
            answer = examine.exchange(self.inbox.put(seen), self.home)
            about = About(seen.id, seen.at, seen.url, answer["site"], answer["profile"], ("https://a/b",))
            ended += self.store.take(seen, answer["step"], about)
        return ended

    def bytes_of(self, whole: Whole | Lost) -> bytes:
        """The whole's bytes, taken out as the recorder does."""
        assert isinstance(whole, Whole)
        data = whole.path.read_bytes()
        self.store.done(whole.key)
        return data


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def mixed(turns: list[Turn], seed: int) -> list[Turn]:
    """The turns with their chunks in another order, each sent twice; where `finish` is, it stays."""
    chunks = [turn for turn in turns if turn.chunk] * 2
    random.Random(seed).shuffle(chunks)
    first = next(n for n, turn in enumerate(turns) if turn.chunk)
    last = max(n for n, turn in enumerate(turns) if turn.chunk)
    return [*turns[:first], *chunks, *turns[last + 1 :]]


@pytest.mark.parametrize("form", CHUNKED, ids=lambda form: form.name)
def test_in_order(desk: Desk, form: wire.Form) -> None:
    """Every form of several requests gives its picture once, byte for byte."""
    (whole,) = desk.see(form.talk(PICTURE, "a"))

    assert PICTURE == desk.bytes_of(whole)
    assert form.code == (whole.said["form"] if isinstance(whole, Whole) else None)


@pytest.mark.parametrize(
    "form",
    [form for form in CHUNKED if not form.ordered and "joined" not in form.name],
    ids=lambda form: form.name,
)
def test_out_of_order_and_twice(desk: Desk, form: wire.Form) -> None:
    """So does it with its pieces in any order, each sent twice."""
    ended = [desk.bytes_of(whole) for turn in mixed(form.talk(PICTURE, "a"), 3) for whole in desk.see([turn])]

    assert [PICTURE] == ended
    assert [] == list(desk.store.expired(time.time() + sessions.LIFE_SECONDS * 2))


def test_uploads_side_by_side(desk: Desk) -> None:
    """Requests of many uploads may come in any order among each other."""
    pictures = {form.name: wire.picture(number) for number, form in enumerate(CHUNKED)}
    left = {form.name: form.talk(pictures[form.name], f"s{n}") for n, form in enumerate(CHUNKED)}
    chance = random.Random(1)
    found = []
    while left:
        name = chance.choice(sorted(left))
        found += [desk.bytes_of(whole) for whole in desk.see([left[name].pop(0)])]
        left = {key: turns for key, turns in left.items() if turns}

    assert sorted(pictures.values()) == sorted(found)


def test_late_pieces_begin_nothing(desk: Desk) -> None:
    """A piece that comes again when all is done does not open the upload anew."""
    turns = wire.by_name("tus").talk(PICTURE, "a")
    (whole,) = desk.see(turns)
    desk.bytes_of(whole)

    assert [] == desk.see([turns[2]])
    assert [] == list(desk.store.expired(time.time() + 10_000))


def test_the_same_name_again(desk: Desk) -> None:
    """Where names are the page's own, a new beginning is a new upload."""
    form = wire.by_name("numbered chunks (Dropzone)")
    for picture in (PICTURE, wire.picture(2)):
        (whole,) = desk.see(form.talk(picture, "same"))

        assert picture == desk.bytes_of(whole)


def test_aborted(desk: Desk) -> None:
    """An upload that its sender gives up is lost at once, and leaves nothing behind."""
    form = wire.by_name("S3 multipart")
    assert form.abort is not None

    (lost,) = desk.see([*form.talk(PICTURE, "a")[:2], form.abort("a")])

    assert isinstance(lost, Lost)
    assert ("aborted", True, len(wire.thirds(PICTURE)[0][1])) == (lost.why, lost.image, lost.bytes)
    assert [] == list(desk.home.glob("sessions/*/*/*"))


def test_idle(desk: Desk) -> None:
    """After a quarter of an hour without a sign of life it is interrupted; said once, and gone."""
    desk.see(wire.by_name("tus").talk(PICTURE, "a")[:3])

    assert [] == list(desk.store.expired(time.time() + sessions.IDLE_SECONDS - 5))
    (lost,) = desk.store.expired(time.time() + sessions.IDLE_SECONDS + 5)

    assert ("interrupted", True) == (lost.why, lost.image)
    assert [] == list(desk.store.expired(time.time() + sessions.LIFE_SECONDS))


def test_finished_with_a_hole(desk: Desk) -> None:
    """A finish while pieces are missing is said to be that."""
    turns = wire.by_name("multipart chunks (X)").talk(PICTURE, "a")
    desk.see([turns[0], turns[1], turns[3], turns[4]])

    (lost,) = desk.store.expired(time.time() + sessions.IDLE_SECONDS + 5)

    assert "pieces_missing" == lost.why


def test_films_are_passed_over(desk: Desk) -> None:
    """What does not begin as a picture, and was not called one, is dropped at its first piece without a word."""
    film = b"\x00\x00\x00\x18ftypisom" + b"\x00" * 9000

    assert [] == desk.see(wire.by_name("tus").talk(film, "a"))
    assert [] == list(desk.store.expired(time.time() + sessions.LIFE_SECONDS * 2))
    assert [] == list(desk.home.glob("sessions/*/*/*"))


def test_called_a_picture_and_none(desk: Desk) -> None:
    """What was called a picture and is none is said to be none."""
    (lost,) = desk.see(wire.by_name("multipart chunks (X)").talk(b"text " * 999, "a"))

    assert isinstance(lost, Lost)
    assert "not_a_picture" == lost.why


def test_over_the_cap(desk: Desk) -> None:
    """An upload that grows over the cap is lost for that reason, and takes no room."""
    (lost,) = desk.see(wire.by_name("tus").talk(wire.picture(5, MAX_BODY), "a"))

    assert isinstance(lost, Lost)
    assert "too_large" == lost.why
    assert [] == list(desk.home.glob("sessions/*/*/*"))


def test_too_many_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of too many uploads those are given up that were idle for longest."""
    monkeypatch.setattr(sessions, "MAX_OPEN", 3)
    form = wire.by_name("tus")

    ended = [item for n in range(5) for item in desk.see(form.talk(wire.picture(n), f"t{n}")[:2])]

    assert ["too_many_uploads", "too_many_uploads"] == [item.why for item in ended if isinstance(item, Lost)]


def test_the_next_recorder_takes_over(desk: Desk, tmp_path: Path) -> None:
    """What a recorder left is reported once as interrupted, and can still be resumed to its end."""
    turns = wire.by_name("tus").talk(PICTURE, "a")
    desk.see(turns[:2])
    desk.store.close()

    later = Desk(tmp_path)
    assert [] == list(later.store.leftovers())
    (lost,) = later.store.interrupted()
    assert [] == list(later.store.interrupted())
    (whole,) = later.see(turns[2:])

    assert ("interrupted", "https://a/b") == (lost.why, lost.about.answer_urls[0])
    assert PICTURE == later.bytes_of(whole)


def test_a_torn_journal(desk: Desk, tmp_path: Path) -> None:
    """A line that was cut off by whatever ended the process costs that piece, not the upload."""
    turns = wire.by_name("tus").talk(PICTURE, "a")
    desk.see(turns[:2])
    (journal,) = tmp_path.glob("sessions/*/*/journal")
    journal.write_bytes(journal.read_bytes() + b'{"step": {"form')
    desk.store.close()

    later = Desk(tmp_path)

    assert [] == list(later.store.leftovers())
    assert ["interrupted"] == [lost.why for lost in later.store.interrupted()]


def test_a_living_recorder_keeps_its_own(desk: Desk, tmp_path: Path) -> None:
    """Two recorders in one data folder do not touch each other's uploads."""
    desk.see(wire.by_name("tus").talk(PICTURE, "a")[:2])

    other = Desk(tmp_path)

    assert [] == list(other.store.leftovers())
    assert [] == list(other.store.interrupted())
