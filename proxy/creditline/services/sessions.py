"""Uploads that take several requests, kept on disk until they are whole, given up or forgotten.

Each is a folder with its pieces and a journal, one line a step, so that a process that dies loses no piece it had. A
store belongs to one recorder and is locked while that lives; the next one takes over what it leaves. Bounded: so many
uploads, so many bytes, so long without a sign of life.

For the ledger's thread alone; times are seconds since 1970.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creditline.model.exchange import Exchange
from creditline.model.settings import MIB
from creditline.pipeline import sessions as pure
from creditline.pipeline.sessions import Upload
from creditline.services.tray import Tray
from creditline.services.underway import (
    About,
    Lost,
    Underway,
    Whole,
    apply,
    copy_piece,
    digest,
    loaded,
    name_of,
    note,
    step_of,
    with_urls,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SESSIONS = "sessions"
"""The folder in the data folder."""
IDLE_SECONDS = 15 * 60
LIFE_SECONDS = 24 * 3600
"""An upload id of X lives for a day."""
MAX_OPEN = 500
MAX_BYTES = 2048 * MIB
"""All pieces together: eight of the largest bodies that are kept."""
_REUSED = frozenset({"F10", "F13", "F15"})
"""Forms whose names are the page's own: the same one may come again and mean the next upload."""
LATE_SECONDS = 60
"""A first piece that comes again so soon, the same byte for byte, is a retry and no new upload."""


