"""From observations to verdicts: one audit for each upload and each served variant, from stored readings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditline.analysis.compare import compare
from creditline.analysis.variants import narrow
from creditline.ledger import queries
from creditline.model.audit import Audit, Stage
from creditline.model.reading import Inspection
from creditline.services.lookup import Lookup
from creditline.services.recognition import hits, judge, known_of, original_of

if TYPE_CHECKING:
    from pathlib import Path

    from creditline.ledger.index.interface import CandidateIndex
    from creditline.ledger.store import Ledger
    from creditline.model.observation import Observation
    from creditline.pipeline.match import Known
    from creditline.services.recognition import Hit


def settle(
    ledger: Ledger,
    index: CandidateIndex,
    *,
    uploaded: Observation | None,
    served: Observation | None,
    rule: str | None = None,
) -> list[str]:
    """Compute and store what an upload, or a served copy, now allows to say; gives the verdicts' ids.

    An upload alone is judged against its original; without one there is nothing to say yet. A copy that is one of
    several sizes is judged beside the others, so that a loss which only the smaller ones show names the size. What the
    site gave back in an account export stands beside both.
    """
    original = None
    if uploaded is not None:
        copy, file = _copy(ledger, index, uploaded)
        original = original_of(ledger, index, uploaded, copy, file=file)
    if served is None:
        if uploaded is None or (original is None and _exported(ledger, uploaded) is None):
            return []
        first, rule = (original.observation, original.match.rule) if original is not None else (None, None)
        audit = _audit(ledger, index, first, uploaded, None, rule)
        return [] if audit is None else [_put(ledger, audit, uploaded)]
    first = original.observation if original is not None else None
    if uploaded is None:
        alone = _original_alone(ledger, index, served)
        first, rule = (None, rule) if alone is None else (alone.observation, rule or alone.match.rule)
    audit = _audit(ledger, index, first, uploaded, served, rule)
    if audit is None:
        return []
    return _put_variants(ledger, audit, served)


def settle_export(ledger: Ledger, index: CandidateIndex, exported: Observation) -> list[str]:
    """What a picture of an account export allows to say whose upload was not seen; gives the verdicts' ids."""
    found = _original_alone(ledger, index, exported)
    if found is None:
        return []
    audit = _audit(ledger, index, found.observation, None, None, found.match.rule, exported)
    return [] if audit is None else [_put(ledger, audit, exported)]


def _exported(ledger: Ledger, seen: Observation) -> Observation | None:
    """The latest picture of an account export of the same site that shows the same work."""
    if seen.work is None or seen.site is None:
        return None
    found = queries.observations(
        ledger, work=seen.work, site=seen.site, stage="exported", newest_first=True, limit=1
    )
    return next((one for one in found if one.sha256 is not None), None)


def _original_alone(ledger: Ledger, index: CandidateIndex, served: Observation) -> Hit | None:
    """The original of a copy whose upload was not seen, and how it is known."""
    copy, file = _copy(ledger, index, served)
    found: list[Hit] = hits(ledger, index, copy, stages=("original",), file=file, site=served.site)
    return found[0] if found else None


def _copy(ledger: Ledger, index: CandidateIndex, seen: Observation) -> tuple[Known, Path | None]:
    """What a recorded picture is looked up with, and its bytes if they are kept."""
    sha256 = seen.sha256 or ""
    known = Lookup.of(index).forms_of(known_of(ledger, sha256))
    return known, ledger.blobs.path(sha256) if sha256 and ledger.blobs.has(sha256) else None


def _audit(
    ledger: Ledger,
    index: CandidateIndex,
    original: Observation | None,
    uploaded: Observation | None,
    served: Observation | None,
    rule: str | None,
    exported: Observation | None = None,
) -> Audit | None:
    """None where no reading is left to compare, as after a purge."""
    readings = [_reading(ledger, seen) for seen in (original, uploaded, served)]
    known = served or uploaded
    exported = exported if known is None else _exported(ledger, known)
    stage, reading = _stage(exported), _reading(ledger, exported)
    export = None if stage is None or reading is None else (reading, stage)
    first, last = (original or uploaded), (served or (exported if export is not None else None) or uploaded)
    if first is None or last is None or first.sha256 is None or last.sha256 is None:
        return None
    wanted = (original, uploaded, served)
    if any(seen is not None and reading is None for seen, reading in zip(wanted, readings, strict=True)):
        return None
    copy = known_of(ledger, last.sha256)
    judged = judge(ledger, index, first.sha256, copy, rule=rule)
    if not judged.same and uploaded is not None and uploaded.sha256 is not None and served is not None:
        # Far from the original, as after a crop by the page, and yet a copy of what was made from it and sent.
        judged = judge(ledger, index, uploaded.sha256, copy)
    return compare(
        *readings,
        stages=(_stage(original), _stage(uploaded), _stage(served, variant=True)),
        match=judged,
        exported=export,
    )


def _reading(ledger: Ledger, seen: Observation | None) -> Inspection | None:
    if seen is None or seen.sha256 is None:
        return None
    line = queries.reading(ledger, seen.sha256)
    return None if line is None else Inspection.from_json(line)


def _stage(seen: Observation | None, *, variant: bool = False) -> Stage | None:
    if seen is None or seen.sha256 is None:
        return None
    name = f"{seen.width}x{seen.height}" if variant and seen.width is not None else None
    return Stage(seen.sha256, seen.via, url=seen.url, variant=name, observation=seen.id)


def _put(ledger: Ledger, audit: Audit, seen: Observation) -> str:
    return ledger.put_verdict(audit.to_json(), work=seen.work, site=seen.site)


def _put_variants(ledger: Ledger, audit: Audit, served: Observation) -> list[str]:
    """Store the audit of a copy, and anew those of smaller copies of the same upload whose loss it narrows."""
    before = {
        verdict.served: verdict.audit
        for verdict in queries.verdicts(ledger, work=served.work, site=served.site, limit=None)
        if verdict.audit is not None and verdict.uploaded == _observation(audit.uploaded)
    }
    siblings = [
        seen
        for seen in queries.observations(ledger, work=served.work, site=served.site, stage="served", limit=None)
        if seen.id in before and seen.id != served.id and _area(seen) != _area(served)
    ]
    larger = [seen for seen in siblings if _area(seen) > _area(served)]
    ids = [_put(ledger, narrow(audit, _named(ledger, larger)), served)]
    own = _named(ledger, [served])
    for smaller in siblings:
        if _area(smaller) < _area(served):
            earlier = Audit.from_json(before[smaller.id])
            narrowed = narrow(earlier, own)
            if narrowed != earlier:
                ids.append(_put(ledger, narrowed, smaller))
    return ids


def _observation(stage: Stage | None) -> str | None:
    return None if stage is None else stage.observation


def _area(seen: Observation) -> int:
    return (seen.width or 0) * (seen.height or 0)


def _named(ledger: Ledger, seen: list[Observation]) -> list[tuple[str, Inspection]]:
    """Copies with the names of their sizes, the smallest first: the nearest size that still had it is named."""
    named = []
    for item in sorted(seen, key=_area):
        reading = _reading(ledger, item)
        if reading is not None:
            named.append((f"{item.width}x{item.height}", reading))
    return named
