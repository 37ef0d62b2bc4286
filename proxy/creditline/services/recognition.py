"""Which earlier file a picture is: the cheapest proof first, and of equal proofs the likeliest story.

Only files that the user had or sent (stages original and uploaded) are candidates; a served copy never stands for
a work, so that likeness cannot drift from copy to copy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from creditline.fingerprints.geometry_gallery import HELD
from creditline.fingerprints.perceptual import KIND
from creditline.fingerprints.variants import CROP_KINDS
from creditline.ledger import queries, scrub
from creditline.model.audit import Match
from creditline.model.errors import LedgerError
from creditline.pipeline.match import Known, match, near
from creditline.services.lookup import Lookup
from creditline.services.probe_values import RULE, seen_by_value, tokens_in
from creditline.vocab.thresholds import ALONE, CANDIDATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from creditline.ledger.index.interface import CandidateIndex
    from creditline.ledger.store import Ledger
    from creditline.model.observation import Fingerprint, Observation

ORDER = ("identical", "same-pixels", "same-work", "contains")
PICKED = "picked-file"
"""The rule that ties an upload to a file picked on the same page, under the same name, moments before."""
PICK_WINDOW = timedelta(minutes=10)

VOTE_WINDOW = timedelta(days=30)
"""Pictures last seen before that, and elsewhere, are no candidates for a vote."""
LOOKED_AT = 2000
"""Pictures with a near code that are looked up, nearest first: of ten thousand near-duplicates not every one."""
PORTION = 100
ENOUGH = 200
"""Hits after which no more are looked for; all of them are nearer than any that follow."""
ALIGNED = 8
"""Candidates by their codes that are aligned, nearest first."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An earlier observation and how the picture was recognised as it."""

    observation: Observation
    match: Match


def known_of(ledger: Ledger, sha256: str) -> Known:
    """What recognition needs of a picture in the ledger, as a copy: its crops are left out."""
    tokens = tokens_in(queries.reading(ledger, sha256) or {})
    return replace(_known(ledger, [sha256])[sha256], crops=(), tokens=tokens)


def hits(
    ledger: Ledger,
    index: CandidateIndex,
    copy: Known,
    *,
    stages: tuple[str, ...],
    file: Path | None = None,
    site: str | None = None,
) -> list[Hit]:
    """Earlier observations in `stages` that `copy` is a copy of, best proof first, of equals the latest.

    The costlier ways are only gone where the cheaper ones find nothing: bytes, pixels and whole codes; crops and
    forms; aligning candidates; and aligning what the copy's points vote for, among pictures of `site` and recent
    ones. The last two need a `Lookup` with a second stage as `index`, and the copy's `file`. Where all that finds
    nothing, a probe is known by a value that it kept.
    """
    lookup = Lookup.of(index)
    found = _judged(ledger, list(dict.fromkeys(_near(ledger, lookup, copy))), copy, stages)
    candidates: list[str] = []
    if not found:
        candidates = list(lookup.candidates(copy, CANDIDATE.distance))
        found = _judged(ledger, candidates, copy, stages)
    if not found and lookup.second is not None and file is not None:
        found = _aligned(ledger, lookup, copy, stages, candidates, file, site)
    if not found and copy.tokens:
        found = _by_value(ledger, copy, stages, site)
    return sorted(found, key=_rank)


def judge(
    ledger: Ledger,
    index: CandidateIndex,
    original: str,
    copy: Known,
    *,
    rule: str | None = None,
    file: Path | None = None,
) -> Match:
    """How one picture of the ledger is recognised in a copy; `file` are the copy's bytes where it is not kept yet."""
    lookup = Lookup.of(index)
    first = _known(ledger, [original])[original]
    copy = lookup.forms_of(copy)
    judged = match(first, copy, rule=rule)
    if judged.same or lookup.second is None:
        return judged
    known, placement = lookup.placed(original, copy.sha256)
    if not known:
        file = _kept(ledger, copy.sha256) if file is None else file
        if file is None or _kept(ledger, original) is None:
            return judged
        found = lookup.second.place(file, [(original, False), (original, True)], ())
        placement = found[0][1] if found else None
        lookup.remember_placed(original, copy.sha256, placement)
    return match(first, copy, rule=rule, placement=placement)


def _known(ledger: Ledger, sha256s: Sequence[str]) -> dict[str, Known]:
    whole: dict[str, Fingerprint] = {}
    crops: dict[str, list[Fingerprint]] = {}
    for row in queries.fingerprints(ledger, sha256s):
        if row.fingerprint.kind in CROP_KINDS:
            crops.setdefault(row.sha256, []).append(row.fingerprint)
        elif row.fingerprint.kind == KIND:
            whole.setdefault(row.sha256, row.fingerprint)  # of several the oldest
    return {sha256: Known(sha256, whole.get(sha256), tuple(crops.get(sha256, ()))) for sha256 in sha256s}


