"""F1: multipart/form-data (RFC 7578, RFC 2046 section 5.1), read so that no byte of a value is lost or added.

A value is everything between the blank line after its headers and the line end that belongs to the next delimiter.
Nothing here splits the body into lines: mitmproxy's own reader does, and loses bytes.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING

from creditline.pipeline.bodies.disposition import file_name, parameters, unescaped
from creditline.pipeline.bodies.piece import Cut, Piece

if TYPE_CHECKING:
    from creditline.pipeline.bodies.view import View

CODE = "F1"

KINDS = ("multipart/form-data", "multipart/related")
"""Types whose bodies are cut in this way; the second is F14's."""

MAX_PARTS = 1000
"""Pixiv's form takes 100 files and two fields for each; nothing seen comes near this."""
MAX_HEADER = 16 * 1024
"""One part's header block, in bytes; a long name in percent form is under 1 KiB."""
MAX_BOUNDARY = 250
"""RFC 2046 allows 70; some writers take more."""
MAX_LOOKALIKES = 100_000
"""Places that begin as the delimiter and go on otherwise; only a hostile body has many."""
_MAX_PADDING = 256
_WHITESPACE = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class Part:
    """One part. `raw` are the bytes on the wire; `closed` is False when the body ended before its delimiter."""

    headers: tuple[tuple[str, str], ...]
    name: str | None
    filename: str | None
    content_type: str | None
    transfer_encoding: str | None
    raw: bytes
    closed: bool = True

    @property
    def value(self) -> bytes | None:
        """The value with its Content-Transfer-Encoding undone; None when that is broken or unknown."""
        coding = (self.transfer_encoding or "binary").lower()
        if coding in {"binary", "8bit", "7bit"}:
            return self.raw
        if coding == "quoted-printable":
            return binascii.a2b_qp(self.raw)
        if coding != "base64":
            return None
        try:
            return binascii.a2b_base64(self.raw.translate(None, _WHITESPACE), strict_mode=True)
        except binascii.Error:
            return None


@dataclass(frozen=True, slots=True)
class Parsed:
    """The parts in wire order; `complete` when the closing delimiter was seen and no cap was hit (`limit`)."""

    parts: tuple[Part, ...]
    complete: bool
    limit: str | None = None


def boundary_of(content_type: str | None, kind: str = KINDS[0]) -> bytes | None:
    """The boundary that a type of that kind names, or None."""
    if content_type is None or content_type.partition(";")[0].strip().lower() != kind:
        return None
    text = parameters(content_type).get("boundary", "")
    try:
        found = text.encode("latin-1")
    except UnicodeEncodeError:
        found = text.encode("utf-8", "surrogateescape")
    return found if 0 < len(found) <= MAX_BOUNDARY and not set(found) & {10, 13} else None


def parts(body: bytes, content_type: str) -> Parsed:
    """Cut a form into its parts; never raises. Time grows with the body's length, not with its content."""
    boundary = next(filter(None, (boundary_of(content_type, kind) for kind in KINDS)), None)
    if boundary is None:
        return Parsed((), complete=False)
    reader = _Reader(body, b"--" + boundary)
    return reader.read()


@dataclass(frozen=True, slots=True)
class _Delimiter:
    start: int
    """Where the line end that belongs to it begins."""
    end: int
    """Where the next part's headers begin."""
    last: bool
    cut: bool = False
    """The body ends inside this line."""


class _LimitReached(Exception):  # noqa: N818 - control flow inside this module
    pass


