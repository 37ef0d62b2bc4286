"""Every statement that adds to the ledger, on a connection that already is the one writer's.

Callers hold `engine.writing`; nothing here commits. Observations and verdicts are only ever inserted.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from ulid import ULID

from creditline.ledger import chain, records, rows, scrub
from creditline.ledger.schema import (
    credentials,
    fingerprints,
    links,
    meta,
    missed,
    observations,
    outcomes,
    pictures,
    readings,
    verdicts,
    works,
)
from creditline.model.errors import LedgerError, NotFoundError
from creditline.model.observation import STAGES, VIA
from creditline.vocab.thresholds import CODE_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Connection

    from creditline.model.observation import Fingerprint, Observation

CODE_BYTES = 32
"""Bytes of a fingerprint's code: 256 bits, what the index holds."""

MAX_LABEL = 512
"""Characters of a manifest's label; those of the specification have some hundred."""

_HEAD = "head"
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_STATES = ("present", "unreadable", "not_examined")

# Built once: putting a statement together costs more than running it, and these run for every picture.
_HEAD_VALUE = sa.select(meta.c.value).where(meta.c.key == _HEAD)
_HEAD_LOCKED = _HEAD_VALUE.with_for_update()
_MOVE_HEAD = meta.update().where(meta.c.key == _HEAD)
_KNOWN_WORK = sa.select(works.c.id).where(works.c.id == sa.bindparam("work"))
_KNOWN_PICTURE = sa.select(pictures).where(pictures.c.sha256 == sa.bindparam("picture"))
_NO_CREDENTIAL = credentials.delete().where(credentials.c.sha256 == sa.bindparam("picture"))
_FILL_PICTURE = pictures.update().where(pictures.c.sha256 == sa.bindparam("picture"))
_THIS_PRINT = (
    fingerprints.c.sha256 == sa.bindparam("picture"),
    fingerprints.c.kind == sa.bindparam("algorithm"),
)
_HELD_PRINT = sa.select(fingerprints.c.code, fingerprints.c.work).where(*_THIS_PRINT)
_SAME_PRINT = fingerprints.update().where(*_THIS_PRINT)
_DROP_PRINT = fingerprints.delete().where(*_THIS_PRINT)


def new_id() -> str:
    """A fresh ULID."""
    return str(ULID())


def head(connection: Connection, *, lock: bool = False) -> tuple[int, str | None]:
    """Number and `chain` of the last observation, (0, None) for none; locked until the transaction ends."""
    value = connection.execute(_HEAD_LOCKED if lock else _HEAD_VALUE).scalar_one()
    number, _, last = value.partition(":")
    return int(number), last or None


def append(connection: Connection, seen: Observation, part: str | None, now: str) -> Observation:
    """Adds an observation and gives it back with its place in the chain.

    The same picture at the same stage of the same exchange is recorded once: the first record is given back.
    """
    seen = scrub.observation(seen)
    _check(seen)
    seq, last = head(connection, lock=True)
    if (known := recorded(connection, seen, part)) is not None:
        return known
    if seen.work is not None:
        _work(connection, seen.work)
    if seen.sha256 is not None:
        picture(connection, seen.sha256, now, seen.bytes, seen.format, seen.width, seen.height)
    sealed = chain.seal(seen, seq + 1, last)
    connection.execute(observations.insert(), records.to_row(sealed, _part(part)))
    connection.execute(_MOVE_HEAD, {"value": f"{sealed.seq}:{sealed.observation.chain}"})
    return sealed.observation


def recorded(connection: Connection, seen: Observation, part: str | None) -> Observation | None:
    """What the observation's exchange already left of this picture at this stage."""
    if seen.exchange is None:
        return None
    found = connection.execute(
        sa.select(observations).where(
            observations.c.exchange == scrub.text(seen.exchange),
            observations.c.stage == seen.stage,
            observations.c.part == _part(part),
            observations.c.sha256.is_not_distinct_from(seen.sha256),
        )
    )
    row = found.mappings().first()
    return None if row is None else records.observation_of(row)


def _part(part: str | None) -> str:
    return scrub.text(part) if part else ""


