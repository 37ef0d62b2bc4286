"""From the wire to the ledger: takes exchanges in at once, has them read by workers, writes them in order.

`submit` only puts a reference into a queue. One thread writes exchanges down (`inbox`) and hands them to the
workers; another writes what they found into the ledger, in the order in which it was seen. A process that dies in
between leaves inbox entries, which the next recorder takes up.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ulid import ULID

from creditline.fingerprints.perceptual import KIND
from creditline.ledger.index.linear import LinearIndex
from creditline.ledger.store import Ledger
from creditline.model.errors import CreditlineError
from creditline.services import inbox
from creditline.services.record import Original, Recording
from creditline.services.workers import Workers
from creditline.vocab import sites

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from creditline.model.exchange import Exchange
    from creditline.model.observation import Observation
    from creditline.model.settings import Settings
    from creditline.services.workers import Answer

log = logging.getLogger(__name__)

INBOX = "inbox"
"""The folder in the data folder for what was taken in and is not yet in the ledger."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """One thing on its way: what to write when the workers' answer is there, and what to remove then."""

    future: Future[Answer]
    write: Callable[[Answer], Any]
    path: Path
    done: Future[Observation] | None = None


class Recorder:
    """Everything that records; open one per process that sees traffic."""

    def __init__(self, ledger: Ledger, settings: Settings, *, owns_ledger: bool = False) -> None:
        self._ledger = ledger
        self._owns_ledger = owns_ledger
        self._inbox = inbox.Inbox(ledger.home / INBOX)
        self._index = LinearIndex.load(ledger, KIND)
        self._recording = Recording(ledger, self._index)
        self._sites = sites.load(ledger.home)
        self._workers = Workers(ledger.home, settings.workers, settings.read_timeout)
        self._arrivals: queue.SimpleQueue[Exchange | None] = queue.SimpleQueue()
        self._taken: queue.SimpleQueue[_Taken | None] = queue.SimpleQueue()
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
        self._count(+1)
        self._arrivals.put(exchange)

    def submit_original(self, data: bytes, original: Original) -> Future[Observation]:
        """Take in a file as the user has it; the future gives its observation, or the CreditlineError why not."""
        original = self._with_site(original)
        path = self._inbox.put_original(str(ULID()), data)
        done: Future[Observation] = Future()
        self._count(+1)
        job = self._workers.submit({"job": "original", "path": str(path)})
        self._taken.put(_Taken(job, lambda answer: self._write_original(original, answer), path, done))
        return done

    def _with_site(self, original: Original) -> Original:
        """A file picked on a page belongs to that page's site, as the uploads from there do."""
        host = urlsplit(original.page or "").hostname
        if original.site is not None or host is None:
            return original
        profile = self._sites.profile_for(host)
        return replace(original, site=profile.id if profile is not None else host)

    def note_missed(self, code: str, message: str, site: str | None = None) -> None:
        """Count what could not be recorded; a ledger that cannot take that, either, is only logged."""
        with self._logged("a miss was not recorded"):
            self._ledger.miss(code, message, site)

    def drain(self, timeout: float | None = None) -> bool:
        """Wait until everything taken in is in the ledger; False when `timeout` seconds passed first."""
        with self._changed:
            return self._changed.wait_for(lambda: self._pending == 0, timeout)

    def close(self) -> None:
        """Stop; what is still on its way stays in the inbox for the next recorder."""
        self._closing = True
        self._arrivals.put(None)
        self._threads[0].join()
        self._workers.close()
        self._taken.put(None)
        self._threads[1].join()
        self._inbox.close()
        if self._owns_ledger:
            self._ledger.close()

    def _count(self, by: int) -> None:
        with self._changed:
            self._pending += by
            self._changed.notify_all()

    @contextlib.contextmanager
    def _logged(self, what: str) -> Any:
        """Recording must never take its host down: what fails here is logged, and counted where that works."""
        try:
            yield
        except Exception as error:
            log.exception("creditline: %s", what)
            with contextlib.suppress(CreditlineError):
                self._ledger.miss(getattr(error, "code", "not_recorded"), f"{what}: {error}")

    def _take_up_leftovers(self) -> None:
        """Go on with what recorders took in that are gone; those that still run keep theirs."""
        for entry in self._inbox.leftovers():
            try:
                self._dispatch(inbox.load(entry), entry)
            except (OSError, ValueError, KeyError, TypeError) as error:
                self._ledger.miss("interrupted", f"something was cut off while it was taken in: {error}")
                self._inbox.remove(entry)

    def _take_in(self) -> None:
        while (exchange := self._arrivals.get()) is not None:
            try:
                self._dispatch(exchange, self._inbox.put(exchange), counted=True)
            except Exception as error:  # a full disk must not stop the traffic or this thread
                log.exception("creditline: an exchange was not taken in")
                self.note_missed("not_taken_in", f"an exchange was not taken in: {error}", exchange.host)
                self._count(-1)

    def _dispatch(self, exchange: Exchange, entry: Path, *, counted: bool = False) -> None:
        if not counted:
            self._count(+1)
        job = self._workers.submit({"job": "exchange", "path": str(entry)})
        self._taken.put(_Taken(job, lambda answer: self._recording.exchange(exchange, answer), entry))

    def _write_down(self) -> None:
        while (taken := self._taken.get()) is not None:
            try:
                self._write_one(taken)
            except CancelledError:
                continue  # closing: the entry stays in the inbox
            finally:
                self._count(-1)

    def _write_one(self, taken: _Taken) -> None:
        try:
            answer = taken.future.result()
        except CreditlineError as error:
            if self._closing:
                raise CancelledError from error
            answer = {"error": {"code": error.code, "message": str(error)}}
        written = None
        with self._logged("what was seen was not written down"):
            written = taken.write(answer)
        if taken.done is not None:
            if written is None:
                problem = answer.get("error", {"message": "the ledger did not take it", "code": "not_recorded"})
                taken.done.set_exception(CreditlineError(problem["message"], code=problem["code"]))
            else:
                taken.done.set_result(written)
        self._inbox.remove(taken.path)

    def _write_original(self, original: Original, answer: Answer) -> Observation | None:
        if "error" in answer:
            self._ledger.miss(answer["error"]["code"], answer["error"]["message"], original.site)
            return None
        return self._recording.original(original, answer)


def now() -> str:
    """The time as observations give it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
