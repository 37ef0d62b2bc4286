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

from creditline import __version__
from creditline.containers import coded, sniff
from creditline.fingerprints import geometry
from creditline.fingerprints.perceptual import KIND
from creditline.fingerprints.variants import codes
from creditline.model.audit import Match
from creditline.model.errors import ContainerError, CreditlineError, PictureError
from creditline.model.picture import Problem
from creditline.pipeline.match import Known, match
from creditline.reattach.material import material
from creditline.reattach.plan import Plan, Policy, make_plan
from creditline.reattach.write import write
from creditline.services.check import load, placement
from creditline.vocab.fields import BY_PLACE
from creditline.vocab.thresholds import VARIANT, WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from creditline.reattach.authority import Authority
    from creditline.reattach.material import Material
    from creditline.reattach.plan import Step
    from creditline.services.originals import KnownOriginal

SCHEMA = "creditline/restoration/1"
PROVED = frozenset({"bytes", "pixels", "binding"})
"""Ways of recognition that need no second look."""


HOLDING = frozenset({"trusted", "valid"})
"""States of Content Credentials that any change would break."""
NO_STORE = frozenset({"none", "not_examined", "remote"})


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs a restoration, under which title, with the time stamp of which RFC 3161 authority, if of any.

    `fingerprint` is the copy's code where it is known already.
    """

    authority: Authority
    title: str | None = None
    time_stamp: str | None = None
    fingerprint: bytes | None = None


@dataclass(frozen=True, slots=True)
class Restoration:
    """What became of one copy. `doubt` says why nothing may be written; `data` is None then, and in a dry run.

    `without_store`: the original's manifest store names a place, a person or a device that was not asked for, so the
    ingredient has none.
    """

    match: Match
    plan: Plan
    doubt: str | None = None
    data: bytes | None = None
    done: tuple[Step, ...] = ()
    problems: tuple[Problem, ...] = ()
    signed: bool = False
    without_store: bool = False

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
            "signed": self.signed,
            "manifest_withheld": self.without_store,
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
    signing: Signing | Callable[[], Signing] | None = None,
    known: KnownOriginal | None = None,
) -> Restoration:
    """The proof, the plan and, unless `dry` or in doubt, the file. `rule` names a binding that ties the two.

    `known` is what the ledger has said of the two already; it is not looked for again.

    With `signing` (a function gives it when it is needed, so that no key is made for nothing) a file that got
    anything back is signed, and so is one that lost the original's manifest alone. What cannot be signed is among the
    problems. Never raises on a picture's content.
    """
    if known is None:
        found = recognise(original, copy, rule=rule)
        first, served = material(original), material(copy)
    else:
        found, first, served = known.match, known.original, known.copy
    plan = make_plan(first, served, policy)
    doubt = doubt_about(found) or (_harm(served, plan) if signing is None else None)
    if doubt is not None or dry:
        return Restoration(found, plan, doubt)
    written = write(copy, plan, first, served, at=at or datetime.now(UTC))
    done = Restoration(found, plan, None, written.data, written.steps, written.problems)
    lost_store = first.reading.c2pa.state not in NO_STORE and served.reading.c2pa.state == "none"
    if signing is None or not (written.steps or (lost_store and not plan.steps)):
        return done
    asked = signing if isinstance(signing, Signing) else signing()
    return _signed(done, (original, first), (copy, served), policy or Policy(), asked)


def _signed(
    done: Restoration,
    original: tuple[bytes, Material],
    copy: tuple[bytes, Material],
    policy: Policy,
    signing: Signing,
) -> Restoration:
    """The restored file with a manifest; a copy whose own manifest holds is itself the parent."""
    from creditline.reattach import resign
    from creditline.reattach.statement import statement

    assert done.data is not None  # noqa: S101 - asked before
    parent, reading = (
        copy if copy[1].reading.c2pa.state in HOLDING else original,
        original[1].reading,
    )
    data, secretive = parent[0], _names_private(parent[1], policy)
    try:
        if secretive:
            data = sniff.replace(data, {"c2pa": []})
        signed = resign.sign_restored(
            done.data,
            copy[1].reading.format,
            signing.authority,
            resign.Parent(data, parent[1].reading.format, signing.title),
            statement(
                done.done,
                reading,
                same_pixels=done.match.method in {"bytes", "pixels"},
                algorithm=KIND,
                fingerprint=signing.fingerprint or plain(copy[0]),
            ),
            claim_generator=("Creditline", __version__),
            time_stamp=signing.time_stamp,
        )
        if not coded.same(done.data, signed):
            raise ContainerError("signing would have changed the coded picture")
    except CreditlineError as error:
        problem = Problem(error.code, f"it is not signed: {error}", "c2pa")
        # What was written may have broken the copy's manifest; without a new one the copy is better as it was.
        harmed = copy[1].reading.c2pa.state in HOLDING
        return replace(
            done,
            data=copy[0] if harmed else done.data,
            done=() if harmed else done.done,
            problems=(*done.problems, problem),
        )
    return replace(done, data=signed, signed=True, without_store=secretive)


def plain(data: bytes) -> bytes | None:
    """The code of the whole picture for the soft binding; None where it cannot be decoded."""
    return codes(data).plain.code


def _names_private(parent: Material, policy: Policy) -> bool:
    """Whether the parent's manifest store says anything private that was not asked for."""
    keys = [p.key for p in parent.reading.c2pa.properties]
    named = {
        known.id
        for key in keys
        if (known := BY_PLACE.get(("xmp", key))) is not None and known.private and known.id not in policy.private
    }
    place = any(key.startswith("exif:GPS") for key in keys) and "gps" not in policy.private
    return bool(named) or place


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
    if plan.steps and served.reading.c2pa.state in HOLDING:
        return "the copy carries Content Credentials that hold, and writing would break them"
    return None
