"""Bodies on their way: how much is held in memory, and large ones written to disk while they pass.

Nothing here may delay traffic. A hook only hands chunks over, by reference; one thread writes them. When that
thread lags too far behind, or the disk fails, the body is given up, with the reason, and the traffic goes on.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import tempfile
import threading
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from creditline.model.exchange import Body
from creditline.model.settings import MIB

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

HEAD = 4096
"""Bytes of a streamed body kept to tell at its end whether it may be a picture."""
ALWAYS_BUFFERED = 256 * 1024
"""Bodies up to here are never put on disk: a file would cost more than it saves."""
UNWANTED = "unwanted"
"""`missed` of a body that is no picture: nothing that a record would speak of."""
MAX_PENDING = 32 * MIB
"""Chunks waiting for the disk. A disk that writes 100 MB/s is a third of a second behind then."""
STALE_SECONDS = 24 * 3600
"""Files this old are left over from a crash."""
_PREFIX = "body-"


class Claim:
    """A share of the memory for bodies; it is given back when nothing refers to it any more."""

    __slots__ = ("_changes", "size")

    def __init__(self, changes: deque[int], size: int) -> None:
        self.size = size
        self._changes = changes
        changes.append(size)

    def __del__(self) -> None:
        # Appending is atomic: this may run on any thread, in the middle of anything.
        self._changes.append(-self.size)


class HeldBody(Body):
    """A body in memory that counts as held until it is dropped."""

    __slots__ = ("claim",)
    claim: Claim


class Tee:
    """One streamed body: call it with each chunk, it returns that chunk untouched and keeps it.

    What mitmproxy's `flow.request.stream` and `flow.response.stream` take. `wanted` is asked once, with the first
    `HEAD` bytes; after a no nothing is kept. `then` is what another addon had put there; it gets every chunk.
    """

    def __init__(
        self,
        spool: Spool,
        expected: int | None,
        wanted: Callable[[bytes], bool] | None = None,
        then: object = None,
    ) -> None:
        self.head = b""
        self.length = 0
        self.ended = False
        self.missed: str | None = None
        self._spool = spool
        self._wanted = wanted
        self._then = then if callable(then) else None
        self._stopped = False
        self._small = bytearray()
        self._file: BinaryIO | None = None
        self._path: Path | None = None
        if expected is not None and expected > spool.max_body:
            self.missed = "too_large"

    def __call__(self, chunk: bytes) -> Any:
        """Take note of a chunk (empty: the end) and pass it on."""
        try:
            self._take(chunk)
        except Exception as error:  # noqa: BLE001 - the traffic goes on, whatever is wrong here
            self.missed = f"tee: {error!r}"
        return chunk if self._then is None else self._then(chunk)

    def stop(self) -> None:
        """Keep nothing of what still comes; `body` then gives what came before."""
        self._stopped = True

    def give_up(self, why: str) -> None:
        """Keep nothing of this body; the first reason stays."""
        if self.missed is None:
            self.missed = why
            self._spool.run(self._discard)

    def body(self) -> Body:
        """What was kept. Only in a job of `Spool.run`, which comes after all writes asked for before."""
        self._close()
        if self.missed is not None:
            return Body(length=self.length, complete=self.ended, missed=self.missed)
        if self._path is None:
            small = bytes(self._small)
            self._small.clear()
            return self._spool.hold(small, complete=self.ended)
        path, self._path = self._path, None
        return Body(path=path, length=self.length, complete=self.ended)

    def _take(self, chunk: bytes) -> None:
        if self._stopped:
            return
        if not chunk:
            self.ended = True
            return
        self.length += len(chunk)
        if len(self.head) < HEAD:
            self.head += chunk[: HEAD - len(self.head)]
        elif self._wanted is not None:
            wanted, self._wanted = self._wanted, None
            if not wanted(self.head):
                self.give_up(UNWANTED)
        if self.missed is not None:
            return
        if self.length > self._spool.max_body:
            self.give_up("too_large")
        elif not self._spool.write(self, chunk):
            self.give_up("spool_behind")

    def _write(self, chunk: bytes) -> None:
        """On the writer's thread."""
        if self.missed is not None:
            return
        self._small += chunk
        if self._file is None and len(self._small) <= ALWAYS_BUFFERED:
            return
        try:
            if self._file is None:
                # mkstemp makes files that their owner alone can read.
                handle, name = tempfile.mkstemp(prefix=_PREFIX, dir=self._spool.folder)
                self._path = Path(name)
                self._file = os.fdopen(handle, "wb", buffering=0)
            written = 0
            with memoryview(self._small) as view:
                while written < len(view):
                    written += self._file.write(view[written:])
            self._small.clear()
        except OSError as error:
            self.missed = f"disk: {error.strerror or error}"
            self._discard()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _discard(self) -> None:
        """On the writer's thread."""
        self._small.clear()
        self._close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)
            self._path = None

    def __del__(self) -> None:
        # The flow went away without an end that anybody reported.
        with contextlib.suppress(OSError):
            self._discard()


