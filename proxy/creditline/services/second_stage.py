"""Aligning a copy with originals: the jobs, and who does them.

`place` runs where decoding is harmless: in a worker process, or in a command's own. It keeps the originals' features
in memory (`Gallery`) and makes them, when first asked for, from the bytes that the ledger keeps.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from creditline.fingerprints import geometry
from creditline.fingerprints.geometry_gallery import Gallery
from creditline.ledger.blobs import Blobs
from creditline.ledger.store import PICTURES
from creditline.model.errors import CreditlineError
from creditline.model.observation import Placement

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

log = logging.getLogger(__name__)

type Placed = list[tuple[str, Placement]]
"""SHA-256 of an original and where it lies in the copy, best first."""


class SecondStage(Protocol):
    """Finds originals in copies; what goes wrong finds none and is logged, for a copy not found accuses nobody."""

    def place(self, copy: Path, likely: Sequence[tuple[str, bool]], among: Sequence[str]) -> Placed:
        """Where originals lie in the copy: the `likely` ones (SHA-256, mirrored), and if none, any of `among`."""


class Here:
    """In this process: for commands, which decode anyway."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def place(self, copy: Path, likely: Sequence[tuple[str, bool]], among: Sequence[str]) -> Placed:
        """As `SecondStage` has it."""
        if not geometry.available():
            return []
        try:
            return _read(place(copy, self._home, likely=likely, among=among))
        except CreditlineError as error:
            log.warning("creditline: a picture was not aligned: %s", error)
            return []


class Sent:
    """In worker processes, through `submit`: for a process that carries traffic."""

    def __init__(self, submit: Callable[[dict[str, Any]], Future[dict[str, Any]]]) -> None:
        self._submit = submit

    def place(self, copy: Path, likely: Sequence[tuple[str, bool]], among: Sequence[str]) -> Placed:
        """As `SecondStage` has it."""
        if not geometry.available():
            return []
        job = {"job": "place", "path": str(copy), "likely": [list(item) for item in likely], "among": list(among)}
        try:
            return _read(self._submit(job).result())
        except Exception as error:  # noqa: BLE001 - whatever a worker's thread raises, the record goes on without
            log.warning("creditline: a picture was not aligned: %s", error)
            return []


def place(
    path: Path, home: Path, *, likely: Sequence[Sequence[Any]], among: Sequence[str]
) -> dict[str, list[list[Any]]]:
    """The job: `{"placed": [[sha256, placement], …]}`, best first.

    Raises:
        PictureError, LimitError: the copy cannot be decoded or compared.
        MissingPartError: the extra `geometry` is not installed.
    """
    blobs = Blobs(home / PICTURES)
    copy = geometry.copy_of(path.read_bytes())
    gallery = _gallery(home)

    found = gallery.place(copy, [(str(sha256), bool(mirrored)) for sha256, mirrored in likely], blobs.get)
    if not found and among:
        found = gallery.vote(copy, [str(sha256) for sha256 in among], blobs.get)
    return {"placed": [[sha256, placement.to_json()] for sha256, placement in found]}


@lru_cache(maxsize=1)
def _gallery(home: Path) -> Gallery:  # noqa: ARG001 - one for each data folder
    return Gallery()


def _read(answer: dict[str, Any]) -> Placed:
    if "error" in answer:
        log.warning("creditline: a picture was not aligned: %s", answer["error"]["message"])
        return []
    return [(str(sha256), Placement.from_json(line)) for sha256, line in answer["placed"]]
