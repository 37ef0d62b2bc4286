"""Worker processes: a crash or a hang costs one answer, never the next."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any

import pytest
from tests.analysis.pictures import encoded, painting

from creditline.services import workers
from creditline.services.worker import WAITED_FOR
from creditline.services.workers import WorkerLostError, Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# A worker as the real one, but each job is a line of Python that it runs; `answer` is what it says then.
SCRIPT = """
import json, os, sys
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
for line in sys.stdin:
    names = {"answers": answers, "answer": {"pid": os.getpid()}}
    exec(json.loads(line)["do"], names)
    answers.write(json.dumps(names["answer"]) + chr(10))
    answers.flush()
"""


@pytest.fixture
def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Workers]]:
    """Makes pools whose workers do as the job says."""
    script = tmp_path / "stand_in.py"
    script.write_text(SCRIPT)
    start = workers.subprocess.Popen
    made: list[Workers] = []

    def popen(command: list[str], **options: Any) -> Any:
        assert "creditline.services.worker" in command
        return start([sys.executable, "-S", str(script)], **options)

    monkeypatch.setattr(workers.subprocess, "Popen", popen)

    def make(count: int = 1, timeout: float = 20.0, *, waited_for: bool = False) -> Workers:
        made.append(Workers(tmp_path, count, timeout, waited_for=waited_for))
        return made[-1]

    yield make
    for one in made:
        one.close()


def pid(found: Workers) -> int:
    """The process that answers."""
    return int(found.submit({"do": "pass"}).result(20)["pid"])


def test_a_real_worker_reads_a_picture(tmp_path: Path) -> None:
    """The whole way through a process of our own, twice through the same one."""
    path = tmp_path / "a"
    path.write_bytes(encoded(painting(1)))
    real = Workers(tmp_path, 1, 60.0)
    try:
        futures = [real.submit({"job": "original", "path": str(path)}) for _ in range(2)]

        assert ["jpeg", "jpeg"] == [f.result(60)["found"][0]["inspection"]["format"] for f in futures]
    finally:
        real.close()


def test_nothing_in_the_current_folder_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module of ours, or of Python's, that lies where the program was started is not run."""
    (tmp_path / "creditline").mkdir()
    for name in ("creditline/__init__.py", "json.py", "piexif.py"):
        (tmp_path / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\nraise SystemExit\n")
    (tmp_path / "a").write_bytes(encoded(painting(1)))
    monkeypatch.chdir(tmp_path)
    real = Workers(tmp_path, 1, 60.0)
    try:
        found = real.submit({"job": "original", "path": str(tmp_path / "a")}).result(60)
    finally:
        real.close()

    assert "found" in found
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "end",
    [
        "os.kill(os.getpid(), 9)",
        "os._exit(3)",
        "os.abort()",
        "answers.write('{\"half\": '); answers.flush(); os._exit(0)",
        "answers.write('[1]\\n'); answers.flush(); os._exit(0)",
        "answers.write('no JSON\\n'); answers.flush()",
    ],
)
def test_a_worker_that_dies(pool: Callable[..., Workers], end: str) -> None:
    """It loses the job it had, whatever it said last; a new one does the next."""
    found = pool()
    before = pid(found)

    with pytest.raises(WorkerLostError) as caught:
        found.submit({"do": f"import os; {end}"}).result(20)
    assert "worker_lost" == caught.value.code
    assert before != pid(found)


def test_a_worker_that_died_between_jobs(pool: Callable[..., Workers]) -> None:
    """One that somebody ended while it was idle costs nothing at all."""
    found = pool()
    before = pid(found)
    os.kill(before, signal.SIGKILL)
    while found._processes[0]._process.poll() is None:  # type: ignore[union-attr]
        time.sleep(0.01)

    assert before != pid(found)


def test_a_worker_that_hangs(pool: Callable[..., Workers]) -> None:
    """It is ended at its deadline; the next job is done by another."""
    found = pool(timeout=0.5)
    before = pid(found)
    start = time.monotonic()

    with pytest.raises(WorkerLostError, match=r"0\.5 s"):
        found.submit({"do": "import time; time.sleep(60)"}).result(20)
    assert 10 > time.monotonic() - start
    assert before != pid(found)


def test_a_worker_that_spins(pool: Callable[..., Workers]) -> None:
    """One that works without end is ended as well."""
    found = pool(timeout=0.5)
    pid(found)

    with pytest.raises(WorkerLostError):
        found.submit({"do": "while True: pass"}).result(60)


def test_a_worker_that_prints(pool: Callable[..., Workers]) -> None:
    """What a library prints is no answer."""
    assert "pid" in pool().submit({"do": "print('{}'); os = __import__('os'); os.write(1, b'[]')"}).result(20)


def test_no_process_can_be_started(pool: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine out of processes is a lost reading, with the reason."""

    def none(*_: Any, **__: Any) -> Any:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(workers.subprocess, "Popen", none)

    with pytest.raises(WorkerLostError, match="temporarily unavailable"):
        pool().submit({"do": "pass"}).result(20)


def test_who_is_waited_for_is_told_so(pool: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch) -> None:
    """Only then does a worker not give way to everything else on the machine."""
    commands: list[list[str]] = []
    start = workers.subprocess.Popen

    def popen(command: list[str], **options: Any) -> Any:
        commands.append(command)
        return start(command, **options)

    monkeypatch.setattr(workers.subprocess, "Popen", popen)
    for waited_for in (False, True):
        pid(pool(waited_for=waited_for))

    assert [False, True] == [WAITED_FOR in command for command in commands]


def test_jobs_run_beside_each_other(pool: Callable[..., Workers]) -> None:
    """Two workers are two processes; one that hangs does not keep the other."""
    found = pool(2)
    slow = found.submit({"do": "import time; time.sleep(1)"})
    quick = [found.submit({"do": "pass"}) for _ in range(3)]

    assert {quick[0].result(20)["pid"]} == {future.result(20)["pid"] for future in quick}
    assert not slow.done()
    assert slow.result(20)["pid"] != quick[0].result()["pid"]


def test_closing_ends_everything(pool: Callable[..., Workers]) -> None:
    """What runs is ended at once, what waits is dropped, and no process is left or started anew."""
    found = pool()
    running = found.submit({"do": "import time; time.sleep(60)"})
    waiting = [found.submit({"do": "pass"}) for _ in range(3)]
    while not found._processes or found._processes[0]._process is None:
        time.sleep(0.01)
    process = found._processes[0]._process
    start = time.monotonic()

    found.close()

    assert 10 > time.monotonic() - start
    assert process.poll() is not None
    with pytest.raises(WorkerLostError):
        running.result(0)
    for future in waiting:
        with pytest.raises((CancelledError, WorkerLostError)):
            future.result(0)
    with pytest.raises(RuntimeError):
        found.submit({"do": "pass"})
    found.close()


def test_closing_while_jobs_begin(pool: Callable[..., Workers]) -> None:
    """However the two meet, none of the processes outlives the pool."""
    for wait in (0.0, 0.005, 0.02, 0.08):
        found = pool(2)
        for _ in range(4):
            found.submit({"do": "pass"})
        time.sleep(wait)

        found.close()

        assert all(process._process is None for process in found._processes)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("creditline-worker")]
