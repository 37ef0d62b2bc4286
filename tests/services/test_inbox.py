"""What was taken in is on the disk, whole, without secrets, and belongs to one recorder at a time."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from tests.services.sample import exchange_id, upload, view

from creditline.model.exchange import Body, Exchange, Message
from creditline.services import inbox
from creditline.services import tray as locks
from creditline.services.inbox import KEPT_HEADERS, Inbox, load


def entries(box: Inbox) -> list[str]:
    """Names in the box's own tray."""
    return sorted(path.name for path in box._tray.iterdir())


def test_only_listed_headers_reach_the_disk(tmp_path: Path) -> None:
    """Cookies, authorizations and everything else that is not on the list are nowhere in the entry."""
    sent = (
        ("Content-Type", "image/png"),
        ("COOKIE", "a=tell-nobody"),
        ("Authorization", "tell-nobody"),
        ("X-Csrf-Token", "tell-nobody"),
        ("Referer", "https://tell-nobody.example"),
        ("X-Forwarded-For", "tell-nobody"),
    )
    got = (("Set-Cookie", "tell-nobody"), ("ETag", '"1"'), ("Location", "/a"), ("X-Anything", "tell-nobody"))
    seen = replace(view(b"x"), request=Message(sent, Body(b"")), response=Message(got, Body(b"x", length=1)))
    box = Inbox(tmp_path)

    entry = box.put(seen)

    assert not any(b"tell-nobody" in path.read_bytes() for path in entry.rglob("*") if path.is_file())
    assert (("Content-Type", "image/png"),) == load(entry).request.headers
    assert (("ETag", '"1"'), ("Location", "/a")) == load(entry).response.headers  # type: ignore[union-attr]
    assert all(name == name.lower() for name in KEPT_HEADERS)
    assert not any(word in name for name in KEPT_HEADERS for word in ("cookie", "auth", "token", "referer"))


def test_an_exchange_comes_back_as_it_was(tmp_path: Path) -> None:
    """Everything but the headers that were left out; bodies as files with the same bytes."""
    seen = upload(("a.jpg", b"\xff\xd8\xff one"), urls=("/1",))

    again = load(Inbox(tmp_path).put(seen))

    for name in set(Exchange.__slots__) - {"request", "response"}:
        assert getattr(seen, name) == getattr(again, name)
    assert seen.request.body.read() == again.request.body.read()
    assert seen.response.body.read() == again.response.body.read()  # type: ignore[union-attr]
    assert seen.request.body.length == again.request.body.length


def test_bodies_that_are_not_there(tmp_path: Path) -> None:
    """What was missed keeps its reason, what broke off says so, empty stays empty, no answer stays none."""
    seen = replace(
        upload(body=Body(length=10**9, complete=False, missed="too_large")),
        response=None,
        error="reset",
        status=None,
    )
    box = Inbox(tmp_path)

    again = load(box.put(seen))
    empty = load(box.put(view(b"")))

    assert (None, "too_large", False, 10**9) == (
        again.request.body.read(),
        again.request.body.missed,
        again.request.body.complete,
        again.request.body.length,
    )
    assert (None, "reset", None) == (again.response, again.error, again.status)
    assert b"" == empty.response.body.read()  # type: ignore[union-attr]


def test_a_spooled_body_is_moved_in(tmp_path: Path) -> None:
    """The spool's file goes into the entry; one that is gone already is a body without bytes."""
    spooled = tmp_path / "spooled"
    spooled.write_bytes(b"large")
    box = Inbox(tmp_path / "inbox")

    moved = box.put(view(Body(path=spooled, length=5)))
    gone = box.put(view(Body(path=tmp_path / "gone", length=5)))

    assert not spooled.exists()
    assert b"large" == load(moved).response.body.read()  # type: ignore[union-attr]
    assert load(gone).response.body.read() is None  # type: ignore[union-attr]


def test_files_are_private(tmp_path: Path) -> None:
    """Folders are for their owner alone."""
    box = Inbox(tmp_path / "inbox")
    entry = box.put(view(b"x"))

    for folder in (tmp_path / "inbox", entry.parent, entry):
        assert 0o700 == folder.stat().st_mode & 0o777


