"""Uploads that take several requests: what is known of one after each step, and when it is whole.

Pure: where the pieces lie is `services.sessions`' business; here a piece is a number and a length.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from creditline.model.upload_step import Said
from creditline.pipeline.bodies import SESSIONS

if TYPE_CHECKING:
    from creditline.model.upload_step import Step
    from creditline.pipeline.bodies.view import View

MAX_STEPS = 12_000
"""Requests of one upload that are taken note of: S3 takes 10,000 parts, and some come twice."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece that came: its `number` in order of arrival, its length in bytes and its place."""

    number: int
    length: int
    offset: int | None = None
    index: int | None = None
    confirmed: bool = True
    whole: bool = True
    missed: str | None = None


@dataclass(frozen=True, slots=True)
class Upload(Said):
    """All that is known of one upload, after so many `steps`."""

    form: str
    pieces: tuple[Piece, ...] = ()
    steps: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """A piece's place in the whole; `offset` None: behind the one before."""

    number: int
    length: int
    offset: int | None


def step_of(view: View) -> Step | None:
    """What a request adds to an upload that takes several, or None when it is no such request."""
    for form in SESSIONS:
        if form.may_be(view):
            step: Step | None = form.step(view)
            if step is not None:
                return step
    return None


def may_be_step(view: View) -> bool:
    """Whether `step_of` is worth asking: headers and address only."""
    return any(form.may_be(view) for form in SESSIONS)


def after(upload: Upload, step: Step, length: int | None) -> Upload:
    """The upload after a step, whose data has `length` bytes (None: it has none)."""
    pieces = upload.pieces
    if length is not None or step.missed is not None:
        kept = length or 0
        if step.kept is not None and step.offset is not None and step.confirmed:
            kept = max(0, min(kept, step.kept - step.offset))
        piece = Piece(
            upload.steps,
            kept,
            step.offset,
            step.index,
            step.confirmed,
            step.whole,
            step.missed if not length else None,
        )
        pieces = (*pieces, piece)
    return replace(upload, pieces=pieces, steps=upload.steps + 1, **upload.then(step))


def whole(upload: Upload) -> tuple[Placed, ...] | None:
    """The pieces that make the whole, in the order in which they are to be written; None while some are missing.

    Where pieces overlap the one written later counts: a confirmed one, and of those the later. A piece that was
    not confirmed only fills what no other covers: the server went on behind it, so it has it.
    """
    if upload.joins:
        return () if upload.finish else None
    if any(piece.index is not None for piece in upload.pieces):
        return _by_index(upload)
    return _by_offset(upload)


def missing(upload: Upload) -> str | None:
    """Why an upload cannot become whole, as far as pieces that were not kept say it."""
    return next((piece.missed for piece in upload.pieces if piece.missed is not None and piece.confirmed), None)


def first_piece(upload: Upload, step: Step) -> bool:
    """Whether a step's data is the beginning of the whole, as far as that is known."""
    if step.index is not None:
        first = upload.first if step.first is None else step.first
        return first is not None and step.index == first
    return step.offset == 0


def _by_index(upload: Upload) -> tuple[Placed, ...] | None:
    latest: dict[int, Piece] = {}
    for piece in upload.pieces:
        if piece.index is not None and piece.confirmed and piece.whole and piece.missed is None:
            latest[piece.index] = piece
    if upload.order:
        wanted = list(upload.order)
    elif not latest:
        return None
    elif upload.count is not None:
        start = upload.first if upload.first is not None else min(latest)
        wanted = list(range(start, start + upload.count)) if upload.count <= MAX_STEPS else []
    elif upload.finish:
        start = upload.first if upload.first is not None else min(latest)
        wanted = list(range(start, max(latest) + 1)) if max(latest) - start <= MAX_STEPS else []
    else:
        return None
    if not wanted or any(index not in latest for index in wanted):
        return None
    found = tuple(Placed(latest[index].number, latest[index].length, None) for index in wanted)
    if upload.finish and not upload.order and upload.total not in {None, sum(piece.length for piece in found)}:
        return None  # the finish came before the last piece's answer
    return found


def _by_offset(upload: Upload) -> tuple[Placed, ...] | None:
    usable = [
        piece for piece in upload.pieces if piece.offset is not None and piece.missed is None and piece.length
    ]
    sure = [piece for piece in usable if piece.confirmed]
    if not sure:
        return None
    end = covered(usable)
    if not (upload.total is not None and end >= upload.total) and not _ended(upload, usable, end):
        return None
    fill = [piece for piece in usable if not piece.confirmed]
    return tuple(Placed(piece.number, piece.length, piece.offset) for piece in (*fill, *sure))


def _ended(upload: Upload, usable: list[Piece], end: int) -> bool:
    """Whether the server's word that this is all can be believed: nothing sent is missing here."""
    reach = max((piece.offset or 0) + piece.length for piece in usable)
    return upload.finish and end == reach and missing(upload) is None


def covered(pieces: list[Piece]) -> int:
    """How many bytes from the start are there without a gap."""
    end = 0
    for piece in sorted(pieces, key=lambda piece: piece.offset or 0):
        if (piece.offset or 0) > end:
            break
        end = max(end, (piece.offset or 0) + piece.length)
    return end
