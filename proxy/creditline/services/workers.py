"""Worker processes: what decodes or parses strangers' bytes runs there, at low priority, under a deadline.

A crash or a hang in a native library costs one reading. Processes are started as
`python -m creditline.services.worker`, so that nothing of the host program is imported again.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creditline.model.errors import LimitError
from creditline.services.worker import WAITED_FOR

if TYPE_CHECKING:
    from collections.abc import Callable

type Job = dict[str, Any]
type Answer = dict[str, Any]

PATIENCE = 10
"""So many deadlines a worker gets that a busy machine keeps from running, as it has the lowest priority."""


class WorkerLostError(LimitError):
    """The worker ended, or was ended at its deadline, before it answered."""

    code = "worker_lost"


class Workers:
    """A fixed number of worker processes, each started at its first job and again after a loss.

    They give way to everything else on the machine unless their answers are `waited_for`.
    """

    def __init__(self, home: Path, count: int, timeout: float, *, waited_for: bool = False) -> None:
        self._arguments = [str(home), *([WAITED_FOR] if waited_for else [])]
        self._timeout = timeout
        self._local = threading.local()
        self._processes: list[_Process] = []
        self._lock = threading.Lock()
        self._closed = False
        self._threads = ThreadPoolExecutor(max(1, count), thread_name_prefix="creditline-worker")

    def submit(self, job: Job) -> Future[Answer]:
        """The worker's answer to one job; the future raises WorkerLostError when there is none."""
        return self._threads.submit(self._call, job)

    def _call(self, job: Job) -> Answer:
        process: _Process | None = getattr(self._local, "process", None)
        if process is None:
            process = self._local.process = _Process(self._arguments)
            with self._lock:
                if self._closed:
                    process.end()
                self._processes.append(process)
        return process.call(job, self._timeout)

    def close(self) -> None:
        """End all workers; jobs not yet begun are dropped, and their inbox entries stay for the next run."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            self._closed = True
            for process in self._processes:
                process.end()
        self._threads.shutdown(wait=True)


class _Deadline:
    """Calls `end` after `seconds`, unless the process wanted to run all that time and hardly could."""

    def __init__(self, pid: int, seconds: float, end: Callable[[], None]) -> None:
        self._pid = pid
        self._seconds = seconds
        self._end = end
        self._left = PATIENCE
        self._before = _processor_time(pid)[1]
        self._timer = self._started()

    def cancel(self) -> None:
        self._left = -1
        self._timer.cancel()

    def _started(self) -> threading.Timer:
        timer = threading.Timer(self._seconds, self._due)
        timer.daemon = True
        timer.start()
        return timer

    def _due(self) -> None:
        self._left -= 1
        runnable, used = _processor_time(self._pid)
        if runnable and used - self._before < self._seconds / 2 and self._left > 0:
            self._timer = self._started()
        elif self._left >= 0:
            self._end()


def _processor_time(pid: int) -> tuple[bool, float]:
    """Whether a process could go on at once, and the seconds that it ran so far; (False, 0) where nobody tells."""
    try:
        # proc_pid_stat(5): a name in brackets that may hold anything; state is field 3, times are 14 and 15.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return fields[0] == "R", (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return False, 0.0


class _Process:
    """One worker process, spoken to in lines of JSON."""

    def __init__(self, arguments: list[str]) -> None:
        self._arguments = arguments
        self._process: subprocess.Popen[str] | None = None
        self._ended = False
        self._lock = threading.Lock()

    def call(self, job: Job, timeout: float) -> Answer:
        process = self._running()
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        deadline = _Deadline(process.pid, timeout, process.kill)
        try:
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
        except (ValueError, OSError):  # half a line is what a process leaves that is killed while it answers
            answer = None
        finally:
            deadline.cancel()
        if not isinstance(answer, dict):
            self._stop()
            raise WorkerLostError(f"the worker that read this ended, or passed its {timeout:g} s")
        return answer

    def _running(self) -> subprocess.Popen[str]:
        with self._lock:
            if self._ended:
                raise WorkerLostError("the workers were ended before this was read")
            if self._process is not None and self._process.poll() is not None:
                _bury(self._process)
                self._process = None
            if self._process is None:
                self._process = self._start()
            return self._process

    def _start(self) -> subprocess.Popen[str]:
        try:
            return subprocess.Popen(  # noqa: S603 - our own interpreter and module
                # -P: nothing in the folder that the program was started in is imported.
                [sys.executable, "-P", "-m", "creditline.services.worker", *self._arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                start_new_session=True,  # Ctrl-C is for the program that owns the wire, which then drains
            )
        except OSError as error:
            raise WorkerLostError(f"no worker can be started: {error.strerror}") from error

    def end(self) -> None:
        """Stop it, now and for good."""
        with self._lock:
            self._ended = True
        self._stop()

    def _stop(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            _bury(process)


def _bury(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):  # what was still to be written is lost with the process
                pipe.close()
