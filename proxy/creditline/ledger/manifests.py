"""C2PA manifests by id, and the soft bindings that lead to them (the recovery API's side of the ledger).

A manifest is either posted, then its bytes lie in `manifests`, or inside a picture that is kept, then `credentials`
says in which. A posted one goes before a picture's of the same id.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from creditline.ledger.schema import bindings, credentials, manifests, meta, observations, pictures
from creditline.ledger.selects import portions
from creditline.model.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.engine import Connection

    from creditline.ledger.store import Ledger

KNOWN_STAGES = ("original", "uploaded")
"""Whose pictures stand for a work; a served copy's own manifest is the site's."""
MAX_NEAR = 10_000
"""Posted codes that one question is compared with at a time; the rest follow in further pages."""
_SECRET = "receipts"  # noqa: S105 - the name of a row


@dataclass(frozen=True, slots=True)
class StoredManifest:
    """A posted manifest store; `opaque` where its bytes were taken without being understood."""

    id: str
    sha256: str
    store: bytes
    opaque: bool
    at: str


@dataclass(frozen=True, slots=True)
class Binding:
    """One soft binding value as it was given. `code` is its meaning to the algorithm `kind` that we compute."""

    value: str
    alg: str = ""
    code: bytes | None = None
    kind: str | None = None


def key(value: str) -> str:
    """What a value is looked up by: values may be long, an index is not."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def put(ledger: Ledger, manifest: StoredManifest, bound: Iterable[Binding] = ()) -> None:
    """Adds a manifest store and what it binds itself to; the same bytes once more change nothing.

    Raises:
        ConflictError: other bytes have that id.
    """
    with ledger.writes() as connection:
        known = connection.execute(sa.select(manifests.c.sha256).where(manifests.c.id == manifest.id)).scalar()
        if known is not None and known != manifest.sha256:
            raise ConflictError("another manifest store has this id", next_step="delete that one first")
        if known is None:
            connection.execute(
                manifests.insert().values(
                    id=manifest.id,
                    sha256=manifest.sha256,
                    store=manifest.store,
                    opaque=manifest.opaque,
                    at=manifest.at,
                )
            )
        for binding in bound:
            _bind(connection, binding, manifest.id, manifest.at)


def get(ledger: Ledger, identity: str) -> StoredManifest | None:
    """A posted manifest store, None when there is none of that id."""
    return _one(ledger, manifests.c.id == identity)


def by_bytes(ledger: Ledger, sha256: str) -> StoredManifest | None:
    """A posted manifest store with these bytes."""
    return _one(ledger, manifests.c.sha256 == sha256)


def has(ledger: Ledger, identity: str) -> bool:
    """Whether a manifest of that id was posted, or lies in a kept picture."""
    with ledger.reads() as connection:
        posted = connection.execute(sa.select(manifests.c.id).where(manifests.c.id == identity)).first()
    return posted is not None or bool(pictures_with(ledger, identity))


def _one(ledger: Ledger, condition: sa.ColumnElement[bool]) -> StoredManifest | None:
    with ledger.reads() as connection:
        row = connection.execute(sa.select(manifests).where(condition).limit(1)).mappings().first()
    return None if row is None else StoredManifest(**row)


def pictures_with(ledger: Ledger, identity: str) -> list[str]:
    """SHA-256 of kept pictures whose active manifest has that id, first seen first."""
    query = (
        sa.select(credentials.c.sha256)
        .join(pictures, pictures.c.sha256 == credentials.c.sha256)
        .where(credentials.c.label == identity, pictures.c.kept)
        .order_by(pictures.c.first_seen, pictures.c.sha256)
    )
    with ledger.reads() as connection:
        return list(connection.execute(query.limit(8)).scalars())


def remove(ledger: Ledger, identity: str) -> bool:
    """Takes a posted manifest store and its bindings away; False when it is not there."""
    with ledger.writes() as connection:
        gone = connection.execute(manifests.delete().where(manifests.c.id == identity)).rowcount
        if gone:
            connection.execute(bindings.delete().where(bindings.c.manifest == identity))
    return bool(gone)


