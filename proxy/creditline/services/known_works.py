"""Known works held ready, for whoever asks for the originals of many copies: the cheapest proof comes first.

A copy with the same bytes as a known file is known at once; one with the same coded picture (`containers.coded`) shows
the same pixels, which takes no decoding; only the others are decoded, looked up by their codes and laid over the
original. What was made of an original is kept for the next copy.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from creditline.containers import coded
from creditline.fingerprints.perceptual import KIND
from creditline.fingerprints.variants import CROP_KINDS
from creditline.ledger import queries
from creditline.ledger.shapes import shapes
from creditline.model.audit import Match
from creditline.model.errors import ContainerError, LedgerError
from creditline.pipeline.match import Known, match
from creditline.reattach.material import Material, material

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from creditline.ledger.store import Ledger
    from creditline.services.lookup import Lookup

STAGES = ("original", "uploaded")
"""In the order in which a file stands for its work: what the user had, then what was sent."""
ALIKE = 32
"""Files of one format and size that are compared, the latest first: a camera makes thousands of them."""
DIGESTS = 4096
MATERIALS = 16
"""Originals whose metadata is kept ready: a page shows a few works."""
LARGEST_METADATA = 8 * 1024 * 1024
"""Bytes by which a file may be larger than its coded picture and still be looked at."""


class Twin(NamedTuple):
    """A known file with the copy's very picture in it, and whether the bytes are the same, too."""

    sha256: str
    identical: bool


class KnownWorks:
    """The ledger's works for one process; not for several threads at once. `lookup` is called when it is needed."""

    def __init__(self, ledger: Ledger, lookup: Callable[[], Lookup]) -> None:
        self.ledger = ledger
        self._load = lookup
        self._lookup: Lookup | None = None
        self._shapes: dict[tuple[str, int, int], OrderedDict[str, int]] = {}
        self._seen = -1
        self._digests: OrderedDict[str, bytes | None] = OrderedDict()
        self._materials: OrderedDict[str, Material] = OrderedDict()

    @property
    def lookup(self) -> Lookup:
        """What copies are looked up with, loaded once there is something."""
        if self._lookup is None or not len(self._lookup):
            self._lookup = self._load()
        return self._lookup

    def refresh(self) -> list[str]:
        """Take in what was recorded since; the files that are new, oldest first. LedgerError as of the ledger."""
        fresh = shapes(self.ledger, STAGES, after=self._seen)
        for shape in fresh:
            files = self._shapes.setdefault((shape.format, shape.width, shape.height), OrderedDict())
            files[shape.sha256] = shape.bytes
            files.move_to_end(shape.sha256)
            self._seen = max(self._seen, shape.seq)
        return list(dict.fromkeys(shape.sha256 for shape in fresh))

    def twin(self, data: bytes, copy: Material) -> Twin | None:
        """A known file that has the copy's coded picture, shown the same way up; None where none has.

        Neither is decoded. `copy` is what `data` says.
        """
        self.refresh()
        layout = copy.layout
        shape = (layout.format, layout.width or 0, layout.height or 0)
        files = self._shapes.get(shape, OrderedDict[str, int]())
        if copy.reading.sha256 in files:
            return Twin(copy.reading.sha256, identical=True)
        try:
            parts = coded.parts(data, layout) if files else []
        except ContainerError:
            return None
        length = sum(map(len, parts))
        likely = [name for name, size in files.items() if length <= size <= length + LARGEST_METADATA]
        if not likely:
            return None
        digest = _digest(parts)
        mine = copy.reading.orientation or 1
        for name in list(reversed(likely))[:ALIKE]:
            if self._digest_of(name) == digest and self._turned(name) == mine:
                return Twin(name, identical=False)
        return None

    def material(self, sha256: str, data: bytes) -> Material:
        """What an original gives to a restoration, read once."""
        if sha256 not in self._materials:
            self._materials[sha256] = material(data)
        return _kept(self._materials, sha256, MATERIALS)

    def known(self, sha256: str) -> Known:
        """What the ledger knows of a file for recognising copies of it."""
        prints = queries.fingerprints(self.ledger, [sha256])
        whole = next((row.fingerprint for row in prints if row.fingerprint.kind == KIND), None)
        crops = [row.fingerprint for row in prints if row.fingerprint.kind in CROP_KINDS]
        return Known(sha256, whole, tuple(crops))

    def as_twin(self, twin: Twin, sha256: str) -> Known:
        """A copy with a known file's picture: it has that file's codes."""
        return Known(sha256, self.known(twin.sha256).fingerprint)

    def proved(self, original: str, judged: Match, file: Path, name: str) -> Match:
        """The match, by laying the copy in `file` over the original where likeness alone is no proof.

        The answer is remembered under `name`, the SHA-256 of a file with the picture that lies in `file`.
        """
        if judged.method in {"bytes", "pixels", "binding", "geometry"} or self.lookup.second is None:
            return judged
        known, placement = self.lookup.placed(original, name)
        if not known:
            found = self.lookup.second.place(file, [(original, False), (original, True)], ())
            placement = found[0][1] if found else None
            self.lookup.remember_placed(original, name, placement)
        if placement is None:
            return judged
        placed = match(Known(original), Known(name), placement=placement)
        return replace(placed, distance=judged.distance, quality=judged.quality)

    def _turned(self, sha256: str) -> int:
        reading = queries.reading(self.ledger, sha256) or {}
        return int(reading.get("orientation") or 1)

    def _digest_of(self, sha256: str) -> bytes | None:
        if sha256 not in self._digests:
            try:
                data = self.ledger.blobs.get(sha256)
                self._digests[sha256] = _digest(coded.parts(data))
            except (LedgerError, ContainerError):  # purged, or of a format whose picture is not told apart
                self._digests[sha256] = None
        return _kept(self._digests, sha256, DIGESTS)


def _digest(parts: list[memoryview]) -> bytes:
    """Of the pieces and where each ends."""
    digest = hashlib.sha256(b",".join(b"%d" % len(part) for part in parts))
    for part in parts:
        digest.update(part)
    return digest.digest()


def _kept[V](held: OrderedDict[str, V], key: str, most: int) -> V:
    held.move_to_end(key)
    while len(held) > most:
        held.popitem(last=False)
    return held[key]
