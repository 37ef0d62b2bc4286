"""Which earlier file a picture is: the cheapest proof first, and of equal proofs the likeliest story.

Only files that the user had or sent (stages original and uploaded) are candidates; a served copy never stands for
a work, so that likeness cannot drift from copy to copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from creditline.ledger import queries
from creditline.model.audit import Match
from creditline.pipeline.match import Known, match
from creditline.vocab.thresholds import ALONE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from creditline.ledger.index.interface import CandidateIndex
    from creditline.ledger.store import Ledger
    from creditline.model.observation import Observation

ORDER = ("identical", "same-pixels", "same-work")
PICKED = "picked-file"
"""The rule that ties an upload to a file picked on the same page, under the same name, moments before."""
PICK_WINDOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Hit:
    """An earlier observation and how the picture was recognised as it."""

    observation: Observation
    match: Match


def known_of(ledger: Ledger, sha256: str) -> Known:
    """What recognition needs of a picture in the ledger."""
    prints = queries.fingerprints(ledger, [sha256])
    return Known(sha256, prints[0].fingerprint if prints else None)


def hits(ledger: Ledger, index: CandidateIndex, copy: Known, *, stages: tuple[str, ...]) -> list[Hit]:
    """Earlier observations in `stages` that `copy` is a copy of, best proof first, of equals the latest."""
    found: dict[str, Hit] = {}
    for sha256 in _near(ledger, index, copy):
        judged = match(known_of(ledger, sha256), copy)
        if not judged.same:
            continue
        for seen in queries.by_sha256(ledger, sha256):
            if seen.stage in stages and seen.work is not None:
                found[seen.id] = Hit(seen, judged)
    return sorted(found.values(), key=_rank)


def _near(ledger: Ledger, index: CandidateIndex, copy: Known) -> Iterable[str]:
    yield copy.sha256
    code = copy.fingerprint
    if code is None:
        return
    if code.pixels is not None:
        yield from (row.sha256 for row in queries.known_pixels(ledger, code.pixels))
    if code.code is not None:
        yield from (sha256 for sha256, _ in index.within(code.code, ALONE.distance))


def _rank(hit: Hit) -> tuple[int, int, float]:
    far = hit.match.distance if hit.match.distance is not None else 257
    return (ORDER.index(hit.match.verdict), far, -datetime.fromisoformat(hit.observation.at).timestamp())


def original_of(ledger: Ledger, index: CandidateIndex, upload: Observation) -> Hit | None:
    """The original that an uploaded file was made from.

    Where several originals look alike, and where looking alike decides nothing (a flat logo), a file picked on the
    same site under the same name moments before is taken; the rule that did so is named.
    """
    if upload.sha256 is None:
        return None
    copy = known_of(ledger, upload.sha256)
    found = hits(ledger, index, copy, stages=("original",))
    if found and found[0].match.method == "bytes":
        return found[0]
    picked = _picked(ledger, upload)
    if picked is not None and picked.sha256 is not None:
        judged = next((hit.match for hit in found if hit.observation.id == picked.id), None)
        return Hit(picked, judged or match(known_of(ledger, picked.sha256), copy, rule=PICKED))
    return found[0] if found else None


def _picked(ledger: Ledger, upload: Observation) -> Observation | None:
    if upload.filename is None or upload.site is None:
        return None
    since = datetime.fromisoformat(upload.at) - PICK_WINDOW
    recent = queries.observations(
        ledger, site=upload.site, stage="original", since=since.isoformat(), newest_first=True
    )
    return next((seen for seen in recent if seen.filename == upload.filename), None)
