"""Which known works a file is a copy of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from creditline.fingerprints.digest import digests
from creditline.fingerprints.variants import codes
from creditline.ledger.index.choose import AUTO
from creditline.model.errors import PictureError
from creditline.pipeline.match import Known
from creditline.services.check import inspect_bytes, load
from creditline.services.lookup import Lookup
from creditline.services.probe_values import tokens_in
from creditline.services.recognition import hits
from creditline.services.second_stage import Here

if TYPE_CHECKING:
    from pathlib import Path

    from creditline.ledger.store import Ledger


class Finder:
    """Answers for many files from one index."""

    def __init__(self, ledger: Ledger, *, geometry: bool = True, engine: str = AUTO) -> None:
        self._ledger = ledger
        self._index = Lookup.load(ledger, Here(ledger.home) if geometry else None, engine=engine)

    def find(self, path: Path, name: str | None = None) -> list[dict[str, Any]]:
        """The works that the file is a copy of, best first: `{"work", "path", "verdict", "method", "distance"}`.

        Errors call the file `name`, where it was given.

        Raises:
            PictureError: the file cannot be read, or, known under no other proof, cannot be decoded.
        """
        data = load(path)
        every = codes(data)
        tokens = tokens_in(inspect_bytes(data, pixels=False).to_json())
        copy = Known(digests(data).sha256, every.plain, forms=every.forms, tokens=tokens)
        found = hits(self._ledger, self._index, copy, stages=("original", "uploaded"), file=path)
        if every.plain.code is None and not found:
            raise PictureError(f"{name or path}: {every.plain.missed}", code="undecodable")
        works: dict[str, dict[str, Any]] = {}
        for hit in found:
            work = str(hit.observation.work)
            if work not in works or (works[work]["path"] is None and hit.observation.stage == "original"):
                works[work] = {
                    "work": work,
                    "path": hit.observation.filename,
                    "verdict": hit.match.verdict,
                    "method": hit.match.method,
                    "distance": hit.match.distance,
                }
        return list(works.values())
