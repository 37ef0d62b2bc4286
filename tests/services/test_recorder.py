"""From the wire to the ledger: nothing that was taken in is lost, written twice, or stops what comes after."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests import wire
from tests.analysis.pictures import RIGHTS, encoded, painting, stamped
from tests.services.sample import at, exchange_id, home_with_sites, upload, view

from creditline.ledger import overview, queries
from creditline.ledger.moments import now
from creditline.ledger.store import Ledger
from creditline.model.errors import CreditlineError, LedgerError
from creditline.model.exchange import Body, Message
from creditline.model.settings import Settings
from creditline.services import inbox, recorder, workers
from creditline.services.record import Original
from creditline.services.recorder import INBOX, Recorder
from creditline.services.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ARTIST = stamped(encoded(painting(1), quality=95), xmp=RIGHTS)
COPY = encoded(painting(1).resize((240, 180)), quality=75)
OTHER = encoded(painting(2), quality=95)
PATIENCE = 60.0
SETTINGS = Settings(workers=1, read_timeout=30.0)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder that knows two sites."""
    return home_with_sites(tmp_path / "data")


@pytest.fixture(autouse=True)
def _no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's traffic is disturbed here."""
    monkeypatch.setattr(recorder, "GRACE_SECONDS", 0.0)


@contextlib.contextmanager
def recording(home: Path) -> Iterator[Recorder]:
    """A recorder whose workers are waited for."""
    opened = Recorder(Ledger.open(home, SETTINGS), SETTINGS, owns_ledger=True, waited_for=True)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """Real workers that all recorders of this file share: to start some for each would take most of the time."""
    shared = Workers(home_with_sites(tmp_path_factory.mktemp("sites")), 2, 30.0, waited_for=True)
    yield shared
    shared.close()


