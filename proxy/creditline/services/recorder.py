"""From the wire to the ledger: takes exchanges in at once, has them read by workers, writes them in order.

`submit` only puts a reference into a queue. One thread writes exchanges down (`inbox`) and hands them to the
workers; another writes what they found into the ledger, in the order in which it was seen. A process that dies in
between leaves inbox entries, which the next recorder takes up.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ulid import ULID

from creditline.ledger.store import Ledger
from creditline.model.errors import CreditlineError
from creditline.services import inbox
from creditline.services.lookup import Lookup
from creditline.services.record import Handed, Original, Recording
from creditline.services.second_stage import Sent
from creditline.services.sessions import SESSIONS, Sessions
from creditline.services.underway import About, Lost
from creditline.services.workers import Workers
from creditline.vocab import sites

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from creditline.model.exchange import Exchange
    from creditline.model.observation import Observation
    from creditline.model.settings import Settings
    from creditline.services.underway import Whole
    from creditline.services.workers import Answer

log = logging.getLogger(__name__)

PASSING = frozenset({"ledger_busy", "disk"})
"""Codes of errors that another start may not meet: what they stopped stays in the inbox until then."""

INBOX = "inbox"
"""The folder in the data folder for what was taken in and is not yet in the ledger."""
TICK_SECONDS = 30.0
"""So often, when nothing else is to be done, uploads are looked for that will never end."""
MAX_UNNOTED = 1000
"""Misses kept in memory while the ledger takes nothing (a full disk, a lock); then the oldest are only in the log."""
GRACE_SECONDS = 0.1
"""An exchange waits so long before it is written down: its answer is still on its way to the user then, and this
thread would take the interpreter and the disk away from it."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """One thing on its way: what to write when the workers' answer is there, and what to remove then."""

    future: Future[Answer]
    write: Callable[[Answer], Any]
    path: Path | None
    done: Future[Observation] | None = None