def bind(ledger: Ledger, binding: Binding, manifest: str, at: str) -> None:
    """Lets a value lead to a manifest, beside others that it leads to."""
    with ledger.writes() as connection:
        _bind(connection, binding, manifest, at)


def rebind(ledger: Ledger, binding: Binding, manifest: str, at: str) -> bool:
    """Lets a known value lead to this manifest and no other; False for a value that is not known."""
    with ledger.writes() as connection:
        this = bindings.c.key == key(binding.value)
        if binding.alg:
            this &= bindings.c.alg.in_((binding.alg, ""))
        if not connection.execute(bindings.delete().where(this)).rowcount:
            return False
        _bind(connection, binding, manifest, at)
    return True


def _bind(connection: Connection, binding: Binding, manifest: str, at: str) -> None:
    this = {"key": key(binding.value), "alg": binding.alg, "manifest": manifest}
    known = [column == this[name] for name, column in bindings.c.items() if name in this]
    if connection.execute(sa.select(bindings.c.key).where(*known)).first() is None:
        values = {"value": binding.value, "code": binding.code, "kind": binding.kind, "at": at}
        connection.execute(bindings.insert().values(**this, **values))


def bound_to(ledger: Ledger, value: str, alg: str, limit: int) -> list[str]:
    """Manifests that exactly this value leads to, the oldest binding first; one without algorithm serves any."""
    query = (
        sa.select(bindings.c.manifest)
        .where(bindings.c.key == key(value), bindings.c.alg.in_((alg, "")))
        .group_by(bindings.c.manifest)
        .order_by(sa.func.min(bindings.c.at), bindings.c.manifest)
        .limit(limit)
    )
    with ledger.reads() as connection:
        return list(connection.execute(query).scalars())


def bound_near(ledger: Ledger, code: bytes, kind: str, radius: int) -> dict[str, int]:
    """Manifests that a code within so many bits leads to, with the least distance."""
    asked = int.from_bytes(code)
    found: dict[str, int] = {}
    query = sa.select(bindings.c.manifest, bindings.c.code).where(bindings.c.kind == kind)
    with ledger.reads() as connection:
        rows = connection.execution_options(yield_per=MAX_NEAR).execute(query)
        for manifest, posted in rows:
            far = (int.from_bytes(posted) ^ asked).bit_count()
            if far <= radius:
                found[manifest] = min(far, found.get(manifest, far))
    return found


def carried(ledger: Ledger, sha256s: Sequence[str]) -> dict[str, list[str]]:
    """For each picture the ids of the manifests that it, or another original or upload of its work, carries."""
    asked, other = observations.alias("asked"), observations.alias("other")
    found: dict[str, list[str]] = {}
    with ledger.reads() as connection:
        for some in portions(list(sha256s)):
            query = (
                sa.select(asked.c.sha256, credentials.c.label)
                .join(other, other.c.work == asked.c.work)
                .join(credentials, credentials.c.sha256 == other.c.sha256)
                .join(pictures, pictures.c.sha256 == other.c.sha256)
                .where(
                    asked.c.sha256.in_(some),
                    asked.c.purged.is_(None),
                    asked.c.stage.in_(KNOWN_STAGES),
                    other.c.purged.is_(None),
                    other.c.stage.in_(KNOWN_STAGES),
                    pictures.c.kept,
                )
                .distinct()
                .order_by(asked.c.sha256, credentials.c.label)
            )
            for sha256, label in connection.execute(query):
                found.setdefault(sha256, []).append(label)
    return found


def receipt_secret(ledger: Ledger) -> bytes:
    """The secret that this ledger's receipts are made with; 32 random bytes, made when first asked for."""
    query = sa.select(meta.c.value).where(meta.c.key == _SECRET)
    with ledger.reads() as connection:
        known = connection.execute(query).scalar()
    if known is None:
        with ledger.writes() as connection:
            known = connection.execute(query).scalar()
            if known is None:
                known = secrets.token_hex(32)
                connection.execute(meta.insert().values(key=_SECRET, value=known))
    return bytes.fromhex(str(known))