class _Reader:
    def __init__(self, body: bytes, dashed: bytes) -> None:
        self._body = body
        self._dashed = dashed
        self._newline = b"\r\n"
        self._lookalikes = 0

    def read(self) -> Parsed:
        found: list[Part] = []
        try:
            delimiter = self._first()
            while delimiter is not None and not delimiter.last:
                if delimiter.end >= len(self._body):
                    return Parsed(tuple(found), complete=False)
                if len(found) == MAX_PARTS:
                    return Parsed(tuple(found), complete=False, limit="parts")
                following = self._next(delimiter.end)
                found.append(self._part(delimiter.end, following))
                delimiter = following
        except _LimitReached as reached:
            return Parsed(tuple(found), complete=False, limit=str(reached))
        return Parsed(tuple(found), complete=delimiter is not None and not delimiter.cut)

    def _first(self) -> _Delimiter | None:
        at = -1
        while True:
            at = self._body.find(self._dashed, at + 1)
            if at == -1:
                return None
            if at == 0 or self._body[at - 1] == 10:
                found = self._line(at, at)
                if found is not None:
                    # The first delimiter's own line end tells the writer's style, so that a CR before an
                    # LF-only delimiter stays with the value, and a bare LF before look-alikes in binary does too.
                    if self._body[found.end - 2 : found.end] != b"\r\n" and found.end < len(self._body):
                        self._newline = b"\n"
                    return found
            self._count()

    def _next(self, start: int) -> _Delimiter | None:
        """The delimiter that ends the part whose headers begin at `start`."""
        needle = self._newline + self._dashed
        # From the line end before: a part without headers and value may share it with the delimiter.
        at = start - len(self._newline) - 1
        while True:
            at = self._body.find(needle, at + 1)
            if at == -1:
                return None
            found = self._line(at, at + len(self._newline))
            if found is not None:
                return found
            self._count()

    def _line(self, start: int, dashes: int) -> _Delimiter | None:
        """The delimiter line whose dashes begin at `dashes`; None when the line goes on otherwise."""
        body = self._body
        at = dashes + len(self._dashed)
        last = body[at : at + 2] == b"--"
        at += 2 * last
        limit = at + _MAX_PADDING
        while at < limit and body[at : at + 1] in {b" ", b"\t"}:
            at += 1
        if body[at : at + 2] == b"\r\n":
            return _Delimiter(start, at + 2, last)
        if body[at : at + 1] == b"\n":
            return _Delimiter(start, at + 1, last)
        if len(body) - at < 2 and body[at:] in ({b"", b"\r"} if last else {b"", b"\r", b"-"}):
            return _Delimiter(start, len(body), last, cut=not last)
        return None

    def _count(self) -> None:
        self._lookalikes += 1
        if self._lookalikes > MAX_LOOKALIKES:
            raise _LimitReached("delimiters")

    def _part(self, start: int, following: _Delimiter | None) -> Part:
        end = following.start if following is not None else len(self._body)
        newline = self._newline
        if self._body.startswith(newline, start):
            header_end, value_start = start, start + len(newline)
        else:
            # The line end of the delimiter may be the blank line's own: an empty value.
            header_end = self._body.find(newline * 2, start, min(start + MAX_HEADER, end + 2 * len(newline)))
            value_start = header_end + 2 * len(newline)
            if header_end == -1:
                if end - start > MAX_HEADER:
                    raise _LimitReached("headers")
                header_end = value_start = max(start, end)
        headers = _headers(self._body[start:header_end])
        first = dict(reversed([(name.lower(), value) for name, value in headers]))
        disposition = parameters(first.get("content-disposition", ""))
        name = disposition.get("name")
        return Part(
            headers=headers,
            name=unescaped(name) if name is not None else None,
            filename=file_name(disposition),
            content_type=first.get("content-type"),
            transfer_encoding=first.get("content-transfer-encoding"),
            raw=self._body[value_start : max(value_start, end)],
            closed=following is not None,
        )


def _headers(block: bytes) -> tuple[tuple[str, str], ...]:
    try:
        text = block.decode("utf-8")
    except UnicodeDecodeError:
        text = block.decode("latin-1")
    lines: list[str] = []
    for line in text.split("\n"):
        line = line.removesuffix("\r")  # noqa: PLW2901
        if line[:1] in {" ", "\t"} and lines:
            lines[-1] += " " + line.strip()
        else:
            lines.append(line)
    pairs = (line.partition(":") for line in lines)
    return tuple((name.strip(), value.strip()) for name, colon, value in pairs if colon)


def recognises(view: View) -> bool:
    """A type that says multipart/form-data and names a boundary."""
    return boundary_of(view.content_type) is not None


def cut(view: View) -> Cut:
    """Every part as a piece, in wire order."""
    return Cut(tuple(piece(part) for part in view.form.parts), view.form.limit)


def piece(part: Part) -> Piece:
    """A part as every body shape hands its finds back."""
    value = part.value
    return Piece(
        data=value,
        part=part.name,
        filename=part.filename,
        content_type=part.content_type,
        transfer_encoding=part.transfer_encoding,
        closed=part.closed,
        missed="transfer_encoding_broken" if value is None else None,
    )


def file_of(view: View) -> Piece | None:
    """The one file of a form that carries a piece of an upload: the first with a file name, else the longest part."""
    parts_ = view.form.parts
    named = [part for part in parts_ if part.filename is not None] or list(parts_)
    best = named[0] if named and named[0].filename is not None else max(named, key=_length, default=None)
    return piece(best) if best is not None else None


def _length(part: Part) -> int:
    return len(part.raw)
