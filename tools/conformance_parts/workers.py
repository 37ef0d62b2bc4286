"""Worker processes that read corpus files, each under a deadline: a hang or a crash costs one reading."""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from conformance_parts.settings import MEDIA_TYPES, state_of, trust_settings
from conformance_parts.signals import signals

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection

    from conformance_parts.expected import Entry
    from creditline.model.reading import Ai, C2paReading, Value

DEADLINE = 20.0
"""Seconds for one file: ten times what the project promises, since a busy machine is no error of the reader."""

type Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Observed:
    """What Creditline says of one file. `lost` says why there is no reading; `states` are C2PA's per setting.

    `signals` are those of the manifest; `c2pa` and `ai` of a bare store are what a picture with it would say.
    """

    path: str
    format: str = "unknown"
    carriers: dict[str, str] = field(default_factory=dict)
    fields: dict[Place, Value] = field(default_factory=dict)
    c2pa: C2paReading | None = None
    ai: Ai | None = None
    signals: tuple[str, ...] = ()
    states: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    lost: str | None = None


def observe(corpus: Path, entries: Sequence[Entry], *, progress: Callable[[int], None]) -> dict[str, Observed]:
    """A reading of every entry, by path; both cores are used, order plays no part."""
    waiting: SimpleQueue[Entry] = SimpleQueue()
    for entry in entries:
        waiting.put(entry)
    found: dict[str, Observed] = {}
    job = (corpus, waiting, found, progress)
    threads = [threading.Thread(target=_drain, args=job) for _ in range(os.cpu_count() or 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _drain(
    corpus: Path, waiting: SimpleQueue[Entry], found: dict[str, Observed], progress: Callable[[int], None]
) -> None:
    worker = _Worker(corpus)
    try:
        while True:
            try:
                entry = waiting.get_nowait()
            except Empty:
                return
            found[entry.path] = worker.ask(entry)
            progress(len(found))
    finally:
        worker.stop()


class _Worker:
    """One process; started anew after a loss."""

    def __init__(self, corpus: Path) -> None:
        self._corpus = corpus
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._corpus), daemon=True)
        self._process.start()
        theirs.close()
        self._pipe.recv()  # it has imported what it needs, so that the deadline is the file's alone

    def ask(self, entry: Entry) -> Observed:
        self._pipe.send((entry.path, entry.format, entry.c2pa_state is not None))
        try:
            if self._pipe.poll(DEADLINE):
                answer: Observed = self._pipe.recv()
                return answer
            lost = f"no answer in {DEADLINE:g} s"
        except (EOFError, OSError):
            lost = "the worker process ended"
        self.stop()
        self._start()
        return Observed(entry.path, lost=lost)

    def stop(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()


def _serve(pipe: Connection, corpus: Path) -> None:
    """The worker's side: one reading a request, until the pipe closes."""
    from creditline.analysis import read

    lists = trust_settings(corpus)
    pipe.send(read.__name__)
    while True:
        try:
            path, format_, signed = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(_observed(corpus / path, path, MEDIA_TYPES.get(format_) if signed else None, lists))
        except Exception as error:  # noqa: BLE001 - an exception out of the reader is a finding, not an end
            pipe.send(Observed(path, lost=f"{type(error).__name__}: {error}"))


def _observed(file: Path, path: str, media_type: str | None, lists: dict[str, dict[str, str]]) -> Observed:
    from creditline.analysis.read import read
    from creditline.metadata.generators.detect import detect, is_placeholder, is_record

    data = file.read_bytes()
    started = time.perf_counter()
    inspection = read(data)
    seconds = time.perf_counter() - started
    fields: dict[Place, Value] = {}
    for item in inspection.fields:
        # ExifTool prints both XMP carriers under one group.
        carrier = "xmp" if item.carrier == "xmp_extended" else item.carrier
        fields.setdefault((carrier, item.key), item.value)
    generations = detect(inspection.properties)
    for kept in inspection.properties:
        # Read, and kept from the fields because a generator wrote it for itself: the value must be right all the same.
        if is_record(kept) or is_placeholder(kept, generations):
            fields.setdefault((kept.carrier, kept.key), kept.value)
    observed = Observed(
        path=path,
        format=inspection.format,
        carriers={item.carrier: str(item.state) for item in inspection.carriers},
        fields=fields,
        c2pa=inspection.c2pa,
        ai=inspection.ai,
        seconds=seconds,
    )
    return observed if media_type is None else _with_credentials(observed, data, media_type, lists)


def _with_credentials(
    observed: Observed, data: bytes, media_type: str, lists: dict[str, dict[str, str]]
) -> Observed:
    from creditline.analysis.provenance import judge
    from creditline.metadata.c2pa_store import read_under

    readings = {name: read_under(data, media_type, trust) for name, trust in lists.items()}
    c2pa, ai = observed.c2pa, observed.ai
    if observed.format == "unknown":
        c2pa = readings["default"]
        ai = judge(c2pa.properties, (), c2pa)
    return replace(
        observed,
        c2pa=c2pa,
        ai=ai,
        signals=_signals(data, media_type),
        states={name: state_of(reading) for name, reading in readings.items()},
    )


def _signals(data: bytes, media_type: str) -> tuple[str, ...]:
    from c2pa import C2paError, Context, Reader

    from creditline.metadata.c2pa_store import settings

    try:
        with Reader(media_type, io.BytesIO(data), context=Context.from_dict(settings({}))) as reader:
            return tuple(signals(json.loads(reader.json())))
    except C2paError:
        return ()