class Spool:
    """The folder of streamed bodies, the writer's thread, and the account of what is held in memory.

    Sizes in bytes. Who receives a `Body` with a path owns the file and removes it.
    """

    def __init__(self, folder: Path, buffer_total: int, stream_above: int, max_body: int) -> None:
        self.folder = folder
        self.max_body = max_body
        self._buffer_total = buffer_total
        self._stream_above = stream_above
        self._changes: deque[int] = deque()
        self._held = 0
        self._jobs: queue.SimpleQueue[tuple[Tee, bytes] | Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        # Two counters, each written by one thread only, instead of one and a lock in the hook.
        self._handed_over = 0
        self._written = 0

    @property
    def held(self) -> int:
        """Bytes of bodies in memory, by claims. For the proxy's own thread."""
        while self._changes:
            self._held += self._changes.popleft()
        return self._held

    @property
    def pending(self) -> int:
        """Bytes handed over and not yet written."""
        return self._handed_over - self._written

    def claim(self, size: int | None) -> Claim | None:
        """A share for a body of that size, or None: then it has to be streamed (`size` None: length unknown)."""
        if size is None or size > self._stream_above:
            return None
        if size > ALWAYS_BUFFERED and self.held + size > self._buffer_total:
            return None
        return Claim(self._changes, size)

    def hold(self, data: bytes, claim: Claim | None = None, *, complete: bool = True) -> Body:
        """A body that is in memory, by reference; it counts as held until it is dropped."""
        body = HeldBody(data=data, length=len(data), complete=complete)
        object.__setattr__(body, "claim", claim or Claim(self._changes, len(data)))
        return body

    def tee(self, expected: int | None, wanted: Callable[[bytes], bool] | None = None, then: object = None) -> Tee:
        """A tee for one body; `expected` is its length in bytes where it was announced."""
        return Tee(self, expected, wanted, then)

    def write(self, tee: Tee, chunk: bytes) -> bool:
        """Hand a chunk to the writer; False when it is too far behind."""
        if self.pending + len(chunk) > MAX_PENDING:
            return False
        self._handed_over += len(chunk)
        self._put((tee, chunk))
        return True

    def run(self, job: Callable[[], None]) -> None:
        """Run a job on the writer's thread, after everything that was handed over before."""
        self._put(job)

    def close(self, timeout: float | None = None) -> None:
        """Finish what was handed over and end the thread."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._jobs.put(None)
            thread.join(timeout)

    def _put(self, job: tuple[Tee, bytes] | Callable[[], None]) -> None:
        self._jobs.put(job)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="creditline-spool", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        self._prepare()
        while True:
            job = self._jobs.get()
            if job is None:
                return
            self._do(job)
            # No body may live on because this thread waits for more.
            del job

    def _do(self, job: tuple[Tee, bytes] | Callable[[], None]) -> None:
        try:
            if isinstance(job, tuple):
                tee, chunk = job
                self._written += len(chunk)
                tee._write(chunk)  # noqa: SLF001 - the tee's other half, on this thread
            else:
                job()
        except Exception:
            log.exception("A job of the spool failed; traffic is not affected.")

    def _prepare(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            oldest = time.time() - STALE_SECONDS
            for path in self.folder.glob(f"{_PREFIX}*"):
                if path.stat().st_mtime < oldest:
                    path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("The spool folder %s cannot be used: %s", self.folder, error)
