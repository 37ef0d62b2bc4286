"""The original of a copy, out of the ledger: which known work the copy may be, and its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from creditline.fingerprints.digest import digests
from creditline.fingerprints.variants import codes
from creditline.ledger import queries
from creditline.model.errors import LedgerError, NotFoundError
from creditline.pipeline.match import Known
from creditline.services.check import load
from creditline.services.lookup import Lookup
from creditline.services.recognition import hits
from creditline.services.second_stage import Here

if TYPE_CHECKING:
    from pathlib import Path

    from creditline.ledger.store import Ledger

STAGES = ("original", "uploaded")
"""In the order in which a file stands for its work: what the user had, then what was sent."""


@dataclass(frozen=True, slots=True)
class KnownOriginal:
    """A work's file as the ledger keeps it. `rule` names the binding that ties the copy to it, if one does."""

    work: str
    name: str | None
    data: bytes
    rule: str | None = None


def original_of(
    ledger: Ledger, copy: Path, *, geometry: bool = True, index: Lookup | None = None
) -> KnownOriginal:
    """The likeliest original of a copy: the one that a site's own answer bound it to, else the best match.

    `index` is what to look it up with, for whoever asks often; without one the codes are loaded for this question.

    Raises:
        PictureError, LimitError: the copy cannot be read.
        NotFoundError: no known work looks like it (code `no_match`), or none of its files is kept (`not_kept`).
    """
    data = load(copy)
    sha256 = digests(data).sha256
    works = _bound(ledger, sha256)
    if not works:
        every = codes(data)
        if index is None:
            index = Lookup.load(ledger, Here(ledger.home) if geometry else None)
        known = Known(sha256, every.plain, forms=every.forms)
        found = hits(ledger, index, known, stages=STAGES, file=copy)
        works = {str(hit.observation.work): None for hit in found}
    if not works:
        raise NotFoundError(
            f"no known original looks like {copy}", code="no_match", next_step="name the original with --from FILE"
        )
    for work, rule in works.items():
        kept = _file_of(ledger, work)
        if kept is not None:
            return KnownOriginal(work, kept[0], kept[1], rule)
    raise NotFoundError(
        f"the original of {copy} is known, but its file is not kept any more",
        code="not_kept",
        next_step="name it with --from FILE",
    )


def _bound(ledger: Ledger, sha256: str) -> dict[str, str | None]:
    """Works that a served picture with these bytes was bound to, and by which rule."""
    found: dict[str, str | None] = {}
    for seen in queries.by_sha256(ledger, sha256):
        if seen.stage != "served" or seen.work is None:
            continue
        for verdict in queries.verdicts(ledger, work=seen.work):
            match = (verdict.audit or {}).get("match", {})
            if verdict.served == seen.id and match.get("method") == "binding":
                found[seen.work] = match.get("rule")
    return found


def _file_of(ledger: Ledger, work: str) -> tuple[str | None, bytes] | None:
    from creditline.ledger.overview import work as detail

    seen = [one for one in detail(ledger, work).observations if one.sha256 is not None and one.stage in STAGES]
    for one in sorted(seen, key=lambda item: STAGES.index(item.stage)):
        try:
            return one.filename, ledger.blobs.get(str(one.sha256))
        except LedgerError:  # never kept, or purged
            continue
    return None