class Sessions:
    """One recorder's uploads under way."""

    def __init__(self, folder: Path, max_body: int) -> None:
        self._max_body = max_body
        self._tray = Tray(folder)
        self._own = self._tray.path
        self._open: dict[str, Underway] = {}

    def take(self, exchange: Exchange, line: dict[str, Any], about: About) -> Iterator[Whole | Lost]:
        """Take a step of an upload in, its piece with it; gives what that ended.

        Raises:
            OSError: the disk does not take it.
        """
        name = name_of(line["key"])
        now = time.time()
        yield from self._made_room(now, name)
        known = self._open.get(name)
        if known is not None and known.over and line["form"] in _REUSED and _begins_anew(known, line, now):
            self.forget(name)
            known = None
        if known is None:
            if line["abort"] or (line["finish"] and line["file"] is None and not line["joins"]):
                return  # the end of something that was not seen
            known = self._open[name] = self._begun(name, line, about, now)
        known.touched = now
        known.about = with_urls(known.about, about)
        if known.over:
            return
        self._add(known, line)
        yield from self._judged(name, known, exchange.id)
        if known.upload.partial:
            for other, joined in list(self._open.items()):
                if line["key"] in joined.upload.joins and not joined.over:
                    yield from self._judged(other, joined, exchange.id)

    def expired(self, now: float | None = None) -> Iterator[Lost]:
        """Forget uploads that gave no sign of life for long; gives those that nobody heard of yet."""
        now = time.time() if now is None else now
        for name, known in list(self._open.items()):
            if now - known.touched > IDLE_SECONDS or now - known.began > LIFE_SECONDS:
                if not (known.over or known.reported):
                    yield known.lost(_why(known.upload))
                self.forget(name)

    def leftovers(self) -> Iterator[Whole | Lost]:
        """Take over what recorders left that are gone; gives what only that kept from being ended."""
        now = time.time()
        for folder in self._tray.left():
            yield from self._taken_over(folder, now)

    def interrupted(self) -> Iterator[Lost]:
        """What is not whole yet, each once; it stays open, for it may yet be resumed.

        To be asked when all that an earlier recorder left is taken over, and before anything new is; or at an
        archive's end.
        """
        for known in self._open.values():
            if not known.over and not known.reported and not known.upload.partial:
                known.reported = True
                with contextlib.suppress(OSError):
                    note(known.folder, {"reported": True})
                yield known.lost("interrupted")

    def forget(self, name: str) -> None:
        """Drop an upload and its pieces."""
        known = self._open.pop(name, None)
        if known is not None:
            shutil.rmtree(known.folder, ignore_errors=True)

    def done(self, name: str) -> None:
        """The inbox has the whole: its pieces can go."""
        known = self._open.get(name)
        if known is not None:
            for other in self._joined(known) or ():
                other.end()
            known.end()

    def close(self) -> None:
        """Give the store up: removed where it is empty, else left for the next recorder."""
        for name in [name for name, known in self._open.items() if known.over]:
            self.forget(name)
        self._tray.close()

    def _begun(self, name: str, line: dict[str, Any], about: About, now: float) -> Underway:
        folder = self._own / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        note(folder, {"about": asdict(about), "form": line["form"], "began": now})
        return Underway(folder, about, Upload(line["form"]), now, now)

    def _add(self, known: Underway, line: dict[str, Any]) -> None:
        number = known.upload.steps
        if line["file"] is not None:
            if known.bytes + line["length"] > self._max_body:
                line = line | {"missed": "too_large", "length": None}
                Path(line["file"]).unlink(missing_ok=True)
            else:
                try:
                    if known.head is None and pure.first_piece(known.upload, step_of(line)):
                        known.head = digest(Path(line["file"]))
                    shutil.move(line["file"], known.folder / str(number))
                except OSError as error:
                    line = line | {"missed": f"disk: {error.strerror or error}", "length": None}
        # Without its line a piece is lost if this process dies, and not before.
        with contextlib.suppress(OSError):
            note(known.folder, {"step": line})
        apply(known, line)

    def _judged(self, name: str, known: Underway, last: str) -> Iterator[Whole | Lost]:
        upload = known.upload
        if known.begins == "other":
            lost = known.lost("not_a_picture")
            known.end()
            if upload.image:
                yield lost
            return
        why = pure.missing(upload)
        if upload.abort or upload.steps >= pure.MAX_STEPS or why == "too_large":
            lost = known.lost("aborted" if upload.abort else why or "limit_steps")
            known.end()
            yield lost
            return
        if upload.partial:
            return
        if upload.alone and pure.whole(upload) is None:
            lost = known.lost(why or "incomplete")
            known.end()
            yield lost
            return
        try:
            path = self._assembled(known)
        except OSError as error:
            lost = known.lost(f"disk: {error.strerror or error}")
            known.end()
            yield lost
            return
        if path is not None:
            said = {
                "form": upload.form,
                "image": upload.image,
                "part": upload.part,
                "filename": upload.filename,
                "declared": self._declared(known),
                "answer_urls": list(known.about.answer_urls),
                "site": known.about.site,
                "profile": known.about.profile,
                "role": known.role,
                "row": known.row,
                "ended_by": last,
            }
            yield Whole(known.about, said, path, name)

    def _declared(self, known: Underway) -> list[list[str]]:
        upload = known.upload
        pieces = len(upload.pieces) or sum(len(o.upload.pieces) for o in self._joined(known) or ())
        said = [("content_type", upload.content_type), ("pieces", str(pieces))]
        return [[key, value] for key, value in (*said, *upload.declared) if value is not None]

    def _joined(self, known: Underway) -> list[Underway] | None:
        found = [self._open.get(name_of(key)) for key in known.upload.joins]
        return [other for other in found if other is not None] if None not in found else None

    def _assembled(self, known: Underway) -> Path | None:
        """The pieces put together in one file, or None while some are missing."""
        pieces = pure.whole(known.upload)
        if pieces is None:
            return None
        target = known.folder / "whole"
        if known.upload.joins:
            others = self._joined(known)
            plans = [(other.folder, pure.whole(other.upload)) for other in others or ()]
            if not plans or any(plan is None or not folder.exists() for folder, plan in plans):
                return None
            with target.open("wb") as out:
                for folder, plan in plans:
                    base = out.tell()
                    for piece in plan or ():
                        at = out.tell() if piece.offset is None else base + piece.offset
                        copy_piece(folder / str(piece.number), piece.length, out, at)
                    out.seek(0, os.SEEK_END)
            return target
        with target.open("wb+") as out:
            for piece in pieces:
                at = out.tell() if piece.offset is None else piece.offset
                if copy_piece(known.folder / str(piece.number), piece.length, out, at):
                    known.upload = replace(
                        known.upload,
                        declared=tuple(dict.fromkeys((*known.upload.declared, ("overlap", "differs")))),
                    )
        return target

    def _made_room(self, now: float, wanted: str) -> Iterator[Lost]:
        """Give up those that were idle for longest while there are too many."""
        yield from self.expired(now)
        full = MAX_OPEN + (wanted in self._open)
        while len(self._open) >= full or sum(known.bytes for known in self._open.values()) > MAX_BYTES:
            others = [name for name in self._open if name != wanted]
            if not others:
                return
            oldest = min(others, key=lambda name: (not self._open[name].over, self._open[name].touched))
            known = self._open[oldest]
            if not (known.over or known.reported):
                yield known.lost("too_many_uploads")
            self.forget(oldest)

    def _taken_over(self, folder: Path, now: float) -> Iterator[Whole | Lost]:
        known = loaded(folder, now)
        if known is None:
            return
        target = self._own / folder.name
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(folder, target)
        known.folder = target
        self._open[folder.name] = known
        yield from self._judged(folder.name, known, known.about.exchange)


def _begins_anew(known: Underway, line: dict[str, Any], now: float) -> bool:
    """Whether a first piece under a known name begins the next upload, and is not the last one's come late."""
    if line["file"] is None or not pure.first_piece(known.upload, step_of(line)):
        return False
    return now - known.touched > LATE_SECONDS or digest(Path(line["file"])) != known.head


def _why(upload: Upload) -> str:
    """Why an upload that was forgotten did not become whole."""
    return pure.missing(upload) or ("pieces_missing" if upload.finish else "interrupted")
