"""Pictures taken to a worker of their own while somebody waits for them: a bounded number, by way of files."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from creditline.model.errors import CreditlineError
from creditline.model.settings import load as settings_of
from creditline.services.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable

    from creditline.ledger.store import Ledger
    from creditline.model.settings import Settings
    from creditline.services.workers import Answer


class Errands[T]:
    """Takes pictures in and gives futures of what became of them; `close` ends the worker.

    One worker, one errand at a time. `name` is that of its thread and folder; of more than `waiting` pictures at once
    the further ones are `busy`.
    """

    def __init__(self, home: Path, settings: Settings, name: str, *, waiting: int, busy: T) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"creditline-{name}-"))
        self._database = settings.database
        self._workers = Workers(home, 1, settings.read_timeout, waited_for=True)
        self._threads = ThreadPoolExecutor(1, thread_name_prefix=f"creditline-{name}")
        self._free = threading.Semaphore(waiting)
        self._busy = busy

    def submit(self, task: Callable[[bytes], T], data: bytes) -> Future[T]:
        """The future of `task(data)`, which runs when those before it are done."""
        if not self._free.acquire(blocking=False):
            busy: Future[T] = Future()
            busy.set_result(self._busy)
            return busy
        future = self._threads.submit(task, data)
        future.add_done_callback(lambda _: self._free.release())
        return future

    def soon(self, task: Callable[[], None]) -> None:
        """Have `task` run in its turn, for no picture; once all is closed, never."""
        with contextlib.suppress(RuntimeError):
            self._threads.submit(task)

    def ask(self, job: str, path: Path, **more: object) -> Answer:
        """The worker's answer to a job about the file at `path`.

        Raises:
            WorkerLostError: there is none.
        """
        asked = {"job": job, "path": str(path), "database": self._database, **more}
        return self._workers.submit(asked).result()

    def run(self, job: str, data: bytes, name: str) -> tuple[Answer, bytes | None]:
        """The answer to a job that may make another picture of `data`, and that picture.

        `name` names the files meanwhile. An answer has `outcome` and `why`; what went wrong is a `failed` one.

        Raises:
            OSError: the picture cannot be put on the disk.
        """
        picture, target = self.folder / name, self.folder / f"{name}.out"
        try:
            picture.write_bytes(data)
            answer = self.ask(job, picture, target=str(target))
            if "error" in answer:
                return {"outcome": "failed", "why": answer["error"]["message"]}, None
            return answer, target.read_bytes() if target.exists() else None
        except CreditlineError as error:
            return {"outcome": "failed", "why": str(error)}, None
        finally:
            discard(picture, target)

    def close(self) -> None:
        """End the worker and remove what lies on the disk; pictures under way stay as they are."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._workers.close()
        self._threads.shutdown(wait=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def discard(*paths: Path) -> None:
    """Remove files as far as that can be done."""
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def ledger_for(home: Path, database: str) -> Ledger:
    """The ledger that a worker's jobs are about; LedgerError when it does not open."""
    from creditline.ledger.store import Ledger

    return Ledger.open(home, replace(settings_of(home), database=database))
