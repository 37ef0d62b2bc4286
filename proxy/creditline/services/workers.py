"""Worker processes: what decodes or parses strangers' bytes runs there, at low priority, under a deadline.

A crash or a hang in a native library costs one reading. Processes are started as
`python -m creditline.services.worker`, so that nothing of the host program is imported again.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from creditline.model.errors import LimitError

if TYPE_CHECKING:
    from pathlib import Path

type Job = dict[str, Any]
type Answer = dict[str, Any]


class WorkerLostError(LimitError):
    """The worker ended, or was ended at its deadline, before it answered."""

    code = "worker_lost"


class Workers:
    """A fixed number of worker processes, each started at its first job and again after a loss."""

    def __init__(self, home: Path, count: int, timeout: float) -> None:
        self._home = home
        self._timeout = timeout
        self._local = threading.local()
        self._processes: list[_Process] = []
        self._threads = ThreadPoolExecutor(max(1, count), thread_name_prefix="creditline-worker")

    def submit(self, job: Job) -> Future[Answer]:
        """The worker's answer to one job; the future raises WorkerLostError when there is none."""
        return self._threads.submit(self._call, job)

    def _call(self, job: Job) -> Answer:
        process: _Process | None = getattr(self._local, "process", None)
        if process is None:
            process = self._local.process = _Process(self._home)
            self._processes.append(process)
        return process.call(job, self._timeout)

    def close(self) -> None:
        """End all workers; jobs not yet begun are dropped, and their inbox entries stay for the next run."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in self._processes:
            process.stop()
        self._threads.shutdown(wait=True)


class _Process:
    """One worker process, spoken to in lines of JSON."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._process: subprocess.Popen[str] | None = None

    def call(self, job: Job, timeout: float) -> Answer:
        process = self._process
        if process is None or process.poll() is not None:
            process = self._process = self._start()
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        deadline = threading.Timer(timeout, process.kill)
        deadline.start()
        try:
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except (BrokenPipeError, ValueError, OSError):
            line = ""
        finally:
            deadline.cancel()
        if not line:
            self.stop()
            raise WorkerLostError(f"the worker that read this ended, or passed its {timeout:g} s")
        answer: Answer = json.loads(line)
        return answer

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "creditline.services.worker", str(self._home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C is for the program that owns the wire, which then drains
        )

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue  # what was still to be written is lost with the process