def _judged(ledger: Ledger, near: Sequence[str], copy: Known, stages: tuple[str, ...]) -> list[Hit]:
    found: list[Hit] = []
    # In portions, the nearest first: a picture may be there very often, at other stages.
    for start in range(0, min(len(near), LOOKED_AT), PORTION):
        some = near[start : start + PORTION]
        seen = _seen(ledger, some, stages)
        known = _known(ledger, list(seen))
        for sha256, observations in seen.items():
            judged = match(known[sha256], copy)
            if judged.same:
                found += [Hit(observation, judged) for observation in observations]
        if len(found) >= ENOUGH:
            break
    return found


def _seen(ledger: Ledger, sha256s: Sequence[str], stages: tuple[str, ...]) -> dict[str, list[Observation]]:
    found: dict[str, list[Observation]] = {sha256: [] for sha256 in sha256s}
    for seen in queries.seen_in(ledger, sha256s, stages):
        found[str(seen.sha256)].append(seen)
    return {sha256: observations for sha256, observations in found.items() if observations}


def _aligned(
    ledger: Ledger,
    lookup: Lookup,
    copy: Known,
    stages: tuple[str, ...],
    candidates: Sequence[str],
    file: Path,
    site: str | None,
) -> list[Hit]:
    """What aligning finds: candidates by their codes first, then those that a vote finds."""
    assert lookup.second is not None  # noqa: S101 - asked before
    plain = copy.fingerprint
    if plain is not None and plain.code is not None:
        far = [sha256 for sha256, _ in lookup.whole.within(plain.code, CANDIDATE.distance)]
        candidates = list(dict.fromkeys([*far, *candidates]))
    likely = list(_seen(ledger, candidates[:LOOKED_AT], stages))[:ALIGNED]
    known = _known(ledger, likely)
    asked = [(sha256, _mirrored(known[sha256], copy)) for sha256 in likely if _kept(ledger, sha256) is not None]
    since = (datetime.now(UTC) - VOTE_WINDOW).isoformat() if site is not None else None
    among = queries.recent_pictures(ledger, stages=stages, site=site, since=since, limit=HELD)
    if not asked and not among:
        return []
    placed = lookup.second.place(file, asked, among)
    seen = _seen(ledger, [sha256 for sha256, _ in placed], stages)
    known = _known(ledger, list(seen))
    found = []
    for sha256, placement in placed:
        lookup.remember_placed(sha256, copy.sha256, placement)
        if sha256 in seen:
            judged = match(known[sha256], copy, placement=placement)
            found += [Hit(observation, judged) for observation in seen[sha256]]
    return found


def _by_value(ledger: Ledger, copy: Known, stages: tuple[str, ...], site: str | None) -> list[Hit]:
    seen = seen_by_value(ledger, copy.tokens, stages=stages, site=site)
    known = _known(ledger, [str(observation.sha256) for observation in seen])
    return [Hit(item, match(known[str(item.sha256)], copy, rule=RULE)) for item in seen]


def _mirrored(original: Known, copy: Known) -> bool:
    best = near(original, copy)
    return best is not None and best.mirrored and best.distance <= CANDIDATE.distance


def _kept(ledger: Ledger, sha256: str) -> Path | None:
    try:
        return ledger.blobs.path(sha256)
    except LedgerError:  # never kept, or purged
        return None


def _near(ledger: Ledger, lookup: Lookup, copy: Known) -> Iterable[str]:
    yield copy.sha256
    code = copy.fingerprint
    if code is None:
        return
    if code.pixels is not None:
        yield from (row.sha256 for row in queries.known_pixels(ledger, code.pixels))
    if code.code is not None:
        yield from (sha256 for sha256, _ in lookup.within(code.code, ALONE.distance))


def _rank(hit: Hit) -> tuple[int, int, float]:
    far = hit.match.distance if hit.match.distance is not None else 257
    return (ORDER.index(hit.match.verdict), far, -datetime.fromisoformat(hit.observation.at).timestamp())


def original_of(
    ledger: Ledger, index: CandidateIndex, upload: Observation, copy: Known, *, file: Path | None = None
) -> Hit | None:
    """The original that an uploaded file, `copy` with its bytes in `file`, was made from.

    A file picked on the same site under the same name moments before is taken where several originals look alike,
    and where looking alike decides nothing (a flat logo); the rule that did so is named. A name alone is nothing:
    phones call every picture `image.jpg`.
    """
    if upload.sha256 is None:
        return None
    found = hits(ledger, index, copy, stages=("original",), file=file, site=upload.site)
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
