"""What goes into a package: observations as the chain covers them, their pictures, readings and audits.

Redacted, it names nobody: addresses, accounts, names and places are left out, and the chain still verifies by their
hashes. Salts go with the values, so that nobody can guess a redacted value from its hash.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from creditline.evidence import wacz
from creditline.ledger import overview, queries
from creditline.ledger.chain import covered
from creditline.model.errors import LedgerError, NotFoundError, UsageError
from creditline.model.observation import PERSONAL
from creditline.vocab.fields import BY_ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from creditline.ledger.chain import Sealed
    from creditline.ledger.store import Ledger

OBSERVATIONS, READINGS, AUDITS = (
    "creditline/observations.jsonl",
    "creditline/readings.jsonl",
    "creditline/audits.jsonl",
)
MAX_PICTURES = 900 * 1024 * 1024
"""Bytes of pictures in one package: it is made, and checked, in memory."""


def export(ledger: Ledger, ids: Sequence[str], *, redact: bool, at: str) -> bytes:
    """The package of works, observations or audits, each named by its id.

    Raises:
        NotFoundError: nothing has that id.
        UsageError: more pictures than go into one package.
    """
    wanted, works, audits = _wanted(ledger, ids)
    rows = [row for row in ledger.sealed() if row.observation.id in wanted]
    pictures: list[wacz.Captured] = []
    seen: set[str] = set()
    size = 0
    for row in rows:
        sha256 = row.observation.sha256
        if sha256 is None or sha256 in seen or not ledger.blobs.has(sha256):
            continue
        seen.add(sha256)
        try:
            data = ledger.blobs.get(sha256)
        except LedgerError:  # damaged: then the package says by its absence what it can no longer show
            continue
        size += len(data)
        if size > MAX_PICTURES:
            raise UsageError(
                "these are more pictures than go into one package", next_step="export fewer at a time"
            )
        address = None if redact else row.observation.url
        mime = f"image/{row.observation.format}" if row.observation.format else "application/octet-stream"
        pictures.append(wacz.Captured(address or f"urn:sha256:{sha256}", row.observation.at, mime, data))
    hashes = dict.fromkeys(row.observation.sha256 for row in rows if row.observation.sha256)
    readings = [(name, queries.reading(ledger, name)) for name in hashes]
    judged = [
        verdict.audit
        for work in works
        for verdict in queries.verdicts(ledger, work=work, limit=None)
        if verdict.audit is not None
        and ({verdict.original, verdict.uploaded, verdict.served} - {None} <= wanted or verdict.id in audits)
    ]
    others = {
        OBSERVATIONS: _jsonl(_row(row, redact=redact) for row in rows),
        READINGS: _jsonl(
            {"sha256": name, "inspection": _reading(said, redact=redact)} for name, said in readings if said
        ),
        AUDITS: _jsonl(_audit(said, redact=redact) for said in judged),
    }
    title = f"Creditline: {len(rows)} observations{', redacted' if redact else ''}"
    return wacz.write(pictures, others, title=title, at=at)


def _wanted(ledger: Ledger, ids: Sequence[str]) -> tuple[set[str], set[str], set[str]]:
    """Ids of observations, of the works that they belong to, and of audits that were named."""
    wanted: set[str] = set()
    works: set[str] = set()
    audits: set[str] = set()
    for name in ids:
        try:
            detail = overview.work(ledger, name)
        except NotFoundError:
            pass
        else:
            wanted |= {seen.id for seen in detail.observations}
            works.add(name)
            continue
        try:
            verdict = queries.verdict(ledger, name)
        except NotFoundError:
            one = queries.observation(ledger, name)
            wanted.add(one.id)
            works |= {one.work} if one.work is not None else set()
        else:
            audits.add(verdict.id)
            wanted |= {stage for stage in (verdict.original, verdict.uploaded, verdict.served) if stage}
            works |= {verdict.work} if verdict.work is not None else set()
    return wanted, works, audits


def _row(row: Sealed, *, redact: bool) -> dict[str, Any]:
    personal = {
        name: {"value": getattr(row.observation, name), "salt": row.salts[name].hex()}
        for name in PERSONAL
        if not redact and name in row.salts and getattr(row.observation, name, None) is not None
    }
    return {
        "id": row.observation.id,
        "seq": row.seq,
        "covered": covered(row.observation, row.digests),
        "chain": row.observation.chain,
        "personal": personal,
    }


def _reading(said: dict[str, Any], *, redact: bool) -> dict[str, Any]:
    if not redact:
        return said
    known = {name for name, field in BY_ID.items() if field.private}
    return said | {
        "fields": [item for item in said["fields"] if item["id"] not in known],
        "resolved": {name: value for name, value in said["resolved"].items() if name not in known},
        "path": None,
    }


def _audit(said: dict[str, Any], *, redact: bool) -> dict[str, Any]:
    if not redact:
        return said
    known = {name for name, field in BY_ID.items() if field.private}
    stages = {name: stage and stage | {"url": None} for name, stage in said["stages"].items()}
    return said | {"stages": stages, "fields": [item for item in said["fields"] if item["id"] not in known]}


def _jsonl(lines: Iterable[dict[str, Any]]) -> bytes:
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines).encode("utf-8", "replace")
