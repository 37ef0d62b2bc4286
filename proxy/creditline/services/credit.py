"""The user's own pictures, credited on their way up (`credit_uploads`): which they are, and what they lack.

Only a picture that is byte for byte or pixel for pixel one that was registered as the user's own is touched, never one
that merely looks alike, and never because a profile is there: credit on another's picture would be false credit
(17 U.S.C. § 1202(a)).
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creditline.model.errors import CreditlineError, UsageError
from creditline.services.errands import Errands, ledger_for
from creditline.services.restore import HOLDING
from creditline.vocab.fields import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from creditline.ledger.store import Ledger
    from creditline.model.settings import Settings
    from creditline.reattach.material import Material
    from creditline.reattach.plan import Plan

WAITING = 16
"""Uploads that wait for the worker; more than that go out as they are."""


@dataclass(frozen=True, slots=True)
class Credited:
    """What became of one picture on its way up.

    `outcome`: `credited` (then `data` is the picture with what it lacked, `fields` say what), `unknown` (no work of
    the user's own), `whole` (it lacks nothing), `refused`, or `failed`; `why` says more.
    """

    outcome: str
    data: bytes | None = None
    fields: tuple[str, ...] = ()
    why: str | None = None


def credit(path: Path, home: Path, *, target: str, database: str) -> dict[str, Any]:
    """The worker's job: write the picture at `path`, credited, to `target`; `{"outcome", "why", "fields"}`."""
    from creditline.reattach.material import material
    from creditline.reattach.plan import make_plan
    from creditline.reattach.write import write

    ledger = _ledger(home, database)
    data = path.read_bytes()
    firsts = list(originals(ledger, data))
    if not firsts:
        return {"outcome": "unknown", "why": None, "fields": []}
    before = material(data)
    if before.reading.c2pa.state in HOLDING:
        why = "it carries Content Credentials that hold, and writing would break them"
        return {"outcome": "refused", "why": why, "fields": []}
    now, result, fields = before, data, dict[str, None]()
    for first in firsts:
        source = material(first)
        plan = _credit_only(make_plan(source, now))
        if plan.steps:
            written = write(result, plan, source, now, at=datetime.now(UTC))
            if written.steps:
                fields |= dict.fromkeys(step.id for step in written.steps)
                result, now = written.data, material(written.data)
    with contextlib.suppress(UsageError):  # a field that says something else: then the profile stays out
        result, stamped = _stamped(result, now, home)
        fields |= dict.fromkeys(stamped)
    if not fields:
        return {"outcome": "whole", "why": None, "fields": []}
    Path(target).write_bytes(result)
    return {"outcome": "credited", "why": None, "fields": list(fields)}


def originals(ledger: Ledger, data: bytes) -> Iterator[bytes]:
    """The files of the user's own works that `data` is byte for byte or pixel for pixel, the oldest first."""
    from creditline.ledger import queries
    from creditline.pixels import canonical_hash

    sha256 = hashlib.sha256(data).hexdigest()
    found = {sha256: None}
    with contextlib.suppress(CreditlineError):  # what cannot be decoded can still be the same bytes
        found |= {row.sha256: None for row in queries.known_pixels(ledger, canonical_hash(data))}
    own = queries.own_originals(ledger, list(found))
    for one in own:
        if one == sha256:
            yield data
        elif ledger.blobs.has(one):
            yield ledger.blobs.get(one)


def _credit_only(plan: Plan) -> Plan:
    """Of a plan the steps for credit, terms and consent: nothing else is said in the user's name unasked."""
    wanted = {item.id for item in FIELDS if item.primary is not None or item.group == "consent"}
    return replace(plan, steps=tuple(step for step in plan.steps if step.id in wanted))


def _stamped(data: bytes, now: Material, home: Path) -> tuple[bytes, tuple[str, ...]]:
    """The picture, known to be the user's own, with what `[profile.default]` says of all their pictures."""
    from creditline.model.stamp_profile import StampProfile, profile
    from creditline.reattach.stamp import stamp

    said = profile(home, None, {})
    if said == StampProfile():
        return data, ()
    done = stamp(data, now, said, at=datetime.now(UTC))
    return done.data, done.written


_ledger = functools.lru_cache(maxsize=1)(ledger_for)


class Crediting:
    """Takes pictures in and gives futures; `close` ends the worker."""

    def __init__(self, home: Path, settings: Settings) -> None:
        busy = Credited("failed", why=f"{WAITING} pictures are waiting already")
        self._errands = Errands(home, settings, "credit", waiting=WAITING, busy=busy)

    def submit(self, data: bytes) -> Future[Credited]:
        """What becomes of a picture that is about to leave; the future never raises."""
        return self._errands.submit(self._credited, data)

    def close(self) -> None:
        """End the worker and remove what lies on the disk; uploads under way go out as they are."""
        self._errands.close()

    def _credited(self, data: bytes) -> Credited:
        try:
            answer, made = self._errands.run("credit", data, hashlib.sha256(data).hexdigest())
        except OSError as error:
            return Credited("failed", why=str(error))
        return Credited(answer["outcome"], made, tuple(answer.get("fields", ())), answer["why"])
