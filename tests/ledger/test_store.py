"""What the ledger acknowledges is there, once, in order, whatever happens to the process."""

from __future__ import annotations

import hashlib
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from creditline.ledger import queries
from creditline.ledger.engine import FILE_NAME
from creditline.ledger.rows import Batch, NewWork
from creditline.ledger.store import Ledger
from creditline.ledger.writes import new_id
from creditline.model.errors import LedgerError, NotFoundError, UsageError
from creditline.model.observation import Fingerprint, Observation
from creditline.model.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATA = b"picture"
SHA256 = hashlib.sha256(DATA).hexdigest()


def seen(**changes: Any) -> Observation:
    made = Observation(id=new_id(), at="2026-11-24T13:00:00Z", stage="uploaded", via="proxy", sha256=SHA256)
    return replace(made, **changes)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path, Settings(), clock=lambda: "2026-11-24T14:00:00.000Z") as opened:
        yield opened


def test_an_observation_comes_back_chained(ledger: Ledger) -> None:
    """Each one names the one before; what was put can be had again."""
    first = ledger.append(seen(url="https://u:p@x.test/?token=1", filename="cat.jpg"))
    second = ledger.append(seen())

    assert (None, first.chain) == (first.prev, second.prev)
    assert "https://x.test/?token=…" == first.url
    assert [first, second] == queries.observations(ledger)
    assert (True, 2) == (ledger.verify().ok, ledger.verify().checked)


def test_the_ledger_keeps_its_id(ledger: Ledger, tmp_path: Path) -> None:
    """A ledger is the same one when it is opened again; closing twice does no harm."""
    ledger.append(seen())
    with Ledger.open(tmp_path, Settings()) as again:
        assert ledger.id == again.id
        assert 1 == again.verify().checked
        again.close()


def test_an_exchange_is_recorded_once(ledger: Ledger) -> None:
    """The same picture at the same stage and part of the same exchange is one observation."""
    exchange = new_id()
    first = ledger.append(seen(exchange=exchange), part="a")

    assert first == ledger.append(seen(exchange=exchange), part="a")
    others = [
        ledger.append(seen(exchange=exchange), part="b"),
        ledger.append(seen(exchange=exchange, stage="served"), part="a"),
        ledger.append(seen(exchange=exchange, sha256=None), part="a"),
        ledger.append(seen(exchange=new_id()), part="a"),
        ledger.append(seen()),
        ledger.append(seen()),
    ]
    assert 6 == len({other.id for other in others})
    assert others[2] == ledger.append(seen(exchange=exchange, sha256=None), part="a")
    assert 7 == ledger.verify().checked


@pytest.mark.parametrize(
    "changes",
    [
        {"stage": "lost"},
        {"via": "rumour"},
        {"state": "fine"},
        {"sha256": "../../x"},
        {"id": ""},
        {"width": 2**60},
        {"exchange": "x" * 65},
    ],
)
def test_values_that_cannot_be(ledger: Ledger, changes: dict[str, Any]) -> None:
    """A wrong value is refused, and nothing of it stays."""
    with pytest.raises(LedgerError) as caught:
        ledger.append(seen(**changes))

    assert "ledger_value" == caught.value.code
    assert 0 == ledger.verify().checked


def test_ids_are_used_once_and_times_are_times(ledger: Ledger) -> None:
    """A second observation under an id is refused, and so is one at no time or of no work."""
    first = ledger.append(seen())

    with pytest.raises(LedgerError) as caught:
        ledger.append(seen(id=first.id))
    assert "ledger_integrity" == caught.value.code
    with pytest.raises(UsageError):
        ledger.append(seen(at="noon"))
    with pytest.raises(NotFoundError):
        ledger.append(seen(work="none"))
    assert 1 == ledger.verify().checked


def test_hostile_text_is_stored(ledger: Ledger) -> None:
    """Lone surrogates and NUL bytes do not stop an observation."""
    kept = ledger.append(seen(filename="\ud800\x00.jpg", missed="\udfff", declared=(("type", "\ud83d"),)))

    assert kept == queries.observation(ledger, kept.id)
    assert ledger.verify().ok