def _check(seen: Observation) -> None:
    wrong = [
        name
        for name, fine in (
            ("id", 0 < len(seen.id) <= 64 and seen.id.isascii()),
            ("stage", seen.stage in STAGES),
            ("via", seen.via in VIA),
            ("state", seen.state in _STATES),
            ("sha256", seen.sha256 is None or _SHA256.fullmatch(seen.sha256)),
            ("exchange", seen.exchange is None or len(seen.exchange) <= 64),
        )
        if not fine
    ]
    if wrong:
        raise LedgerError(f"an observation cannot have this {', '.join(wrong)}", code="ledger_value")


def _work(connection: Connection, work: str) -> None:
    if connection.execute(_KNOWN_WORK, {"work": work}).first() is None:
        raise NotFoundError(f"there is no work {work!r:.80}")


def picture(
    connection: Connection,
    sha256: str,
    now: str,
    size: int | None = None,
    kind: str | None = None,
    width: int | None = None,
    height: int | None = None,
) -> None:
    """Makes the picture known, or fills in what was not known of it."""
    if not _SHA256.fullmatch(sha256):
        raise LedgerError(f"{sha256!r:.80} is not the SHA-256 of a picture", code="ledger_value")
    facts = {"bytes": size, "format": kind[:32] if kind else None, "width": width, "height": height}
    row = connection.execute(_KNOWN_PICTURE, {"picture": sha256}).mappings().first()
    if row is None:
        connection.execute(pictures.insert(), {"sha256": sha256, "kept": False, "first_seen": now, **facts})
        return
    news = {name: value for name, value in facts.items() if value is not None and row[name] is None}
    if news:
        connection.execute(_FILL_PICTURE, {"picture": sha256, **news})


def keep(connection: Connection, sha256: str, size: int) -> None:
    """Notes that the picture's bytes, so many, are in the store."""
    connection.execute(_FILL_PICTURE, {"picture": sha256, "kept": True, "bytes": size})


def reading(connection: Connection, sha256: str, inspection: Mapping[str, Any], reader: str, now: str) -> None:
    """One reading per picture and reader version, the latest put being the newest. Local paths are left out."""
    facts = {name: inspection.get(name) for name in ("bytes", "format", "width", "height")}
    picture(connection, sha256, now, facts["bytes"], facts["format"], facts["width"], facts["height"])
    connection.execute(readings.delete().where(readings.c.sha256 == sha256, readings.c.reader == reader))
    kept = scrub.document({**inspection, "path": None})
    connection.execute(readings.insert().values(sha256=sha256, reader=reader, at=now, inspection=kept))
    _credential(connection, sha256, (inspection.get("c2pa") or {}).get("label"))


def _credential(connection: Connection, sha256: str, label: object) -> None:
    """Which manifest the picture carries, for whoever asks by the manifest's label."""
    connection.execute(_NO_CREDENTIAL, {"picture": sha256})
    if isinstance(label, str) and 0 < len(label) <= MAX_LABEL:
        connection.execute(credentials.insert(), {"label": scrub.text(label), "sha256": sha256})


def fingerprint(connection: Connection, sha256: str, print_: Fingerprint, work: str | None, now: str) -> None:
    """One fingerprint per picture and kind. A work, once known, is not forgotten by a later call without one."""
    if print_.code is not None and len(print_.code) != CODE_BYTES:
        raise LedgerError(f"a code has {CODE_BYTES} bytes, not {len(print_.code)}", code="ledger_value")
    if work is not None:
        _work(connection, work)
    picture(connection, sha256, now)
    values: dict[str, Any] = {
        "code": print_.code,
        "quality": print_.quality,
        "pixels": print_.pixels,
        "missed": None if print_.missed is None else scrub.text(print_.missed),
        "version": CODE_VERSION,
        "luma": print_.luma,
    }
    which = {"picture": sha256, "algorithm": print_.kind}
    held = connection.execute(_HELD_PRINT, which).first()
    if held is not None:
        values["work"] = work or held.work
        if (held.code, held.work) == (print_.code, values["work"]):
            connection.execute(_SAME_PRINT, {**which, **values})
            return
        # A new number tells other processes' indexes, which look for higher ones only, that there is something new.
        connection.execute(_DROP_PRINT, which)
    else:
        values["work"] = work
    connection.execute(fingerprints.insert(), {"sha256": sha256, "kind": print_.kind, **values})