class Recorder:
    """Everything that records; open one per process that sees traffic."""

    def __init__(
        self, ledger: Ledger, settings: Settings, *, owns_ledger: bool = False, waited_for: bool = False
    ) -> None:
        self._ledger = ledger
        self._owns_ledger = owns_ledger
        self._sites = sites.load(ledger.home)
        self._inbox = inbox.Inbox(ledger.home / INBOX)
        self._sessions = Sessions(ledger.home / SESSIONS, settings.max_body)
        self._workers = Workers(ledger.home, settings.workers, settings.read_timeout, waited_for=waited_for)
        second = Sent(self._workers.submit) if settings.geometry else None
        found = Lookup.load(ledger, second, engine=settings.index)
        self._recording = Recording(ledger, found, self._sites)
        self._arrivals: queue.SimpleQueue[tuple[float, Exchange] | None] = queue.SimpleQueue()
        self._taken: queue.SimpleQueue[_Taken | None] = queue.SimpleQueue()
        self._unnoted: deque[tuple[str, str, str | None]] = deque(maxlen=MAX_UNNOTED)
        self._ended: deque[_Taken] = deque()
        self.on_work: Callable[[], None] | None = None
        """Called when a file of a work was written down: an original, or what was sent."""
        self._pending = 0
        self._changed = threading.Condition()
        self._closing = False
        self._take_up_leftovers()
        self._threads = [
            threading.Thread(target=self._take_in, name="creditline-intake", daemon=True),
            threading.Thread(target=self._write_down, name="creditline-ledger", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @classmethod
    def open(cls, home: Path, settings: Settings) -> Recorder:
        """A recorder with a ledger of its own, closed together with it.

        Raises:
            LedgerError: the ledger cannot be opened.
        """
        return cls(Ledger.open(home, settings), settings, owns_ledger=True)

    @property
    def pending(self) -> int:
        """How many exchanges and originals are on their way."""
        return self._pending

    def submit(self, exchange: Exchange) -> None:
        """Take an exchange in; returns at once and never raises on its content."""
        if self._closing:
            self.note_missed("stopping", "something was seen while Creditline was being stopped", exchange.host)
            return
        self._count(+1)
        self._arrivals.put((time.monotonic() + GRACE_SECONDS, exchange))

    def submit_original(self, data: bytes, original: Original) -> Future[Observation]:
        """Take in a file as the user has it; the future gives its observation, or the CreditlineError why not."""
        original = self._with_site(original)
        return self._submit_file(data, lambda answer: self._write_original(original, answer))

    def submit_screenshot(self, data: bytes, shown: Original) -> Future[Observation]:
        """Take in a picture of a page, `shown.page`; the future is as that of an original."""
        shown = self._with_site(shown)
        return self._submit_file(data, lambda answer: self._write_original(shown, answer, screenshot=True))

    def submit_handed(self, data: bytes, handed: Handed) -> Future[Observation]:
        """Take in a file at a known stage; the future is as that of an original."""

        def write(answer: Answer) -> Observation | None:
            if "error" in answer:
                self._ledger.miss(answer["error"]["code"], answer["error"]["message"], handed.site)
                return None
            return self._recording.handed(handed, answer)

        return self._submit_file(data, write)

    def _submit_file(self, data: bytes, write: Callable[[Answer], Observation | None]) -> Future[Observation]:
        done: Future[Observation] = Future()
        self._count(+1)
        try:
            path = self._inbox.put_original(str(ULID()), data)
            job = self._workers.submit({"job": "original", "path": str(path)})
        except (OSError, RuntimeError) as error:  # a full disk; workers that are ended
            self._count(-1)
            done.set_exception(CreditlineError(f"the file was not taken in: {error}", code="not_taken_in"))
            return done
        self._taken.put(_Taken(job, write, path, done))
        return done

    def _with_site(self, original: Original) -> Original:
        """A file picked on a page belongs to that page's site, as the uploads from there do."""
        try:
            host = urlsplit(original.page or "").hostname
        except ValueError:  # what a page says of itself is any text
            host = None
        if original.site is not None or host is None:
            return original
        profile = self._sites.profile_of_page(host)
        return replace(original, site=profile.id if profile is not None else host)

    def note_missed(self, code: str, message: str, site: str | None = None) -> None:
        """Count what could not be recorded; if the ledger cannot take that, either, it is told again when it can."""
        try:
            self._ledger.miss(code, message, site)
        except CreditlineError:
            log.exception("creditline: a miss waits to be recorded: %s", message)
            self._unnoted.append((code, message, site))

    def _note_late(self) -> None:
        """Tell the ledger what it could not take before; the first refusal ends it."""
        while self._unnoted:
            miss = self._unnoted.popleft()
            try:
                self._ledger.miss(*miss)
            except CreditlineError:
                self._unnoted.appendleft(miss)
                return

    def drain(self, timeout: float | None = None) -> bool:
        """Wait until everything taken in is in the ledger; False when `timeout` seconds passed first."""
        with self._changed:
            return self._changed.wait_for(lambda: self._pending == 0, timeout)

    def report_unfinished(self) -> None:
        """Say of uploads in pieces that they are not whole, when nothing more will come; they stay open."""
        self._count(+1)
        self._taken.put(_Taken(_answered({}), lambda _: self._end_all(self._sessions.interrupted()), None))

    def end_idle(self, now: float | None = None) -> None:
        """Give up the uploads that have given no sign of life for too long by `now` (seconds since 1970)."""
        self._count(+1)
        self._taken.put(_Taken(_answered({}), lambda _: self._end_all(self._sessions.expired(now)), None))

    def close(self) -> None:
        """Stop; what is still on its way stays in the inbox for the next recorder."""
        self._closing = True
        self._arrivals.put(None)
        self._threads[0].join()
        self._workers.close()
        self._taken.put(None)
        self._threads[1].join()
        self._note_late()
        self._inbox.close()
        self._sessions.close()
        if self._owns_ledger:
            self._ledger.close()

    def _count(self, by: int) -> None:
        with self._changed:
            self._pending += by
            self._changed.notify_all()

    def _take_up_leftovers(self) -> None:
        """Go on with what recorders took in that are gone; those that still run keep theirs."""
        for ended in self._sessions.leftovers():
            self._end(ended)
        for entry in self._inbox.leftovers():
            try:
                self._dispatch(inbox.load(entry), entry)
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
                self.note_missed("interrupted", f"something was cut off while it was taken in: {error}")
                self._inbox.remove(entry)

        # After all that was taken in, for that may hold what was missing.
        self.report_unfinished()

    def _take_in(self) -> None:
        while (arrival := self._arrivals.get()) is not None:
            due, exchange = arrival
            if not self._closing:
                time.sleep(max(0.0, due - time.monotonic()))
            try:
                self._dispatch(exchange, self._inbox.put(exchange), counted=True)
            except Exception as error:  # a full disk must not stop the traffic or this thread
                log.exception("creditline: an exchange was not taken in")
                self.note_missed("not_taken_in", f"an exchange was not taken in: {error}", exchange.host)
                self._count(-1)

    def _dispatch(self, exchange: Exchange, entry: Path, *, counted: bool = False) -> None:
        self._taken.put(self._read(exchange, entry, counted=counted))

    def _read(self, exchange: Exchange, entry: Path, *, counted: bool = False) -> _Taken:
        if not counted:
            self._count(+1)
        job = self._workers.submit({"job": "exchange", "path": str(entry)})
        return _Taken(job, lambda answer: self._write_exchange(exchange, answer), entry)

    def _write_exchange(self, exchange: Exchange, answer: Answer) -> None:
        self._recording.exchange(exchange, answer)
        if self.on_work is not None and any(line["stage"] == "uploaded" for line in answer.get("found", ())):
            self.on_work()
        if answer.get("step") is not None:
            about = About(
                exchange.id,
                exchange.at,
                exchange.url,
                answer["site"],
                answer["profile"],
                tuple(answer["answer_urls"]),
                exchange.via,
            )
            self._end_all(self._sessions.take(exchange, answer["step"], about))

    def _end_all(self, ended: Iterable[Whole | Lost]) -> None:
        for item in ended:
            self._end(item)

    def _end(self, ended: Whole | Lost) -> None:
        """What became of an upload that took several requests: a picture to be read, or a miss."""
        if isinstance(ended, Lost):
            self._recording.lost(ended)
            return
        exchange = ended.exchange()
        entry = self._inbox.put(exchange, ended.said)
        self._sessions.done(ended.key)
        # Before all that was seen after its last request: the copies that the site serves at once are among that.
        self._ended.append(self._read(exchange, entry))

    def _write_down(self) -> None:
        while True:
            try:
                taken = self._ended.popleft() if self._ended else self._taken.get(timeout=TICK_SECONDS)
            except queue.Empty:
                self._forget_idle()
                continue
            if taken is None:
                return
            try:
                self._write_one(taken)
            except Exception:  # whatever it was, the next one is to be written
                log.exception("creditline: something was not written down")
            finally:
                self._count(-1)

    def _forget_idle(self) -> None:
        try:
            self._note_late()
            self._end_all(self._sessions.expired())
        except Exception:  # as above
            log.exception("creditline: uploads that never ended were not written down")

    def _write_one(self, taken: _Taken) -> None:
        try:
            answer = taken.future.result()
        except Exception as error:  # noqa: BLE001 - whatever a worker's thread raises is what became of this
            if self._closing:
                # The entry stays in the inbox; who waits for an original has to hand it over again.
                if taken.done is not None:
                    self._remove(taken)
                    taken.done.set_exception(CreditlineError("Creditline is being stopped", code="stopping"))
                return
            answer = {"error": {"code": getattr(error, "code", "reader_failed"), "message": str(error)}}
        written = None
        try:
            written = taken.write(answer)
        except Exception as error:
            log.exception("creditline: what was seen was not written down")
            self.note_missed(
                getattr(error, "code", "not_recorded"), f"what was seen was not written down: {error}"
            )
            if taken.done is None and getattr(error, "code", None) in PASSING:
                return  # the entry stays in the inbox for the next recorder
            answer = {"error": {"code": getattr(error, "code", "not_recorded"), "message": str(error)}}
        else:
            self._note_late()
        finally:
            if taken.done is not None:
                self._remove(taken)
                _answer(taken.done, written, answer)
        self._remove(taken)

    def _remove(self, taken: _Taken) -> None:
        if taken.path is not None:
            self._inbox.remove(taken.path)

    def _write_original(
        self, original: Original, answer: Answer, *, screenshot: bool = False
    ) -> Observation | None:
        if "error" in answer:
            self._ledger.miss(answer["error"]["code"], answer["error"]["message"], original.site)
            return None
        write = self._recording.screenshot if screenshot else self._recording.original
        written = write(original, answer)
        if self.on_work is not None and not screenshot:
            self.on_work()
        return written


def _answer(done: Future[Observation], written: Observation | None, answer: Answer) -> None:
    if written is not None:
        done.set_result(written)
    else:
        problem = answer.get("error", {"message": "the ledger did not take it", "code": "not_recorded"})
        done.set_exception(CreditlineError(problem["message"], code=problem["code"]))


def _answered(answer: Answer) -> Future[Answer]:
    done: Future[Answer] = Future()
    done.set_result(answer)
    return done
