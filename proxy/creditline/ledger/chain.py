"""The chain of observations: each is hashed together with the hash before it (contract §5).

`chain` is the SHA-256 of the observation's RFC 8785 JSON without `chain` itself, `prev` included, in which a
personal field stands as the SHA-256 of salt + value in UTF-8, and None as null. Value and salt can therefore be
purged: the digest stays and the chain still verifies.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import rfc8785

from creditline.model.errors import LedgerError
from creditline.model.observation import PERSONAL, Observation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SALT_BYTES = 16
"""Bytes of salt per value: 128 bits, so that a known list of addresses cannot be tried against a digest."""

COVERED = (
    "schema",
    "id",
    "at",
    "site",
    "account",
    "profile",
    "stage",
    "role",
    "form",
    "url",
    "filename",
    "sha256",
    "bytes",
    "format",
    "width",
    "height",
    "work",
    "via",
    "exchange",
    "declared",
    "state",
    "missed",
    "prev",
)
"""The members of `creditline/observation/1` that are hashed. Frozen: one more member means a new schema."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An observation with its place in the chain, and for each personal field the digest and the salt.

    `salts` lacks a field once its value was purged. `broken` is a row whose stored form cannot even be read.
    """

    observation: Observation
    seq: int
    digests: Mapping[str, str] = field(default_factory=dict)
    salts: Mapping[str, bytes] = field(default_factory=dict)
    broken: bool = False


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a walk along the chain found.

    `checked` rows were looked at; `first_bad` is the id of the first that was edited, or that does not follow the
    one before it; `missing` counts numbers without a row, the end of the chain included.
    """

    ok: bool
    checked: int
    first_bad: str | None = None
    missing: int = 0

    def to_json(self) -> dict[str, Any]:
        """For `log --verify --json`."""
        return {
            "schema": "creditline/chain/1",
            "ok": self.ok,
            "checked": self.checked,
            "first_bad": self.first_bad,
            "missing": self.missing,
        }


def digest(salt: bytes, value: str) -> str:
    """Hex SHA-256 of salt + value in UTF-8."""
    return hashlib.sha256(salt + value.encode("utf-8")).hexdigest()


def covered(observation: Observation, digests: Mapping[str, str]) -> dict[str, Any]:
    """The members that are hashed, personal fields as digests: what evidence can show without naming anyone."""
    whole = observation.to_json()
    return {name: digests.get(name) if name in PERSONAL else whole[name] for name in COVERED}


def link(observation: Observation, digests: Mapping[str, str]) -> str:
    """The observation's `chain`: hex SHA-256 of its covered members in RFC 8785 form.

    Raises:
        LedgerError: a value that RFC 8785 cannot write (a number past 2^53, a lone surrogate).
    """
    try:
        return hashlib.sha256(rfc8785.dumps(covered(observation, digests))).hexdigest()
    except (rfc8785.CanonicalizationError, ValueError, TypeError, RecursionError) as error:
        raise LedgerError(
            f"observation {observation.id} cannot be chained: {error}", code="ledger_value"
        ) from error


def seal(observation: Observation, seq: int, prev: str | None) -> Sealed:
    """The observation as the next of the chain, with fresh salts."""
    salts: dict[str, bytes] = {}
    digests: dict[str, str] = {}
    for name in PERSONAL:
        value = getattr(observation, name, None)
        if value is not None:
            salts[name] = secrets.token_bytes(SALT_BYTES)
            digests[name] = digest(salts[name], value)
    placed = replace(observation, prev=prev, chain=None)
    return Sealed(replace(placed, chain=link(placed, digests)), seq, digests, salts)


def holds(row: Sealed) -> bool:
    """Whether a row still is what was appended, its place in the chain aside."""
    if row.broken or not isinstance(row.observation.chain, str):
        return False
    for name in PERSONAL:
        value = getattr(row.observation, name, None)
        if value is None:
            continue  # never there, or purged: then the digest alone vouches for it
        salt, known = row.salts.get(name), row.digests.get(name)
        if not (isinstance(value, str) and isinstance(salt, bytes) and isinstance(known, str)):
            return False
        if not hmac.compare_digest(digest(salt, value).encode(), known.encode()):
            return False
    try:
        expected = link(row.observation, row.digests)
    except LedgerError:
        return False
    return hmac.compare_digest(expected.encode(), row.observation.chain.encode())


def verify(rows: Iterable[Sealed], head: tuple[int, str | None] | None = None) -> ChainReport:
    """Walks the rows, in order of `seq` from the first; finds edits, removals, swaps and insertions.

    `head` is the number and `chain` of the last row as the ledger remembers them (number 0 when empty): without it
    rows cut off at the end go unnoticed.
    """
    checked = missing = last_seq = 0
    last_chain: str | None = None
    first_bad: str | None = None
    for row in rows:
        checked += 1
        missing += max(0, row.seq - last_seq - 1)
        follows = row.seq == last_seq + 1 and row.observation.prev == last_chain
        if first_bad is None and not (follows and holds(row)):
            first_bad = row.observation.id
        last_seq, last_chain = row.seq, row.observation.chain
    ends_well = True
    if head is not None:
        missing += max(0, head[0] - last_seq)
        ends_well = head == (last_seq, last_chain)
        if not ends_well and missing == 0 and first_bad is None and checked:
            first_bad = row.observation.id
    return ChainReport(first_bad is None and missing == 0 and ends_well, checked, first_bad, missing)
