"""What queries give back: frozen values, times as ISO 8601 in UTC. Observations are `model.Observation`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from creditline.model.observation import Fingerprint, Observation

CASE = "case"
OPEN = "open"
PURGED = "purged"

type Outcomes = Mapping[str, Mapping[str, int]]
"""Name (a field, a carrier, `c2pa` …) → outcome → how often."""


@dataclass(frozen=True, slots=True)
class NewWork:
    """A work to be made together with its first observation."""

    title: str | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything one picture seen at one stage leaves in the ledger, written whole or not at all.

    `part` tells apart the pictures of one exchange. `data` or `file` are bytes to keep, and must have the
    observation's `sha256`. `links` are (rule, key) pairs that later lead from a served copy to this observation.
    With `work` a new work is made and the observation belongs to it.
    """

    observation: Observation
    part: str | None = None
    data: bytes | None = None
    file: Path | None = None
    reading: Mapping[str, Any] | None = None
    fingerprints: tuple[Fingerprint, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    work: NewWork | None = None


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A work at a glance. `thumbnail` is the SHA-256 of a kept picture of it; `sites` the latest first."""

    id: str
    at: str
    title: str | None
    sha256: str | None
    mine: bool
    state: str
    originals: int = 0
    uploaded: int = 0
    served: int = 0
    exported: int = 0
    verdicts: int = 0
    last_seen: str | None = None
    sites: tuple[str, ...] = ()
    thumbnail: str | None = None


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One computed audit. `audit` is contract §4's JSON, None once purged; `outcomes` outlives it.

    `original`, `uploaded` and `served` are ids of observations.
    """

    id: str
    at: str
    version: str
    original: str | None
    uploaded: str | None
    served: str | None
    work: str | None
    site: str | None
    variant: str | None
    match: str | None
    lost: bool
    audit: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class WorkDetail:
    """A work with all that was seen of it, oldest first."""

    work: WorkRow
    observations: tuple[Observation, ...]
    verdicts: tuple[VerdictRow, ...]


@dataclass(frozen=True, slots=True)
class SiteRow:
    """What is known of a site. Outcomes count the latest verdict of each served copy that is the same work."""

    site: str
    uploaded: int
    served: int
    works: int
    last_seen: str
    verdicts: int = 0
    lost: int = 0
    fields: Outcomes = field(default_factory=dict)
    carriers: Outcomes = field(default_factory=dict)
    judgements: Outcomes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MissRow:
    """Something that could not be recorded, and how often; message and exchange are the last one's."""

    code: str
    site: str | None
    at: str
    message: str
    exchange: str | None
    times: int


@dataclass(frozen=True, slots=True)
class LinkRow:
    """Where a served address or id leads."""

    rule: str
    key: str
    work: str | None
    observation: str
    at: str


@dataclass(frozen=True, slots=True)
class FingerprintRow:
    """A picture's fingerprint and the work it belongs to."""

    sha256: str
    work: str | None
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class PictureRow:
    """A picture by its bytes. `kept` says whether they are in the store."""

    sha256: str
    bytes: int | None
    format: str | None
    width: int | None
    height: int | None
    kept: bool
    first_seen: str


@dataclass(frozen=True, slots=True)
class Counts:
    """The ledger in numbers, for `status`. `bytes` is the size of the kept pictures."""

    observations: int = 0
    originals: int = 0
    uploaded: int = 0
    served: int = 0
    exported: int = 0
    works: int = 0
    sites: int = 0
    stripping_sites: tuple[str, ...] = ()
    verdicts: int = 0
    pictures: int = 0
    bytes: int = 0
    fingerprints: int = 0
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge took away, or would: `values` personal values, `pictures` SHA-256 whose bytes, readings and
    fingerprints are gone (an index in memory must drop them too), `bytes` on disk."""

    observations: int = 0
    values: int = 0
    readings: int = 0
    fingerprints: int = 0
    verdicts: int = 0
    links: int = 0
    works: int = 0
    bytes: int = 0
    pictures: tuple[str, ...] = ()
    dry_run: bool = False
