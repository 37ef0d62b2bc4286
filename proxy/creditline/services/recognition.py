"""Which earlier file a picture is: the cheapest proof first, and of equal proofs the likeliest story.

Only files that the user had or sent (stages original and uploaded) are candidates; a served copy never stands for
a work, so that likeness cannot drift from copy to copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from creditline.ledger import queries, scrub
from creditline.model.audit import Match
from creditline.pipeline.match import Known, match
from creditline.vocab.thresholds import ALONE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from creditline.ledger.index.interface import CandidateIndex
    from creditline.ledger.store import Ledger
    from creditline.model.observation import Observation

ORDER = ("identical", "same-pixels", "same-work", "contains")
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
    near = list(dict.fromkeys(_near(ledger, index, copy)))
    # Of several fingerprints the oldest, as in `known_of`; asked for at once, since a picture may be there often.
    prints = {row.sha256: row.fingerprint for row in reversed(queries.fingerprints(ledger, near))}
    for sha256 in near:
        judged = match(Known(sha256, prints.get(sha256)), copy)
        if not judged.same:
            continue
        for seen in queries.by_sha256(ledger, sha256, limit=None):
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


def original_of(ledger: Ledger, index: CandidateIndex, upload: Observation, copy: Known) -> Hit | None:
    """The original that an uploaded file, `copy`, was made from.

    A file picked on the same site under the same name moments before is taken where several originals look alike,
    and where looking alike decides nothing (a flat logo); the rule that did so is named. A name alone is nothing:
    phones call every picture `image.jpg`.
    """
    if upload.sha256 is None:
        return None
    found = hits(ledger, index, copy, stages=("original",))
    if found and found[0].match.method == "bytes":
        return found[0]
    alike = {hit.observation.id: hit for hit in found}
    for picked in _picked(ledger, upload):
        if picked.id in alike:
            return alike[picked.id]
        known = known_of(ledger, picked.sha256 or "")
        if not found and match(known, copy).verdict == "undecided":
            return Hit(picked, match(known, copy, rule=PICKED))
    return found[0] if found else None


def _picked(ledger: Ledger, upload: Observation) -> list[Observation]:
    """Files picked on the upload's site under its name, the latest first."""
    if upload.filename is None or upload.site is None:
        return []
    since = datetime.fromisoformat(upload.at) - PICK_WINDOW
    recent = queries.observations(
        ledger, site=upload.site, stage="original", since=since.isoformat(), newest_first=True
    )
    name = scrub.observation(upload).filename
    return [seen for seen in recent if seen.filename == name and seen.sha256 is not None]