@pytest.fixture
def shared(answers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recorders use the shared workers and leave them open."""

    class Borrowed:
        def __init__(self, *_: object, **__: object) -> None:
            self._open = True

        def submit(self, job: dict[str, Any]) -> Any:
            if not self._open:
                raise RuntimeError("closed")
            return answers.submit(job)

        def close(self) -> None:
            self._open = False

    monkeypatch.setattr(recorder, "Workers", Borrowed)


class Stuck:
    """Workers that never answer until they are told to, or closed."""

    def __init__(self, *_: object, **__: object) -> None:
        self.jobs: list[tuple[dict[str, Any], Any]] = []

    def submit(self, job: dict[str, Any]) -> Any:
        future: Any = recorder.Future()
        self.jobs.append((job, future))
        return future

    def close(self) -> None:
        for _, future in self.jobs:
            if not future.done():
                future.set_exception(workers.WorkerLostError("closed"))


def observed(home: Path) -> list[str]:
    """The stage of every observation, in order; the chain verifies."""
    with Ledger.open(home, SETTINGS) as ledger:
        assert ledger.verify().ok
        return [seen.stage for seen in queries.observations(ledger, limit=None)]


def misses(home: Path) -> dict[str, int]:
    """Code → how often."""
    with Ledger.open(home, SETTINGS) as ledger:
        return {miss.code: miss.times for miss in queries.misses(ledger)}


def waiting(home: Path) -> list[str]:
    """Names of what lies in the inbox."""
    return sorted(path.name for path in (home / INBOX).glob("*/*"))


def eventually(true: Callable[[], bool]) -> None:
    """Wait for something that another thread does."""
    until = time.monotonic() + PATIENCE
    while not true():
        assert until > time.monotonic()
        time.sleep(0.01)


def test_the_whole_way(home: Path) -> None:
    """Submit, drain: a real worker read it, the ledger has it in order, the inbox is empty, all is judged."""
    told: list[int] = []
    with recording(home) as opened:
        opened.on_work = lambda: told.append(1)
        handed = opened.submit_original(
            ARTIST, Original("extension", now(), "a.jpg", page="https://fotos.example/new")
        )
        seen = handed.result(PATIENCE)
        for exchange in (upload(("a.jpg", ARTIST), urls=("/media/1.jpg",)), view(COPY), view(OTHER)):
            opened.submit(exchange)

        assert opened.drain(PATIENCE)
        assert 0 == opened.pending
    assert ("fotos", "https://fotos.example/new") == (seen.site, seen.url)
    assert ["original", "uploaded", "served", "served"] == observed(home)
    assert [1, 1] == told
    assert {} == misses(home)
    assert [] == list((home / INBOX).iterdir())
    with Ledger.open(home, SETTINGS) as ledger:
        verdict = queries.verdicts(ledger)[0]
        assert (seen.id, True) == (verdict.original, verdict.lost)


@pytest.mark.usefixtures("shared")
@pytest.mark.usefixtures("shared")
def test_a_copy_right_after_an_upload_in_pieces(home: Path) -> None:
    """The upload is written down first, although it has to be put together and read: so the copy finds it."""
    turns = wire.by_name("tus").talk(ARTIST, "t1")

    with recording(home) as opened:
        for number, turn in enumerate(turns):
            opened.submit(wire.exchange(turn, number))
        opened.submit(view(COPY))
        assert opened.drain(PATIENCE)

    assert ["uploaded", "served"] == observed(home)
    with Ledger.open(home, SETTINGS) as ledger:
        uploaded, served = queries.observations(ledger, limit=None)
        assert uploaded.work == served.work is not None


def test_garbage_is_taken_in_and_comes_out_as_nothing(home: Path) -> None:
    """Whatever an exchange holds, `submit` does not raise and the next one is recorded."""
    garbage = [
        view(b"\x89PNG\r\n\x1a\n" + bytes(300), content_type="\ud800"),
        replace(view(b"\xff\xd8\xff" * 3000), host="\x00", path="?\udcff", scheme=""),
        replace(upload(("\x00\ud83d.jpg", ARTIST[:3000])), http_version="☃"),
        replace(view(b""), response=None, status=None, error="reset"),
        replace(upload(), request=Message((("Content-Type", "multipart/form-data; boundary="),), Body(b"--"))),
    ]
    with recording(home) as opened:
        for exchange in garbage:
            opened.submit(exchange)
        opened.submit(upload(("a.jpg", ARTIST)))

        assert opened.drain(PATIENCE)
    assert "uploaded" == observed(home)[-1]
    assert [] == waiting(home)


def test_a_worker_that_is_killed_loses_one_reading(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The miss names it; the next exchange is read by a new worker."""
    started: list[Any] = []
    start = workers.subprocess.Popen
    hang = "import sys, time; sys.stdin.readline(); time.sleep(60)"

    def popen(command: list[str], **options: Any) -> Any:
        started.append(start([sys.executable, "-c", hang] if not started else command, **options))
        return started[-1]

    monkeypatch.setattr(workers.subprocess, "Popen", popen)
    with recording(home) as opened:
        opened.submit(upload(("a.jpg", ARTIST)))
        opened.submit(upload(("b.jpg", OTHER)))
        eventually(lambda: bool(started))
        os.kill(started[0].pid, signal.SIGKILL)

        assert opened.drain(PATIENCE)
    assert (["uploaded"], {"worker_lost": 1}) == (observed(home), misses(home))
    assert 2 == len(started)
    assert [] == waiting(home)


@pytest.mark.usefixtures("shared")
def test_what_is_pending_at_closing_is_taken_up_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stays in the inbox, in order; the next recorder writes it, the one after that finds nothing."""
    with monkeypatch.context() as patched:
        patched.setattr(recorder, "Workers", Stuck)
        with recording(home) as opened:
            for name in "abc":
                opened.submit(upload((f"{name}.jpg", encoded(painting(ord(name))))))
            assert not opened.drain(0.2)
            assert 3 == opened.pending
    assert 3 == len(waiting(home))
    assert [] == observed(home)

    for _ in range(2):
        with recording(home) as opened:
            assert opened.drain(PATIENCE)
    with Ledger.open(home, SETTINGS) as ledger:
        assert ["a.jpg", "b.jpg", "c.jpg"] == [seen.filename for seen in queries.observations(ledger)]
    assert ([], {}) == (waiting(home), misses(home))


def test_an_original_that_is_pending_at_closing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who handed it over hears that it was not taken, and nothing of it is left for the next start."""
    monkeypatch.setattr(recorder, "Workers", Stuck)
    with recording(home) as opened:
        handed = opened.submit_original(ARTIST, Original("cli", now(), "a.jpg"))

    with pytest.raises(CreditlineError) as caught:
        handed.result(0)
    assert "stopping" == caught.value.code
    assert [] == waiting(home)


@pytest.mark.usefixtures("shared")
def test_two_recorders_on_one_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each writes its own entries and leaves the other's alone; what one imported the other recognises."""
    with recording(home) as first, monkeypatch.context() as patched:
        patched.setattr(recorder, "Workers", Stuck)
        with recording(home) as second:
            second.submit(upload(("b.jpg", OTHER)))
            eventually(lambda: len(waiting(home)) == 1)
            with recording(home) as third:
                assert 0 == third.pending
            mine = first.submit_original(ARTIST, Original("import", now(), "a.jpg")).result(PATIENCE)
            assert 1 == len(waiting(home))
    with Ledger.open(home, SETTINGS) as ledger:
        assert [mine.id] == [seen.id for seen in queries.observations(ledger)]


@pytest.mark.usefixtures("shared")
def test_what_another_process_imports_is_recognised_at_once(home: Path) -> None:
    """An original that came into the ledger after this recorder had started is found by its looks."""
    with recording(home) as running:
        with recording(home) as other:
            mine = other.submit_original(ARTIST, Original("import", now(), "a.jpg", mine=True)).result(PATIENCE)
        running.submit(view(COPY, "https://wall.example/media/1.jpg"))
        assert running.drain(PATIENCE)

    with Ledger.open(home, SETTINGS) as ledger:
        served = queries.observations(ledger, stage="served")
        assert [mine.work] == [seen.work for seen in served]
        assert [mine.id] == [verdict.original for verdict in queries.verdicts(ledger)]


@pytest.mark.usefixtures("shared")
def test_broken_leftovers(home: Path) -> None:
    """Each is one miss, `interrupted`, and gone; a whole one beside them is recorded."""
    box = inbox.Inbox(home / INBOX)
    good = box.put(upload(("a.jpg", ARTIST)))
    for content in ("", "{", "[]", "null", '{"id": 1}', '{"request": {"headers": [], "body": {"odd": 1}}}'):
        folder = good.parent / exchange_id()
        folder.mkdir()
        (folder / "exchange.json").write_text(content)
    (good.parent / exchange_id()).mkdir()
    box.put_original(exchange_id(), b"an original whose future is gone")
    half = box.put(upload(("b.jpg", OTHER)))
    half.rename(half.with_suffix(".filling"))
    box.close()

    with recording(home) as opened:
        assert opened.drain(PATIENCE)

    assert (["uploaded", "uploaded"], {"interrupted": 8}) == (observed(home), misses(home))
    assert [] == waiting(home)


@pytest.mark.usefixtures("shared")
def test_half_an_upload_that_was_not_yet_read(home: Path) -> None:
    """Pieces that lie in the inbox when the process is killed are said to be interrupted at the very next start."""
    box = inbox.Inbox(home / INBOX)
    for number, turn in enumerate(wire.by_name("tus").talk(wire.PICTURE, "a")[:2]):
        box.put(wire.exchange(turn, number))
    box.close()

    for _ in range(2):
        with recording(home) as opened:
            assert opened.drain(PATIENCE)

    with Ledger.open(home, SETTINGS) as ledger:
        assert ["interrupted"] == [seen.missed for seen in queries.observations(ledger)]
    assert {"interrupted": 1} == misses(home)


@pytest.mark.usefixtures("shared")
def test_a_full_disk(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be taken in is a miss; the recorder lives, and takes in the next."""

    def full(*_: Any) -> Any:
        raise OSError(28, "No space left on device")

    with recording(home) as opened:
        with monkeypatch.context() as patched:
            patched.setattr(inbox.Inbox, "put", full)
            patched.setattr(inbox.Inbox, "put_original", full)
            opened.submit(upload(("a.jpg", ARTIST)))
            handed = opened.submit_original(ARTIST, Original("cli", now()))
            assert opened.drain(PATIENCE)
        with pytest.raises(CreditlineError, match="No space"):
            handed.result(0)
        opened.submit(upload(("a.jpg", ARTIST)))
        assert opened.drain(PATIENCE)
    assert (["uploaded"], {"not_taken_in": 1}) == (observed(home), misses(home))


@pytest.mark.usefixtures("shared")
def test_a_ledger_that_is_busy_loses_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that may pass leaves the entry for the next start; one that will not is a miss and no more."""
    codes = iter(["ledger_busy", "disk", "ledger_value"])
    record = Ledger.record

    def refuse(self: Ledger, batch: Any) -> Any:
        code = next(codes, None)
        if code is not None:
            raise LedgerError("refused", code=code)
        return record(self, batch)

    monkeypatch.setattr(Ledger, "record", refuse)
    with recording(home) as opened:
        for name in "abcd":
            opened.submit(upload((f"{name}.jpg", encoded(painting(ord(name))))))
        assert opened.drain(PATIENCE)
    assert (["uploaded"], 2) == (observed(home), len(waiting(home)))

    with recording(home) as opened:
        assert opened.drain(PATIENCE)
    assert (["uploaded"] * 3, []) == (observed(home), waiting(home))
    assert {"ledger_busy": 1, "disk": 1, "ledger_value": 1} == misses(home)


@pytest.mark.usefixtures("shared")
def test_an_original_that_the_ledger_refuses(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one who handed it over gets the reason; so for a reader that failed and for a bug of ours."""

    def bug(*_: Any) -> Any:
        raise ZeroDivisionError("a bug")

    with recording(home) as opened:
        with monkeypatch.context() as patched:
            patched.setattr(Ledger, "record", bug)
            handed = opened.submit_original(ARTIST, Original("cli", now(), "a.jpg"))
            with pytest.raises(CreditlineError, match="a bug") as caught:
                handed.result(PATIENCE)
        assert "not_recorded" == caught.value.code
        assert opened.submit_original(OTHER, Original("cli", now(), "b.jpg")).result(PATIENCE).work
    assert ["original"] == observed(home)
    assert [] == waiting(home)


def test_answers_of_every_kind(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that answer nonsense, or whose threads raise something of their own, stop nothing."""
    stuck = Stuck()
    monkeypatch.setattr(recorder, "Workers", lambda *_, **__: stuck)
    with recording(home) as opened:
        for _ in range(4):
            opened.submit(view(COPY))
        eventually(lambda: len(stuck.jobs) == 4)
        futures = [future for _, future in stuck.jobs]
        futures[0].set_result({})
        futures[1].set_result({"found": [{"role": "image"}]})
        futures[2].set_exception(ZeroDivisionError("odd"))
        futures[3].set_result({"error": {"code": "memory", "message": "too much"}})

        assert opened.drain(PATIENCE)
    assert {"not_recorded": 2, "reader_failed": 1, "memory": 1} == misses(home)


@pytest.mark.parametrize(
    ("page", "given", "site"),
    [
        ("https://cdn.fotos.example/x", None, "fotos"),
        ("https://elsewhere.example/x", None, "elsewhere.example"),
        ("https://fotos.example/x", "mine", "mine"),
        ("http://[broken", None, None),
        ("about:blank", None, None),
        (None, None, None),
    ],
)
def test_the_site_of_a_page(
    home: Path, monkeypatch: pytest.MonkeyPatch, page: str | None, given: str | None, site: str | None
) -> None:
    """A picked file belongs to its page's site, unless something else was said; any text may stand for a page."""
    monkeypatch.setattr(recorder, "Workers", Stuck)
    with recording(home) as opened:
        assert site == opened._with_site(Original("extension", at(), page=page, site=given)).site


def test_after_closing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes too late is counted, nobody waits for it, and closing again is fine."""
    monkeypatch.setattr(recorder, "Workers", Stuck)
    with recording(home) as opened:
        opened.close()
        opened.submit(view(COPY))

        assert opened.drain(0)
    assert {"stopping": 1} == misses(home)


def test_a_ledger_that_takes_no_misses(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even a miss can be written: that raises nothing, and is written once the ledger takes it."""

    def refuse(*_: Any, **__: Any) -> None:
        raise LedgerError("the disk is full", code="disk")

    with recording(home) as opened, monkeypatch.context() as patched:
        patched.setattr(Ledger, "miss", refuse)
        opened.note_missed("x", "y")

        assert {} == misses(home)
    assert {"x": 1} == misses(home)


LOOP = """
import sys
from pathlib import Path
from creditline.ledger.store import Ledger
from creditline.model.settings import Settings
from creditline.services import inbox, recorder
from creditline.services.inbox import load

home, entry = Path(sys.argv[1]), Path(sys.argv[2])
recorder.GRACE_SECONDS = 0.0
put = inbox.Inbox.put

def told(self, exchange):
    done = put(self, exchange)
    print(exchange.id, flush=True)
    return done

inbox.Inbox.put = told
settings = Settings(workers=1)
opened = recorder.Recorder(Ledger.open(home, settings), settings, waited_for=True)
exchange = load(entry)
from dataclasses import replace
from creditline.model.exchange import Body
data = exchange.request.body.read()
request = replace(exchange.request, body=Body(data, length=len(data)))
for number in range(100000):
    opened.submit(replace(exchange, id=f"{number:026}", request=request))
    if number >= 4:
        opened.drain()
"""


def test_killed_in_the_middle(home: Path, tmp_path: Path) -> None:
    """After kill -9 every exchange whose entry was whole is in the ledger, once; the chain verifies."""
    prepared = inbox.Inbox(tmp_path / "prepared")
    entry = prepared.put(upload(("a.jpg", encoded(painting(1).resize((64, 48))))))
    process = subprocess.Popen(
        [sys.executable, "-c", LOOP, str(home), str(entry)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    told = [process.stdout.readline().strip() for _ in range(8)]
    process.kill()
    told += process.stdout.read().split()
    process.wait()
    process.stdout.close()

    with recording(home) as opened:
        assert opened.drain(PATIENCE)

    with Ledger.open(home, SETTINGS) as ledger:
        exchanges = [seen.exchange for seen in queries.observations(ledger, limit=None)]
        assert ledger.verify().ok
    assert set(told) <= set(exchanges)
    assert len(exchanges) == len(set(exchanges))
    assert set(misses(home)) <= {"interrupted"}
    assert [] == waiting(home)


def test_the_time() -> None:
    """UTC, ISO 8601, milliseconds."""
    assert at()[-1] == now()[-1] == "Z"
    assert len(at()) == len(now())
    assert json.dumps(now())


def test_opening_alone(home: Path) -> None:
    """A recorder of its own opens and closes its own ledger; a folder that cannot be used is said."""
    with contextlib.closing(Recorder.open(home, SETTINGS)) as opened:
        assert 0 == opened.pending
    (home / "file").write_text("")
    with pytest.raises(LedgerError):
        Recorder.open(home / "file", SETTINGS)


def test_a_kept_page_is_an_observation_and_no_copy(home: Path) -> None:
    """It has the page's site and address and its bytes; it makes no work, and no picture is found by it."""
    page = encoded(painting(1), "PNG")
    with recording(home) as running:
        done = running.submit_screenshot(page, Original("extension", now(), page="https://strips.example/p/1"))
        kept = done.result(PATIENCE)
        original = running.submit_original(ARTIST, Original("cli", now())).result(PATIENCE)

    assert ("served", "screenshot", "extension") == (kept.stage, kept.role, kept.via)
    assert ("https://strips.example/p/1", "png", None) == (kept.url, kept.format, kept.work)
    assert original.work is not None
    with Ledger.open(home, SETTINGS) as ledger:
        assert page == ledger.blobs.get(str(kept.sha256))
        assert 1 == len(overview.works(ledger))
        assert 0 == overview.counts(ledger).served
        assert ledger.verify().ok