def new_work(connection: Connection, new: rows.NewWork, sha256: str | None, now: str) -> str:
    """A fresh work's id."""
    work = new_id()
    title = None if new.title is None else scrub.text(new.title)
    connection.execute(
        works.insert().values(id=work, at=now, title=title, sha256=sha256, mine=new.mine, state=rows.OPEN)
    )
    return work


def link(connection: Connection, rule: str, key: str, work: str | None, observation: str, now: str) -> None:
    """Where a served address or id leads; the newest upload wins."""
    rule, key = rule[:128], scrub.key(key)
    values = {"work": work, "observation": observation, "at": now}
    this = (links.c.rule == rule) & (links.c.key == key)
    if not connection.execute(links.update().where(this).values(**values)).rowcount:
        connection.execute(links.insert().values(rule=rule, key=key, **values))


def verdict(connection: Connection, audit: Mapping[str, Any], facts: Mapping[str, Any], now: str) -> str:
    """A computed audit, added beside older ones; `facts` are the other columns. Gives its id.

    Addresses are left out of the stored audit: queries put them back from the observations until those are purged.
    """
    stages = audit.get("stages") or {}
    bare = {name: {**stage, "url": None} if stage else None for name, stage in stages.items()}
    summary = audit.get("summary") or {}
    identity = new_id()
    _replace_older(connection, facts)
    added = connection.execute(
        verdicts.insert().values(
            id=identity,
            at=now,
            audit={**audit, "stages": bare},
            match=(audit.get("match") or {}).get("verdict"),
            lost=any(summary.get(k) is True for k in ("cmi_lost", "ai_label_lost", "c2pa_lost", "consent_lost")),
            **facts,
        )
    )
    assert added.inserted_primary_key is not None  # noqa: S101 - an INSERT of one row has one
    seq = added.inserted_primary_key[0]
    hops = _hops(audit)
    if counted := _outcomes(audit):
        connection.execute(
            outcomes.insert(),
            [
                {
                    "verdict": seq,
                    "kind": kind,
                    "name": name[:128],
                    "outcome": outcome,
                    "times": times,
                    "hop": hops.get((kind, name, outcome)),
                }
                for (kind, name, outcome), times in counted.items()
            ],
        )
    return identity


def _replace_older(connection: Connection, facts: Mapping[str, Any]) -> None:
    """Of the verdicts on one copy of a work (where none was served, on one upload) only the newest holds."""
    alike = [verdicts.c[name].is_not_distinct_from(facts.get(name)) for name in ("work", "served", "variant")]
    if facts.get("served") is None:
        alike.append(verdicts.c.uploaded.is_not_distinct_from(facts.get("uploaded")))
    connection.execute(verdicts.update().where(*alike, verdicts.c.holds).values(holds=False))


def _hops(audit: Mapping[str, Any]) -> dict[tuple[str, str, str], str]:
    """(kind, name, outcome) → the two stages between which it came about, joined by `>`."""
    items = [("field", item["id"], item) for item in audit.get("fields") or ()]
    items += [("judgement", name, audit.get(name) or {}) for name in ("c2pa", "ai", "consent")]
    return {
        (kind, name, item["outcome"]): ">".join(map(str, item["lost_between"]))[:64]
        for kind, name, item in items
        if item.get("lost_between")
    }


def _outcomes(audit: Mapping[str, Any]) -> Counter[tuple[str, str, str]]:
    found: Counter[tuple[str, str, str]] = Counter()
    for item in audit.get("fields") or ():
        found["field", item["id"], item["outcome"]] += 1
    for item in audit.get("carriers") or ():
        found["carrier", item["carrier"], item["outcome"]] += 1
    for name in ("c2pa", "ai", "consent"):
        if outcome := (audit.get(name) or {}).get("outcome"):
            found["judgement", name, outcome] += 1
    return found


def miss(
    connection: Connection, code: str, message: str, site: str | None, exchange: str | None, now: str
) -> None:
    """Counts something that could not be recorded, one row per code and site."""
    code, place = scrub.text(code, 64), scrub.text(site or "", 255)
    values = {"at": now, "message": scrub.text(message), "exchange": exchange[:64] if exchange else None}
    this = (missed.c.code == code) & (missed.c.site == place)
    counted = missed.update().where(this).values(times=missed.c.times + 1, **values)
    if not connection.execute(counted).rowcount:
        connection.execute(missed.insert().values(code=code, site=place, times=1, **values))