def test_a_batch_is_written_whole(ledger: Ledger) -> None:
    """Bytes, reading, fingerprint, links and a new work come with the observation."""
    code = Fingerprint("creditline.pdq.1", bytes(32), 90, "f" * 64)
    done = ledger.record(
        Batch(
            seen(format="png", width=2, height=3),
            data=DATA,
            reading={"schema": "creditline/inspection/1", "path": "/home/ann/cat.png"},
            fingerprints=(code,),
            links=(("url_equal", "https://x.test/a.png?token=1"),),
            work=NewWork("cat.png", mine=True),
        )
    )

    assert done.work is not None
    assert DATA == ledger.blobs.get(SHA256)
    assert {"schema": "creditline/inspection/1", "path": None} == queries.reading(ledger, SHA256)
    assert [(done.work, code)] == [(f.work, f.fingerprint) for f in queries.fingerprints(ledger, [SHA256])]
    link = ledger.link("url_equal", "https://x.test/a.png?token=2")
    assert link is not None
    assert (done.work, done.id) == (link.work, link.observation)
    picture = queries.picture(ledger, SHA256)
    assert (len(DATA), "png", 2, 3, True) == (
        picture.bytes, picture.format, picture.width, picture.height, picture.kept,
    )  # fmt: skip


def test_a_batch_that_fails_leaves_nothing(ledger: Ledger) -> None:
    """A wrong code at the end of a batch takes everything before it back."""
    bad = Fingerprint("creditline.pdq.1", b"short")

    with pytest.raises(LedgerError):
        ledger.record(Batch(seen(), data=DATA, fingerprints=(bad,), work=NewWork("cat")))

    assert 0 == queries.counts(ledger).works
    assert 0 == ledger.verify().checked
    assert [SHA256] == list(ledger.blobs.orphans(queries.kept_pictures(ledger)))


def test_a_batch_twice_makes_one_work(ledger: Ledger) -> None:
    """A repeated batch of one exchange gives the first record back and makes no second work."""
    batch = Batch(seen(exchange=new_id()), data=DATA, work=NewWork("cat"))

    first = ledger.record(batch)

    assert first == ledger.record(replace(batch, observation=replace(batch.observation, id=new_id())))
    assert 1 == queries.counts(ledger).works


def test_other_bytes_are_refused(ledger: Ledger, tmp_path: Path) -> None:
    """Bytes must be those of the observation, from memory, a file, or for a picture seen before."""
    (tmp_path / "file").write_bytes(b"other")

    for batch in (
        Batch(seen(), data=b"other"),
        Batch(seen(), file=tmp_path / "file"),
        Batch(seen(sha256=None), data=DATA),
    ):
        with pytest.raises(LedgerError) as caught:
            ledger.record(batch)
        assert "blob_name" == caught.value.code
    with pytest.raises(LedgerError):
        ledger.put_picture(SHA256, b"other")
    assert [] == list(ledger.blobs.names())


def test_bytes_may_come_from_a_file_or_later(ledger: Ledger, tmp_path: Path) -> None:
    """A spool file is copied; a picture seen without bytes can be given them."""
    (tmp_path / "spool").write_bytes(DATA)
    ledger.record(Batch(seen(), file=tmp_path / "spool"))
    late = hashlib.sha256(b"late").hexdigest()
    ledger.append(seen(sha256=late))
    ledger.put_picture(late, b"late")

    assert {SHA256, late} == queries.kept_pictures(ledger) == set(ledger.blobs.names())


def test_readings_and_fingerprints_are_replaced_by_newer(ledger: Ledger) -> None:
    """The newest reading wins, one per reader version; a fingerprint keeps its work."""
    for reader, path in (("1", "a"), ("2", "b"), ("1", "c")):
        ledger.put_reading(SHA256, {"n": path}, reader=reader)
    work = ledger.new_work("cat")
    ledger.put_fingerprint(SHA256, Fingerprint("k", bytes(32)), work)
    ledger.put_fingerprint(SHA256, Fingerprint("k", b"\x01" * 32, 5))

    assert "c" == (queries.reading(ledger, SHA256) or {})["n"]
    assert ["1", "2"] == queries.reading_versions(ledger, SHA256)
    (found,) = queries.fingerprints(ledger, [SHA256])
    assert (work, b"\x01" * 32, 5) == (found.work, found.fingerprint.code, found.fingerprint.quality)
    with pytest.raises(NotFoundError):
        ledger.put_fingerprint(SHA256, Fingerprint("k", bytes(32)), "none")
    with pytest.raises(LedgerError):
        ledger.put_reading("x", {})


def test_the_newest_link_wins(ledger: Ledger) -> None:
    """A key leads to the last upload that claimed it; an unknown one leads nowhere."""
    first, second = ledger.append(seen()), ledger.append(seen())
    ledger.put_link("media_id", "12", None, first.id)
    ledger.put_link("media_id", "12", None, second.id)

    link = ledger.link("media_id", "12")
    assert link is not None
    assert second.id == link.observation
    assert ledger.link("media_id", "13") is None


