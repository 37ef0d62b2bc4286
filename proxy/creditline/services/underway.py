"""One upload in pieces while it is under way: a folder with its pieces and a journal, one line a step.

The journal tells all that is known of it, so that a process that dies loses no piece it had. Times are seconds since
1970.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from creditline.model.exchange import RECORDED_ROLES, Body, Exchange, Message
from creditline.model.settings import MIB
from creditline.model.upload_step import STEP_LINE, Step
from creditline.pipeline import sessions as pure
from creditline.pipeline.sessions import Upload

MAX_URLS = 50
_SNIFFED = 64
"""Bytes that a first piece needs so that it can be told whether it begins as a picture."""
_JOURNAL = "journal"
_COPY = MIB


@dataclass(frozen=True, slots=True)
class About:
    """Where an upload was seen: its first exchange, and what its answers promised since."""

    exchange: str
    at: str
    url: str
    site: str
    profile: str | None
    answer_urls: tuple[str, ...] = ()
    via: str = "proxy"


@dataclass(frozen=True, slots=True)
class Whole:
    """An upload whose pieces are all there: `path` holds them put together."""

    about: About
    said: dict[str, Any]
    path: Path
    key: str

    def exchange(self) -> Exchange:
        """The upload as one request that brought it whole, by the name of the one that ended it."""
        address = urlsplit(self.about.url)
        body = Body(path=self.path, length=self.path.stat().st_size)
        return Exchange(
            id=self.said["ended_by"],
            at=self.about.at,
            method="POST",
            scheme=address.scheme,
            host=address.hostname or "",
            port=address.port or {"https": 443, "http": 80}[address.scheme],
            path=self.about.url.split(address.netloc, 1)[1] or "/",
            http_version="",
            request=Message((), body),
            via=self.about.via,
        )


@dataclass(frozen=True, slots=True)
class Lost:
    """An upload that did not become whole; `bytes` of it came. `image` is False when nobody can tell what it was."""

    about: About
    form: str
    why: str
    bytes: int
    image: bool
    filename: str | None
    declared: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Underway:
    """One upload under way. `over`: nothing more is wanted of it; it stays known so that late pieces do not begin it
    anew."""

    folder: Path
    about: About
    upload: Upload
    began: float
    touched: float
    bytes: int = 0
    begins: str | None = None
    head: str | None = None
    role: str = "image"
    row: dict[str, str] = field(default_factory=dict)
    over: bool = False
    reported: bool = False

    def end(self) -> None:
        """Want nothing more of it, and drop its pieces."""
        self.over = True
        self.bytes = 0
        shutil.rmtree(self.folder, ignore_errors=True)

    def lost(self, why: str) -> Lost:
        """What is said of it when it does not become whole."""
        upload = self.upload
        image = self.begins is not None or upload.image
        image = image and self.role in RECORDED_ROLES
        return Lost(self.about, upload.form, why, self.bytes, image, upload.filename, upload.declared)


def apply(known: Underway, line: dict[str, Any]) -> None:
    """What a line of the journal, or a step that becomes one, changes."""
    step = step_of(line)
    length = line["length"]
    if line["role"] != "image":
        known.role = line["role"]
    known.row |= line.get("row", {})
    known.bytes += length or 0
    known.upload = pure.after(known.upload, step, length)
    # Of uploads that are joined later only the first begins as the picture.
    sniffed = pure.first_piece(known.upload, step)
    unsure = known.upload.partial or (step.index is not None and known.upload.first is None)
    if length is not None and known.begins is None and unsure:
        known.begins = line["begins"]  # any piece may be the first: only a picture's beginning says something
    elif length is not None and known.begins is None and sniffed:
        small = length < _SNIFFED
        known.begins = line["begins"] or (None if small else "other")


def loaded(folder: Path, now: float) -> Underway | None:
    """An upload as its journal tells it; the last line may be cut off by whatever ended the process."""
    try:
        lines = (folder / _JOURNAL).read_bytes().split(b"\n")
        first = json.loads(lines[0])
        about = first["about"]
        about["answer_urls"] = tuple(about["answer_urls"])
        known = Underway(folder, About(**about), Upload(first["form"]), first["began"], now)
        known.touched = (folder / _JOURNAL).stat().st_mtime
    except (OSError, ValueError, KeyError, TypeError):
        return None
    for text in lines[1:]:
        try:
            line = json.loads(text)
            if "reported" in line:
                known.reported = True
            else:
                apply(known, line["step"])
        except (ValueError, KeyError, TypeError):
            break
    return known


def digest(piece: Path) -> str:
    """The SHA-256 of a piece's file."""
    with piece.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def step_of(line: dict[str, Any]) -> Step:
    """The step that a worker's answer, or a line of the journal, holds as JSON."""
    said = {name: line[name] for name in STEP_LINE}
    said |= {name: tuple(said[name]) for name in ("order", "joins")}
    return Step(**said | {"declared": tuple((key, value) for key, value in said["declared"])})


def with_urls(about: About, more: About) -> About:
    """What is known of where it was seen, with the addresses that one more answer promised."""
    urls = tuple(dict.fromkeys((*about.answer_urls, *more.answer_urls)))[:MAX_URLS]
    return replace(about, answer_urls=urls)


def note(folder: Path, line: dict[str, Any]) -> None:
    """Add a line to the journal.

    Raises:
        OSError: the disk does not take it.
    """
    with (folder / _JOURNAL).open("ab") as journal:
        journal.write(json.dumps(line).encode() + b"\n")


def copy_piece(source: Path, length: int, out: Any, at: int) -> bool:
    """Write a piece at its place; True when it differs from what was there already."""
    differs = False
    with source.open("rb") as piece:
        while length > 0:
            data = piece.read(min(_COPY, length))
            if not data:
                raise OSError(f"a piece is shorter than it was: {source.name}")
            out.seek(at)
            if out.readable():
                before = out.read(len(data))
                differs = differs or before != data[: len(before)]
                out.seek(at)
            out.write(data)
            at += len(data)
            length -= len(data)
    return differs


def name_of(key: str) -> str:
    """A key as a folder's name: it holds secrets, such as an upload's address, and any character."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:40]
