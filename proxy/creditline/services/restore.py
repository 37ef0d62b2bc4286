"""Putting back what a copy lost: who the original is, whether that is proved, and the file that results.

Credit on the wrong picture is false credit. So a copy is written only where equal bytes, equal pixels, a binding or
aligning the two shows that it is the original, whole or a part of it; anything weaker is shown and not written.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creditline.fingerprints import geometry
from creditline.fingerprints.variants import codes
from creditline.model.audit import Match
from creditline.model.errors import PictureError
from creditline.model.picture import Problem
from creditline.pipeline.match import Known, match
from creditline.reattach.material import material
from creditline.reattach.plan import Plan, Policy, make_plan
from creditline.reattach.write import write
from creditline.services.check import load, placement
from creditline.vocab.thresholds import VARIANT, WHOLE

if TYPE_CHECKING:
    from creditline.reattach.material import Material
    from creditline.reattach.plan import Step

SCHEMA = "creditline/restoration/1"
PROVED = frozenset({"bytes", "pixels", "binding"})
"""Ways of recognition that need no second look."""


@dataclass(frozen=True, slots=True)
class Restoration:
    """What became of one copy. `doubt` says why nothing may be written; `data` is None then, and in a dry run."""

    match: Match
    plan: Plan
    doubt: str | None = None
    data: bytes | None = None
    done: tuple[Step, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether all that could be wanted back is back: nothing that the format cannot hold, no carrier failed."""
        return not self.plan.left and not self.problems

    def to_json(self) -> dict[str, Any]:
        """A line of `creditline restore --json`, without the files' names."""
        return {
            "schema": SCHEMA,
            "match": self.match.to_json(),
            "doubt": self.doubt,
            "plan": self.plan.to_json(),
            "written": None if self.data is None else list(dict.fromkeys(step.id for step in self.done)),
            "problems": [problem.to_json() for problem in self.problems],
        }


def restore(copy: Path | bytes, original: Path | bytes, *, policy: Policy | None = None) -> bytes:
    """The copy's file with what it lost of the original's metadata; the picture in it stays bit for bit (contract §7).

    It is not signed. The copy comes back as it is where it lost nothing.

    Raises:
        PictureError: a path that cannot be read; not shown to be the same work (code `unproved`); unwritable.
    """
    served, first = (item if isinstance(item, bytes) else load(item) for item in (copy, original))
    done = restoration(served, first, policy=policy)
    if done.doubt is not None:
        raise PictureError(f"nothing was restored: {done.doubt}", code="unproved")
    if done.data is None or (done.plan.steps and not done.done):
        why = done.problems[0].message if done.problems else "nothing could be written"
        raise PictureError(f"nothing was restored: {why}", code="unwritable")
    return done.data


def restoration(
    copy: bytes,
    original: bytes,
    *,
    policy: Policy | None = None,
    rule: str | None = None,
    at: datetime | None = None,
    dry: bool = False,
) -> Restoration:
    """The proof, the plan and, unless `dry` or in doubt, the file. `rule` names a binding that ties the two.

    Never raises on a picture's content.
    """
    found = recognise(original, copy, rule=rule)
    first, served = material(original), material(copy)
    plan = make_plan(first, served, policy)
    doubt = doubt_about(found) or _harm(served, plan)
    if doubt is not None or dry:
        return Restoration(found, plan, doubt)
    written = write(copy, plan, first, served, at=at or datetime.now(UTC))
    return Restoration(found, plan, None, written.data, written.steps, written.problems)


def recognise(original: bytes, copy: bytes, *, rule: str | None = None) -> Match:
    """How the copy is known to be the original, by the strongest proof there is."""
    if original == copy or rule is not None:
        return match(_bare(original), _bare(copy), rule=rule)
    first, last = codes(original), codes(copy)
    known = (
        Known(_bare(original).sha256, first.plain, crops=first.crops),
        Known(_bare(copy).sha256, last.plain, forms=last.forms),
    )
    judged = match(*known)
    if judged.method in PROVED:
        return judged
    found = placement(original, copy)
    if found is None:
        return judged
    # `match` asks a placement only where fingerprints leave it open; here it is the proof that is wanted.
    placed = match(Known(known[0].sha256), Known(known[1].sha256), placement=found)
    return replace(placed, distance=judged.distance, quality=judged.quality)


def _bare(data: bytes) -> Known:
    return Known(hashlib.sha256(data).hexdigest())


def doubt_about(found: Match) -> str | None:
    """Why a match is too weak to write by, or None where it is proof."""
    if not found.same:
        return (
            "the copy does not show the original"
            if found.verdict == "different"
            else "it is not sure that it does"
        )
    if found.method in PROVED:
        return None
    if found.method == "geometry":
        filled = (found.geometry or {}).get("filled", 0.0)
        if filled >= WHOLE:
            return None
        return f"the original fills only {filled:.0%} of the copy, and the rest is not its author's"
    if geometry.available():
        return "the two look alike, but laid over each other they do not agree in their detail"
    if found.distance is not None and found.distance <= VARIANT.distance and found.verdict == "same-work":
        return None
    return "the two look alike, but that alone is no proof; the extra `geometry` can lay them over each other"


def _harm(served: Material, plan: Plan) -> str | None:
    """Content Credentials that hold would hold no longer: a manifest binds every byte outside itself."""
    if plan.steps and served.reading.c2pa.state in {"trusted", "valid"}:
        return "the copy carries Content Credentials that hold, and writing would break them"
    return None