def test_a_work_can_be_held(ledger: Ledger) -> None:
    """Holding makes a case of a work; there must be one."""
    work = ledger.new_work("cat", SHA256)
    ledger.hold(work)

    assert "case" == queries.work(ledger, work).work.state
    with pytest.raises(NotFoundError):
        ledger.hold("none")


def test_threads_and_processes_append_at_once(ledger: Ledger, tmp_path: Path) -> None:
    """Two processes and two threads make one chain."""
    others = [appender(tmp_path, 25) for _ in range(2)]
    threads = [
        threading.Thread(target=lambda: [ledger.append(seen(exchange=new_id())) for _ in range(25)])
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    printed = [line for process in others for line in process.communicate(timeout=120)[0].split()]
    for thread in threads:
        thread.join()

    report = ledger.verify()
    assert (True, 100) == (report.ok, report.checked)
    assert 50 == len(printed)


def test_nothing_acknowledged_is_lost_to_kill_9(tmp_path: Path) -> None:
    """After each of ten kills at random moments the chain verifies and every printed id is there."""
    moments = random.Random(7)
    printed: set[str] = set()
    for _ in range(10):
        process = appender(tmp_path, 10_000)
        assert process.stdout is not None
        printed.add(process.stdout.readline().strip())  # it has begun
        time.sleep(moments.uniform(0, 0.15))
        process.send_signal(signal.SIGKILL)
        # What follows the last line end was cut off while it was printed.
        printed.update(process.communicate(timeout=60)[0].rpartition("\n")[0].split())

        with Ledger.open(tmp_path, Settings()) as ledger:
            report = ledger.verify()
            there = {seen.id for seen in queries.observations(ledger, limit=None)}
            assert report.ok
            assert printed <= there
            for sha256 in queries.kept_pictures(ledger):
                ledger.blobs.get(sha256)
            works = queries.works(ledger, limit=None)
            assert len(there) == len(works) == queries.counts(ledger).fingerprints
    assert len(printed) >= 10


@pytest.mark.sqlite
def test_tampering_with_the_file_is_found(ledger: Ledger, tmp_path: Path) -> None:
    """Edits, deletions and nonsense put in behind the ledger's back are found by verifying."""
    ids = [ledger.append(seen(url=f"https://x.test/{n}")).id for n in range(4)]

    def after(statement: str) -> tuple[str | None, int]:
        with closing(sqlite3.connect(tmp_path / FILE_NAME)) as file, file:
            file.execute("PRAGMA foreign_keys=OFF")
            file.execute(statement)
        report = ledger.verify()
        assert not report.ok
        return report.first_bad, report.missing

    assert (ids[3], 0) == after("UPDATE observations SET url = 'https://x.test/9' WHERE seq = 4")
    assert (ids[2], 0) == after("UPDATE observations SET declared = 'broken', width = 'wide' WHERE seq = 3")
    assert (ids[2], 1) == after("DELETE FROM observations WHERE seq = 2")
    assert (ids[2], 2) == after("DELETE FROM observations WHERE seq = 4")


APPENDER = """
import hashlib, os, pathlib, sys
from creditline.ledger.rows import Batch, NewWork
from creditline.ledger.store import Ledger
from creditline.ledger.writes import new_id
from creditline.model.observation import Fingerprint, Observation
from creditline.model import settings

home = pathlib.Path(sys.argv[1])
with Ledger.open(home, settings.load(home)) as ledger:
    for number in range(int(sys.argv[2])):
        data = os.urandom(100)
        sha256 = hashlib.sha256(data).hexdigest()
        made = ledger.record(Batch(
            Observation(id=new_id(), at="2026-11-24T13:00:00Z", stage="uploaded", via="proxy", sha256=sha256,
                        url="https://x.test/a", exchange=new_id()),
            data=data, work=NewWork("cat"), fingerprints=(Fingerprint("k", os.urandom(32)),),
        ))
        print(made.id, flush=True)
"""


def appender(home: Path, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", APPENDER, str(home), str(count)], stdout=subprocess.PIPE, text=True
    )


def test_a_known_work_can_be_claimed(tmp_path: Path) -> None:
    """A work that was first seen as an upload becomes the user's own; an unknown one is an error."""
    with Ledger.open(tmp_path / "home", Settings()) as ledger:
        work = ledger.new_work("picture.jpg", None)

        ledger.claim(work)

        assert queries.work(ledger, work).work.mine
        with pytest.raises(NotFoundError):
            ledger.claim("01NOSUCHWORK")
