"""Served copies with their credit back, while they are on their way to the viewer.

A picture is looked up, proved and written in a worker process of its own. The wire waits for it a moment only; what
comes too late is kept, so that it is there when the picture is asked for again.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import logging
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creditline.model.errors import CreditlineError, NotFoundError
from creditline.services.errands import Errands, discard, ledger_for

if TYPE_CHECKING:
    from concurrent.futures import Future

    from creditline.model.settings import Settings
    from creditline.services.known_works import KnownWorks

log = logging.getLogger(__name__)

MAX_COPY = 16 * 1024 * 1024
"""Larger pictures go by as they are: they are no page's pictures, and would take longer than a viewer waits."""
KEPT_BYTES = 64 * 1024 * 1024
"""Restored copies held in memory, the latest asked for."""
KEPT_OUTCOMES = 4096
FORGOTTEN_AFTER = 60.0
"""Seconds until a picture that nothing was known of is looked up again: its original may have come since."""
WAITING = 64
"""Pictures that wait for the worker; more than that go by as they are."""
PRACTICE_EDGE = 640
"""Pixels of the long edge of the copy that a worker practises on."""
DESKS = 1


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of one served copy.

    `outcome`: `restored` (then `data` is the copy with what it had lost), `unknown` (of no known work), `whole`
    (nothing was lost), `unproved` (not shown to be the work), `busy`, or `failed`; `why` says more.
    """

    outcome: str
    data: bytes | None = None
    why: str | None = None


def repair(path: Path, home: Path, *, target: str, database: str) -> dict[str, Any]:
    """The worker's job: write the copy at `path`, restored and signed, to `target`; `{"outcome", "why"}`."""
    from creditline.reattach import keyring
    from creditline.services.originals import original_of
    from creditline.services.restore import Signing, restoration

    data = path.read_bytes()
    try:
        known = original_of(_desk(home, database), path, data=data, with_pixels=False)
    except NotFoundError as error:
        return {"outcome": "unknown", "why": str(error)}
    done = restoration(
        data,
        known.data,
        signing=lambda: Signing(keyring.ensure(home)[0], known.name, fingerprint=known.code),
        known=known,
    )
    if done.doubt is not None:
        return {"outcome": "unproved", "why": done.doubt}
    if done.data is None or not (done.done or done.signed):
        return {"outcome": "whole", "why": done.problems[0].message if done.problems else None}
    Path(target).write_bytes(done.data)
    return {"outcome": "restored", "why": None}


def prepare(path: Path, home: Path, *, database: str, practise: bool) -> dict[str, Any]:
    """The worker's job before copies come: known works are taken in, and what the newest give is read.

    To `practise`, a stripped copy of the newest goes the whole way by the file `path`, so that all that is loaded or
    made once is there: decoders, index, signing key. Nothing comes of it but `{"practised": whether one did}`.
    """
    from creditline.pixels import recode
    from creditline.services.known_works import MATERIALS

    desk, practised = _desk(home, database), False
    for sha256 in desk.refresh()[-MATERIALS:][::-1]:
        with contextlib.suppress(CreditlineError):  # not kept, or not to be opened: then another one serves
            data = desk.ledger.blobs.get(sha256)
            desk.material(sha256, data)
            if practise and not practised and len(data) <= MAX_COPY:
                path.write_bytes(recode(data, "jpeg", edge=PRACTICE_EDGE))
                repair(path, home, target=f"{path}.out", database=database)
                practised = True
    return {"practised": practised}


@functools.lru_cache(maxsize=DESKS)
def _desk(home: Path, database: str) -> KnownWorks:
    from creditline.services.originals import known_works

    return known_works(ledger_for(home, database))


class Repairer:
    """Takes copies in and gives futures; `close` ends the worker."""

    def __init__(self, home: Path, settings: Settings) -> None:
        busy = Mended("busy", why=f"{WAITING} pictures are waiting already")
        self._errands = Errands(home, settings, "reattach", waiting=WAITING, busy=busy)
        self._folder = self._errands.folder
        self._known: OrderedDict[str, tuple[float, Mended]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._practised = self._preparing = False

    def prepare(self) -> None:
        """Have the worker started and the known works at hand before the next copy comes; comes back at once.

        To be called at the start, and again when a work has been recorded.
        """
        with self._lock:
            if self._preparing:
                return
            self._preparing = True
        self._errands.soon(self._prepared)

    def submit(self, data: bytes) -> Future[Mended]:
        """What becomes of a served copy; the future never raises."""
        return self._errands.submit(self._mended, data)

    def close(self) -> None:
        """End the worker and remove what lies on the disk; pictures under way go by as they are."""
        self._errands.close()

    def _prepared(self) -> None:
        with self._lock:
            self._preparing = False
        path = self._folder / "practice"
        try:
            answer = self._errands.ask("prepare", path, practise=not self._practised)
            self._practised |= answer.get("practised", False)
        except CreditlineError as error:
            log.warning("Creditline: restoring was not prepared: %s", error)
        finally:
            discard(path, path.with_suffix(".out"))

    def _mended(self, data: bytes) -> Mended:
        try:
            sha256 = hashlib.sha256(data).hexdigest()
            known = self._recalled(sha256)
            if known is None:
                answer, restored = self._errands.run("repair", data, sha256)
                known = Mended(answer["outcome"], restored, answer["why"])
                self._keep(sha256, known)
        except Exception as error:  # noqa: BLE001 - the picture goes by as it is, and the record says why
            return Mended("failed", why=f"{type(error).__name__}: {error}")
        return known

    def _recalled(self, sha256: str) -> Mended | None:
        with self._lock:
            found = self._known.get(sha256)
            if found is None:
                return None
            at, mended = found
            if mended.data is None and time.monotonic() - at > FORGOTTEN_AFTER:
                del self._known[sha256]
                return None
            self._known.move_to_end(sha256)
            return mended

    def _keep(self, sha256: str, mended: Mended) -> None:
        with self._lock:
            self._known[sha256] = (time.monotonic(), mended)
            self._bytes += len(mended.data or b"")
            while self._bytes > KEPT_BYTES or len(self._known) > KEPT_OUTCOMES:
                _, (_, oldest) = self._known.popitem(last=False)
                self._bytes -= len(oldest.data or b"")
