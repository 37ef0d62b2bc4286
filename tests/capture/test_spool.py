"""The spool keeps streamed bodies byte for byte, bounded, and never in traffic's way."""

from __future__ import annotations

import gc
import os
import threading
import time
from typing import TYPE_CHECKING

import pytest

from creditline.capture import spool as spool_module
from creditline.capture.spool import ALWAYS_BUFFERED, MAX_PENDING, UNWANTED, Spool
from creditline.model.settings import MIB

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from creditline.capture.spool import Tee
    from creditline.model.exchange import Body


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    made = Spool(tmp_path / "spool", buffer_total=4 * MIB, stream_above=2 * MIB, max_body=8 * MIB)
    yield made
    made.close(10)


def finished(spool: Spool, tee: Tee) -> Body:
    """The body once the writer has come so far."""
    ready = threading.Event()
    found: list[Body] = []
    spool.run(lambda: (found.append(tee.body()), ready.set()))
    assert ready.wait(10)
    return found[0]


def feed(tee: Tee, data: bytes, step: int = 65_536) -> None:
    for at in range(0, len(data), step):
        chunk = data[at : at + step]
        assert chunk is tee(chunk)
    assert b"" == tee(b"")


def test_large_body_is_on_disk_byte_for_byte(spool: Spool) -> None:
    """What went through is in a file that its owner alone can read, and whoever took it removes it."""
    data = os.urandom(3 * MIB + 7)
    tee = spool.tee(None)

    feed(tee, data)
    body = finished(spool, tee)

    assert body.path is not None
    assert data == body.path.read_bytes()
    assert (len(data), True, None) == (body.length, body.complete, body.missed)
    assert 0o600 == body.path.stat().st_mode & 0o777
    del tee
    gc.collect()
    assert body.path.exists()


def test_small_body_never_touches_the_disk(spool: Spool) -> None:
    """A body that turns out small stays in memory, and counts there."""
    tee = spool.tee(None)

    feed(tee, b"x" * ALWAYS_BUFFERED)
    body = finished(spool, tee)

    assert b"x" * ALWAYS_BUFFERED == body.data
    assert ALWAYS_BUFFERED == spool.held
    assert [] == list(spool.folder.iterdir())


def test_cut_body_is_incomplete(spool: Spool) -> None:
    """A body whose end never came is kept as far as it came."""
    tee = spool.tee(None)

    tee(b"half")
    tee.stop()
    tee(b"late")
    body = finished(spool, tee)

    assert (b"half", False) == (body.data, body.complete)


def test_too_large(spool: Spool) -> None:
    """Past max_body nothing is kept, and the body says so, announced or not."""
    tee = spool.tee(None)
    announced = spool.tee(9 * MIB)

    feed(tee, b"x" * 9 * MIB)
    feed(announced, b"x" * 9)

    assert "too_large" == finished(spool, tee).missed
    assert "too_large" == finished(spool, announced).missed
    assert [] == list(spool.folder.iterdir())


def test_unwanted(spool: Spool) -> None:
    """A body that begins as nothing of interest is dropped after its first bytes."""
    seen: list[bytes] = []
    tee = spool.tee(None, lambda head: bool(seen.append(head)))

    feed(tee, b"v" * MIB)

    assert UNWANTED == finished(spool, tee).missed
    assert [4096] == [len(head) for head in seen]
    assert [] == list(spool.folder.iterdir())


def test_slow_disk_drops_the_record_and_not_the_traffic(spool: Spool) -> None:
    """While the writer hangs, memory stays bounded, the body is given up, and chunks still pass at once."""
    hold = threading.Event()
    spool.run(lambda: hold.wait(10) and None)
    tee = Spool.tee(spool, None)
    spool.max_body = 10 * MAX_PENDING
    chunk = b"x" * MIB
    started = time.perf_counter()

    for _ in range(2 * MAX_PENDING // MIB):
        assert chunk is tee(chunk)

    assert time.perf_counter() - started < 1.0
    assert spool.pending <= MAX_PENDING
    hold.set()
    assert "spool_behind" == finished(spool, tee).missed


def test_disk_error(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails costs the record, with the reason; the next body is tried again."""

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    tee = spool.tee(None)
    with monkeypatch.context() as patch:
        patch.setattr(spool_module.tempfile, "mkstemp", full)
        feed(tee, b"x" * MIB)
        body = finished(spool, tee)
    after = spool.tee(None)
    feed(after, b"y" * MIB)

    assert "disk: No space left on device" == body.missed
    assert b"y" * MIB == finished(spool, after).read()


def test_unusable_folder(tmp_path: Path) -> None:
    """A spool folder that cannot be made costs records, nothing else."""
    (tmp_path / "file").write_bytes(b"")
    spool = Spool(tmp_path / "file" / "spool", 4 * MIB, 2 * MIB, 8 * MIB)
    tee = spool.tee(None)

    feed(tee, b"x" * MIB)
    body = finished(spool, tee)
    spool.close(10)

    assert body.missed is not None
    assert body.missed.startswith("disk: ")


def test_anothers_stream_still_gets_every_chunk(spool: Spool) -> None:
    """A stream function that another addon set decides what goes on; what came in is what is kept."""
    tee = spool.tee(None, None, lambda chunk: chunk.upper())

    assert b"ABC" == tee(b"abc")
    assert b"" == tee(b"")
    assert b"abc" == finished(spool, tee).data


def test_memory_is_accounted_for(spool: Spool) -> None:
    """Claims count until nothing refers to them; past the total, or past the size for streaming, there is none."""
    first, second = spool.claim(2 * MIB), spool.claim(2 * MIB)

    assert first is not None
    assert second is not None
    assert spool.claim(MIB) is None
    assert spool.claim(3 * MIB) is None
    assert spool.claim(None) is None
    assert spool.claim(1000) is not None

    body = spool.hold(b"x" * 10, first)
    del first, second

    assert 2 * MIB == spool.held
    del body
    assert 0 == spool.held


def test_abandoned_body_leaves_no_file(spool: Spool) -> None:
    """A tee that nobody finished takes its file along."""
    tee = spool.tee(None)
    for _ in range(20):
        tee(b"x" * 65_536)
    done = threading.Event()
    spool.run(done.set)
    assert done.wait(10)
    assert 1 == len(list(spool.folder.iterdir()))

    del tee
    gc.collect()

    assert [] == list(spool.folder.iterdir())


def test_stale_files_are_removed(tmp_path: Path) -> None:
    """What a crash left behind goes after a day; younger files and others' stay."""
    for name in ("body-old", "body-new", "other"):
        (tmp_path / name).write_bytes(b"x")
    os.utime(tmp_path / "body-old", (1, 1))
    os.utime(tmp_path / "other", (1, 1))
    spool = Spool(tmp_path, 1, 1, 1)

    spool.run(lambda: None)
    spool.close(10)

    assert {"body-new", "other"} == {path.name for path in tmp_path.iterdir()}


def test_a_failing_job_stops_nothing(spool: Spool, caplog: pytest.LogCaptureFixture) -> None:
    """A job that raises is logged, and the next one runs."""

    def fail() -> None:
        raise RuntimeError("no")

    done = threading.Event()
    spool.run(fail)
    spool.run(done.set)

    assert done.wait(10)
    assert "traffic is not affected" in caplog.text