def test_a_disk_that_does_not_take_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure leaves nothing behind: no half entry, no spooled body that nobody owns any more."""
    spooled = tmp_path / "spooled"
    spooled.write_bytes(b"large")
    box = Inbox(tmp_path / "inbox")

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space"):
        box.put(replace(view(b"x"), request=Message((), Body(path=spooled, length=5))))
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        box.put_original("one", b"x")

    assert [] == entries(box)
    assert not spooled.exists()


def test_leftovers_come_in_order_and_move(tmp_path: Path) -> None:
    """What a recorder left is taken over by the next, oldest first, and its tray goes."""
    first = Inbox(tmp_path)
    names = [exchange_id() for _ in range(3)]
    for name in reversed(names):
        first.put(replace(view(b"x"), id=name))
    first.close()
    second = Inbox(tmp_path)

    taken = list(second.leftovers())

    assert names == [path.name for path in taken] == entries(second)
    assert [second._tray] == [path for path in tmp_path.iterdir() if path.is_dir()]
    assert [] == list(second.leftovers())


def test_a_living_recorder_keeps_its_own(tmp_path: Path) -> None:
    """Two boxes in one folder never see each other's entries while both are open."""
    one, two = Inbox(tmp_path), Inbox(tmp_path)
    one.put(view(b"x"))
    two.put(view(b"y"))

    assert [] == list(one.leftovers())
    assert [] == list(two.leftovers())
    assert (1, 1) == (len(entries(one)), len(entries(two)))


def test_one_of_many_takes_a_leftover(tmp_path: Path) -> None:
    """Recorders that start at the same moment share out what was left: each entry goes to exactly one."""
    left = [Inbox(tmp_path) for _ in range(4)]
    for box in left:
        for _ in range(5):
            box.put(view(b"x"))
        box.close()
    ready, taken, lock, boxes = threading.Barrier(4), [], threading.Lock(), []

    def start() -> None:
        ready.wait()
        box = Inbox(tmp_path)
        boxes.append(box)  # one that is forgotten gives its lock back
        for entry in box.leftovers():
            with lock:
                taken.append(entry.name)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 20 == len(taken) == len(set(taken))


def test_a_tray_that_another_recorder_just_took(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between seeing a tray and locking it, it may have gone: that is no error."""
    left = Inbox(tmp_path)
    left.put(view(b"x"))
    left.close()
    box = Inbox(tmp_path)
    lock_of = locks._lock_of

    def late(tray: Path) -> object:
        shutil.rmtree(tray)
        return lock_of(tray)

    monkeypatch.setattr(locks, "_lock_of", late)

    assert [] == list(box.leftovers())


def test_half_written_entries(tmp_path: Path) -> None:
    """One that was whole but for its name counts; of one that was not, `load` says so."""
    left = Inbox(tmp_path)
    whole = left.put(replace(view(b"x"), id="whole"))
    whole.rename(whole.with_suffix(".filling"))
    for name, content in (("cut", '{"id": "cut"'), ("bare", None)):
        folder = left._tray / f"{name}.filling"
        folder.mkdir()
        if content is not None:
            (folder / "exchange.json").write_text(content)
    left.close()
    box = Inbox(tmp_path)

    taken = {path.name: path for path in box.leftovers()}

    assert {"whole", "cut", "bare"} == set(taken)
    assert "whole" == load(taken["whole"]).id
    for name in ("cut", "bare"):
        with pytest.raises((OSError, ValueError)):
            load(taken[name])


def test_closing(tmp_path: Path) -> None:
    """An empty tray goes with its lock; one with entries stays. It may be done twice, and on any thread."""
    empty, full = Inbox(tmp_path / "a"), Inbox(tmp_path / "b")
    full.put(view(b"x"))
    thread = threading.Thread(target=empty.close)
    thread.start()
    thread.join()
    empty.close()
    full.close()

    assert [] == list((tmp_path / "a").iterdir())
    assert 1 == len(list(Inbox(tmp_path / "b").leftovers()))


def test_removing(tmp_path: Path) -> None:
    """Entries and originals alike; what is gone already is no error."""
    box = Inbox(tmp_path)
    entry, original = box.put(view(b"x")), box.put_original("o", b"bytes")

    assert b"bytes" == original.read_bytes()
    for _ in range(2):
        box.remove(entry)
        box.remove(original)
    assert [] == entries(box)


def test_cut_out_pictures_lie_in_the_entry(tmp_path: Path) -> None:
    """So they go when the entry goes, and no body has such a name."""
    entry = Inbox(tmp_path).put(view(b"x"))

    places = {inbox.picture(entry, number) for number in range(2)}

    assert {entry} == {place.parent for place in places}
    assert not any(place.exists() for place in places)
