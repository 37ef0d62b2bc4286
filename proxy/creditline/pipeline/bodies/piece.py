"""What a body shape hands back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """One file or field in a body.

    `data` is None when a transfer encoding is broken (`missed` says so); `closed` is False when the body ended
    before the piece did. `part` is a field's name or a JSON pointer, `content_type` what the sender wrote, or None;
    `declared` what else the sender said of the piece, and whether that holds.
    """

    data: bytes | None
    part: str | None = None
    filename: str | None = None
    content_type: str | None = None
    transfer_encoding: str | None = None
    closed: bool = True
    missed: str | None = None
    declared: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """All pieces of a body in order; `limit` says which cap, if any, left the rest unread."""

    pieces: tuple[Piece, ...]
    limit: str | None = None
