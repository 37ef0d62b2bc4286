"""Exchanges on disk between the wire and the ledger, so that a crash loses none that was taken in.

An entry is a folder `<exchange id>/` with `exchange.json` and the two bodies as files; it is complete once it
has that name (it is filled under another and renamed) and goes when the ledger has what it holds. Each running
recorder has a tray of entries of its own, locked while it lives, so that several can share a data folder.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creditline.model.exchange import Body, Exchange, Message
from creditline.services.tray import Tray

if TYPE_CHECKING:
    from collections.abc import Iterator

KEPT_HEADERS = frozenset(
    {
        "content-type",
        "content-encoding",
        "content-length",
        "content-md5",
        "content-range",
        "content-disposition",
        "location",
        "etag",
        "sec-fetch-dest",
        "sec-purpose",
        "service-worker",
        # What uploads that take several requests say of their pieces.
        "content-crc32",
        "offset",
        "range",
        "tus-resumable",
        "upload-complete",
        "upload-concat",
        "upload-defer-length",
        "upload-incomplete",
        "upload-length",
        "upload-metadata",
        "upload-name",
        "upload-offset",
        "x-amz-content-sha256",
        "x-entity-length",
        "x-entity-name",
        "x-entity-type",
        "x-goog-resumable",
        "x-http-method-override",
        "x-upload-content-length",
        "x-upload-content-type",
        # Ids and hashes that tie steps and copies to an upload.
        "purpose",
        "x-goog-hash",
        "x-instagram-rupload-params",
    }
)
"""Headers that recognition needs; cookies, tokens and everything else never reach the disk."""

KEPT_PREFIX = "x-goog-upload-"
"""Google's upload protocol: commands, offsets, sizes, the session's address."""

_FILLING = ".filling"
_EXCHANGE = "exchange.json"
_ASSEMBLED = "assembled.json"
_PICTURE = "picture-"
_WHOLE = "-whole"


class Inbox:
    """One recorder's tray of entries that are not yet in the ledger."""

    def __init__(self, folder: Path) -> None:
        self._own = Tray(folder)
        self._tray = self._own.path

    def put(self, exchange: Exchange, assembled: dict[str, Any] | None = None) -> Path:
        """Write an exchange down; bodies that were spooled are moved in. Returns the entry's folder.

        `assembled` says of an upload that took several requests what is known of it; its picture is the request's
        body then, and the exchange is the one that ended it.

        OSError when the disk does not take it; then nothing of it is left, nor of its spooled bodies.
        """
        entry = self._tray / (exchange.id if assembled is None else f"{exchange.id}{_WHOLE}")
        filling = entry.with_name(entry.name + _FILLING)
        bodies = [(name, m.body) for name in ("request", "response") if (m := getattr(exchange, name)) is not None]
        try:
            filling.mkdir(mode=0o700)
            for name, body in bodies:
                _keep_body(body, filling / name)
            if assembled is not None:
                (filling / _ASSEMBLED).write_text(json.dumps(assembled), encoding="utf-8")
            # Last, so that an entry with a whole `exchange.json` is whole, renamed or not.
            (filling / _EXCHANGE).write_text(json.dumps(_to_json(exchange)), encoding="utf-8")
            filling.rename(entry)
        except OSError:
            shutil.rmtree(filling, ignore_errors=True)
            for _, body in bodies:
                if body.path is not None:
                    body.path.unlink(missing_ok=True)
            raise
        return entry

    def put_original(self, name: str, data: bytes) -> Path:
        """Write a file down that was handed over as an original. Returns its path."""
        path = self._tray / name
        try:
            path.write_bytes(data)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        return path

    def leftovers(self) -> Iterator[Path]:
        """Entries of recorders that ended before they were done, oldest first, now in this tray.

        Half-written ones are among them: `load` refuses what is not whole.
        """
        for entry in self._own.left():
            yield entry.rename(self._tray / entry.name.removesuffix(_FILLING))

    def close(self) -> None:
        """Give the tray up: removed where it is empty, else left for the next recorder."""
        self._own.close()

    @staticmethod
    def remove(entry: Path) -> None:
        """Drop an entry whose content the ledger now has."""
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


def picture(entry: Path, number: int) -> Path:
    """Where a picture that was cut out of an entry's bodies lies until the ledger has it, or it is nobody's."""
    return entry / f"{_PICTURE}{number}"


def assembled(entry: Path) -> dict[str, Any] | None:
    """What is known of an upload that took several requests, or None: the entry is of one exchange."""
    path = entry / _ASSEMBLED
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def load(entry: Path) -> Exchange:
    """The exchange of an entry; bodies are paths, read by who needs them."""
    line: dict[str, Any] = json.loads((entry / _EXCHANGE).read_text(encoding="utf-8"))
    for name in ("request", "response"):
        if line[name] is not None:
            line[name] = _message(line[name], entry / name)
    return Exchange(**line)


def _is_kept(name: str) -> bool:
    return name in KEPT_HEADERS or name.startswith(KEPT_PREFIX)


def _to_json(exchange: Exchange) -> dict[str, Any]:
    line = {name: getattr(exchange, name) for name in Exchange.__slots__}
    for name in ("request", "response"):
        message: Message | None = line[name]
        if message is not None:
            body = asdict(message.body) | {"data": None, "path": None}
            headers = [[k, v] for k, v in message.headers if _is_kept(k.lower())]
            line[name] = {"headers": headers, "body": body}
    return line


def _message(line: dict[str, Any], path: Path) -> Message:
    body = Body(**line["body"] | {"path": path if path.exists() else None})
    return Message(tuple((k, v) for k, v in line["headers"]), body)


def _keep_body(body: Body, target: Path) -> None:
    if body.data is not None:
        target.write_bytes(body.data)
    elif body.path is not None and body.path.exists():
        shutil.move(body.path, target)
