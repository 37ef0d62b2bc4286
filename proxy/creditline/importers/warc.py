"""WARC (ISO 28500) and WACZ: web archives. Bodies are as they were on the wire."""

from __future__ import annotations

import zipfile
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from creditline.importers.found import Unusable, body_of, exchange, moment
from creditline.model.errors import PictureError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from creditline.importers.found import Item
    from creditline.model.exchange import Headers

NAME = "WARC, WACZ"
MAX_WAITING = 2000
"""Requests that wait for their answer, and answers for their request: writers put them side by side."""
MAX_ARCHIVES = 1000
_ZIP = b"PK\x03\x04"


def recognises(path: Path, head: bytes) -> bool:
    """`WARC/`, plain or in gzip by its name; a ZIP that is named .wacz."""
    name = path.name.lower()
    return (
        head.startswith(b"WARC/")
        or (head.startswith(b"\x1f\x8b") and name.endswith((".warc.gz", ".warc")))
        or (head.startswith(_ZIP) and name.endswith(".wacz"))
    )


def read(path: Path, cap: int) -> Iterator[Item]:
    """Every pair of request and answer as an exchange; an answer without its request counts as a GET.

    Raises:
        PictureError: the file is no archive of its kind.
    """
    with path.open("rb") as file:
        wacz = file.read(4) == _ZIP
    if not wacz:
        with path.open("rb") as file:
            yield from _records(file, path, cap)
        return
    try:
        with zipfile.ZipFile(path) as package:
            names = [name for name in package.namelist() if name.startswith("archive/") and ".warc" in name]
            for name in names[:MAX_ARCHIVES]:
                with package.open(name) as file:
                    yield from _records(file, path, cap)
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError) as error:
        raise PictureError(f"{path} is no WACZ: {error}") from error


def _records(file: IO[bytes], path: Path, cap: int) -> Iterator[Item]:
    waiting: dict[str, tuple[str, dict[str, Any]]] = {}
    try:
        for record in ArchiveIterator(file):
            if record.rec_type not in {"request", "response", "resource", "revisit"}:
                continue
            if record.rec_type == "revisit":
                yield Unusable(
                    str(record.rec_headers.get_header("WARC-Target-URI"))[:200], "only a mention (revisit)"
                )
                continue
            url = record.rec_headers.get_header("WARC-Target-URI") or ""
            told = _told(record, cap)
            with _other(waiting, url, record.rec_type) as other:
                if other is not None:
                    asked, answered = (told, other) if record.rec_type == "request" else (other, told)
                    yield from _pair(url, asked, answered)
                elif record.rec_type == "resource":
                    yield from _pair(url, None, told)
                else:
                    waiting[url] = (record.rec_type, told)
            while len(waiting) > MAX_WAITING:
                oldest = next(iter(waiting))
                yield from _alone(oldest, *waiting.pop(oldest))
    except (ArchiveLoadFailed, EOFError, ValueError, OSError) as error:
        yield Unusable(path.name, f"the archive breaks off or is damaged: {type(error).__name__}")
    for url, (kind, told) in waiting.items():
        yield from _alone(url, kind, told)


@contextmanager
def _other(waiting: dict[str, tuple[str, dict[str, Any]]], url: str, kind: str) -> Iterator[dict[str, Any] | None]:
    """The other half of a pair, taken out where it waits."""
    wanted = {"request": "response", "response": "request"}.get(kind)
    yield waiting.pop(url)[1] if url in waiting and waiting[url][0] == wanted else None


def _told(record: Any, cap: int) -> dict[str, Any]:
    http = record.http_headers
    data = record.raw_stream.read(cap + 1)
    line = str(http.statusline) if http is not None else ""
    return {
        "at": record.rec_headers.get_header("WARC-Date"),
        "headers": tuple((str(k), str(v)) for k, v in http.headers) if http is not None else (),
        "protocol": str(http.protocol) if http is not None else "",
        "line": line,
        "body": data,
        "cap": cap,
        "type": record.content_type if http is None else None,
    }


def _alone(url: str, kind: str, told: dict[str, Any]) -> Iterator[Item]:
    if kind == "response":
        yield from _pair(url, None, told)
    else:
        yield Unusable(url[:200], "a request without an answer")


def _pair(url: str, asked: dict[str, Any] | None, answered: dict[str, Any]) -> Iterator[Item]:
    method = asked["protocol"] if asked is not None else "GET"
    status = answered["line"].partition(" ")[0]
    headers: Headers = answered["headers"]
    if answered["type"] is not None:
        status, headers = "200", (("Content-Type", str(answered["type"])),)
    cap = answered["cap"]
    seen = exchange(
        method,
        url,
        moment(answered["at"]),
        (asked["headers"], body_of(asked["body"], cap)) if asked is not None else ((), body_of(b"", cap)),
        int(status) if status.isdecimal() and len(status) == 3 else None,
        (_plain(headers), body_of(_unchunked(headers, answered["body"]), cap)),
    )
    if seen is not None:
        yield seen


def _plain(headers: Headers) -> Headers:
    return tuple((name, value) for name, value in headers if name.lower() != "transfer-encoding")


def _unchunked(headers: Headers, data: bytes) -> bytes:
    """A body without the chunks of HTTP/1.1 (RFC 9112, 7.1); as it is where it has none."""
    if not any(name.lower() == "transfer-encoding" and "chunked" in value.lower() for name, value in headers):
        return data
    pieces: list[bytes] = []
    at = 0
    while True:
        end = data.find(b"\r\n", at, at + 4096)
        size = data[at:end].partition(b";")[0].strip() if end >= 0 else b""
        try:
            length = int(size, 16)
        except ValueError:
            return data if not pieces else b"".join(pieces)
        if length == 0:
            return b"".join(pieces)
        pieces.append(data[end + 2 : end + 2 + length])
        at = end + 4 + length
