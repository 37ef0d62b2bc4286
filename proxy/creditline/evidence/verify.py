"""A package checked offline: its hashes, its pictures, and each observation against the chain's hash of it.

It shows that nothing in the package was changed since it was made. Who made it, and when, it does not show by itself:
the digest that `evidence export` prints does, if it was kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from creditline.evidence import wacz
from creditline.evidence.package import OBSERVATIONS
from creditline.ledger.chain import Sealed, holds
from creditline.model.errors import PictureError
from creditline.model.observation import PERSONAL, Observation

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = "creditline/evidence/1"


@dataclass(frozen=True, slots=True)
class Check:
    """One question about a package; `detail` says what was found."""

    name: str
    holds: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking a package found; `digest` is the hash that stands for all of it."""

    digest: str
    checks: tuple[Check, ...]
    observations: int = 0
    redacted: int = 0

    @property
    def holds(self) -> bool:
        """Whether every check held."""
        return all(check.holds for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """For `evidence verify --json`."""
        return {
            "schema": SCHEMA,
            "holds": self.holds,
            "digest": self.digest,
            "observations": self.observations,
            "redacted": self.redacted,
            "checks": [{"name": c.name, "holds": c.holds, "detail": c.detail} for c in self.checks],
        }


def verify(path: Path) -> Verification:
    """What can be said of a package.

    Raises:
        PictureError: it cannot be read, or is none.
        LimitError: it is larger than a package is.
    """
    files = wacz.read(path)
    digest = hashlib.sha256(files[wacz.PACKAGE]).hexdigest()
    rows, readable = _rows(files.get(OBSERVATIONS))
    checks = (
        _sealed(files, digest),
        _listed(files),
        _pictures(files, rows),
        readable if not readable.holds else _chained(rows),
    )
    redacted = sum(
        any(row.digests.get(n) and getattr(row.observation, n) is None for n in PERSONAL) for row in rows
    )
    return Verification(digest, checks, len(rows), redacted)


def _sealed(files: dict[str, bytes], digest: str) -> Check:
    try:
        said = json.loads(files[wacz.DIGEST])["hash"]
    except (KeyError, ValueError, TypeError, RecursionError):
        return Check("digest", holds=False, detail=f"{wacz.DIGEST} is absent or cannot be read")
    fits = said == f"sha256:{digest}"
    return Check(
        "digest", fits, "the list of files is the one that was sealed" if fits else "the list was changed"
    )


def _listed(files: dict[str, bytes]) -> Check:
    try:
        listed = {str(item["path"]): str(item["hash"]) for item in json.loads(files[wacz.PACKAGE])["resources"]}
    except (KeyError, ValueError, TypeError, RecursionError):
        return Check("files", holds=False, detail=f"{wacz.PACKAGE} cannot be read")
    there = {name: content for name, content in files.items() if name not in {wacz.PACKAGE, wacz.DIGEST}}
    wrong = sorted(
        name
        for name in {*listed, *there}
        if name not in listed
        or name not in there
        or listed[name] != f"sha256:{hashlib.sha256(there[name]).hexdigest()}"
    )
    if wrong:
        return Check("files", holds=False, detail=f"changed, added or missing: {', '.join(wrong[:5])[:300]}")
    return Check("files", holds=True, detail=f"{len(listed)} files are as listed")


def _pictures(files: dict[str, bytes], rows: list[Sealed]) -> Check:
    try:
        found = list(wacz.payloads(files.get(wacz.ARCHIVE, b"")))
    except PictureError as error:
        return Check("pictures", holds=False, detail=str(error))
    wanted = {row.observation.sha256 for row in rows if row.observation.sha256}
    strange = [name for name in found if name not in wanted]
    if strange:
        return Check("pictures", holds=False, detail=f"a picture is of no observation: {strange[0]}")
    absent = len(wanted - set(found))
    more = f"; of {absent} only the hash was kept" if absent else ""
    return Check("pictures", holds=True, detail=f"{len(found)} pictures are those of the observations{more}")


def _chained(rows: list[Sealed]) -> Check:
    bad = next((row.observation.id for row in rows if not holds(row)), None)
    by_seq = {row.seq: row for row in rows}
    for row in rows:
        before = by_seq.get(row.seq - 1)
        if bad is None and before is not None and row.observation.prev != before.observation.chain:
            bad = row.observation.id
    if bad is not None:
        return Check("chain", holds=False, detail=f"observation {bad} is not what was appended")
    return Check("chain", holds=True, detail=f"{len(rows)} observations are as they were appended")


def _rows(content: bytes | None) -> tuple[list[Sealed], Check]:
    try:
        rows = [_row(json.loads(line)) for line in (content or b"").decode("utf-8").splitlines()]
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        return [], Check("chain", holds=False, detail=f"{OBSERVATIONS} cannot be read: {type(error).__name__}")
    return rows, Check("chain", holds=bool(rows), detail="" if rows else "there is no observation in it")


def _row(line: dict[str, Any]) -> Sealed:
    said: dict[str, Any] = dict(line["covered"])
    said.pop("schema", None)
    digests = {name: str(said[name]) for name in PERSONAL if said.get(name) is not None}
    personal = line["personal"]
    for name in PERSONAL:
        if name in said:
            said[name] = personal[name]["value"] if name in personal else None
    said["declared"] = tuple(said["declared"].items())
    salts = {name: bytes.fromhex(one["salt"]) for name, one in personal.items()}
    return Sealed(Observation(**said, chain=line["chain"]), int(line["seq"]), digests, salts)
