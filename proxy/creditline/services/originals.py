"""The original of a copy, out of the ledger: which known work the copy may be, and its bytes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from creditline.fingerprints.variants import codes
from creditline.ledger import queries
from creditline.model.errors import LedgerError, NotFoundError
from creditline.pipeline.match import Known, match
from creditline.reattach.material import material
from creditline.services.check import load
from creditline.services.known_works import STAGES, KnownWorks
from creditline.services.lookup import Lookup
from creditline.services.recognition import hits
from creditline.services.second_stage import Here

if TYPE_CHECKING:
    from pathlib import Path

    from creditline.ledger.store import Ledger
    from creditline.model.audit import Match
    from creditline.reattach.material import Material

__all__ = ["STAGES", "KnownOriginal", "known_works", "original_of"]


@dataclass(frozen=True, slots=True)
class KnownOriginal:
    """A work's file as the ledger keeps it, and how a copy is known to be of it.

    `original` and `copy` are what the two files say, `code` is the copy's fingerprint, where it has one; `rule` names
    the binding that ties the copy to the work, if one does.
    """

    work: str
    name: str | None
    sha256: str
    data: bytes
    match: Match
    original: Material
    copy: Material
    code: bytes | None = None
    rule: str | None = None


def known_works(ledger: Ledger, *, geometry: bool = True) -> KnownWorks:
    """The ledger's works, for `original_of`: keep it where more than one copy is asked about."""
    return KnownWorks(ledger, lambda: Lookup.load(ledger, Here(ledger.home) if geometry else None))


def original_of(
    works: KnownWorks, copy: Path, *, data: bytes | None = None, with_pixels: bool = True
) -> KnownOriginal:
    """The likeliest original of a copy: the one that a site's own answer bound it to, else the best match.

    `data` are the bytes in `copy`, for who has them. The match is with the file that is given back, by the strongest
    proof there is; it may still be none. Without `with_pixels` a copy that was coded anew without loss is known by its
    fingerprint, which takes less time than all its pixels.

    Raises:
        PictureError, LimitError: the copy cannot be read.
        NotFoundError: no known work looks like it (code `no_match`), or none of its files is kept (`not_kept`).
    """
    data = load(copy) if data is None else data
    served = material(data)
    ledger, bare = works.ledger, Known(served.reading.sha256)
    twin = works.twin(data, served)
    found: dict[str, str | None] = _bound(ledger, bare.sha256)
    shown: Known | None = None if twin is None else works.as_twin(twin, bare.sha256)
    if twin is not None and not found:
        found = {str(seen.work): None for seen in queries.seen_in(ledger, [twin.sha256], STAGES)}
    if not found and len(works.lookup):
        every = codes(data, with_pixels=with_pixels)
        shown = replace(bare, fingerprint=every.plain, forms=every.forms)
        near = hits(ledger, works.lookup, shown, stages=STAGES, file=copy)
        found = {str(hit.observation.work): None for hit in near}
    if not found:
        raise NotFoundError(
            f"no known original looks like {copy}", code="no_match", next_step="name the original with --from FILE"
        )
    for work, rule in found.items():
        kept = _file_of(ledger, work)
        if kept is None:
            continue
        sha256, name, first = kept
        judged = match(works.known(sha256), shown or bare, rule=rule)
        if twin is not None and twin.sha256 == sha256 and judged.method != "bytes":
            judged = replace(judged, verdict="same-pixels", method="pixels")
        held = bare.sha256 if twin is None else twin.sha256
        proof = works.proved(sha256, judged, copy, held)
        print_ = None if shown is None else shown.fingerprint
        code = None if print_ is None else print_.code
        return KnownOriginal(work, name, sha256, first, proof, works.material(sha256, first), served, code, rule)
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


def _file_of(ledger: Ledger, work: str) -> tuple[str, str | None, bytes] | None:
    from creditline.ledger.overview import work as detail

    seen = [one for one in detail(ledger, work).observations if one.sha256 is not None and one.stage in STAGES]
    for one in sorted(seen, key=lambda item: STAGES.index(item.stage)):
        try:
            return str(one.sha256), one.filename, ledger.blobs.get(str(one.sha256))
        except LedgerError:  # never kept, or purged
            continue
    return None
