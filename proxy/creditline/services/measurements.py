"""Measurement files: counts that one person hands to another, so that audits of many can be put together.

A file holds sites, dates of site profiles and outcomes; no address, no account, no picture, no name of one. Rows under
five postings are left out, and sites without a profile: a host that somebody added may say who that is. It is signed
with a key that is made for the file and thrown away: whoever reads it can tell that it was not changed, and no two
files can be tied to one person by their keys.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from creditline import __version__
from creditline.ledger import tallies
from creditline.model.errors import LimitError, UsageError
from creditline.vocab.scoreboard import BY_ID as COLUMNS
from creditline.vocab.scoreboard import GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from creditline.ledger.store import Ledger

SCHEMA = "creditline/measurement/1"
FOLDER = "measurements"
"""Where imported files are kept, in the data folder, named by the hash of their key."""
LEAST_POSTINGS = 5
MAX_FILE = 8 * 1024 * 1024
"""Bytes: some 20,000 rows, more than all sites that there are profiles for."""
MAX_ROWS = 20_000
MAX_FILES = 1_000
MAX_NUMBER = 1_000_000_000
_SITE = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?")
_NAME = re.compile(r"[a-z0-9_.]{1,64}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_KINDS = ("column", "field", "judgement")


class Row(NamedTuple):
    """One name on one site under one profile: postings by outcome."""

    site: str
    profile: str
    kind: str
    name: str
    outcomes: Mapping[str, int]


class Seen(NamedTuple):
    """A site's postings in a file, and the day of the last."""

    postings: int
    last: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """A file that was read and whose signature holds. `key` is the SHA-256 of its key, in hex."""

    key: str
    sites: Mapping[str, Seen]
    rows: tuple[Row, ...]


def export(ledger: Ledger) -> bytes:
    """A measurement file of this ledger, signed.

    Raises:
        UsageError: no site has enough postings yet.
    """
    counted: dict[tuple[str, str, str, str], dict[str, int]] = {}
    for tally in (
        *tallies.fields(ledger, by_profile=True),
        *tallies.fields(ledger, by_profile=True, groups=GROUPS),
    ):
        if tally.site and tally.profile:
            kind = "column" if tally.kind == "group" else tally.kind
            by = counted.setdefault((tally.site, tally.profile, kind, tally.name), {})
            by[tally.outcome] = by.get(tally.outcome, 0) + tally.times
    rows = [
        {"site": site, "profile": profile, "kind": kind, "name": name, "n": sum(by.values()), "outcomes": by}
        for (site, profile, kind, name), by in sorted(counted.items())
        if sum(by.values()) >= LEAST_POSTINGS and _well_named(site, profile, kind, name)
    ]
    named = {row["site"] for row in rows}
    sites = {
        row.site: {"postings": row.postings, "last": row.last[:10]}
        for row in tallies.sites(ledger)
        if row.site in named and row.postings >= LEAST_POSTINGS
    }
    rows = [row for row in rows if row["site"] in sites]
    if not rows:
        raise UsageError(
            f"no site with a profile has {LEAST_POSTINGS} postings yet; fewer are never exported",
            next_step="creditline probe makes pictures to upload",
        )
    key = Ed25519PrivateKey.generate()
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "tool": f"creditline {__version__}",
        "made": ledger.now()[:10],
        "sites": sites,
        "rows": rows,
        "key": _text(key.public_key().public_bytes_raw()),
    }
    document["signature"] = _text(key.sign(rfc8785.dumps(document)))
    _own(ledger.home, _key_name(document["key"]))
    return (json.dumps(document, indent=1) + "\n").encode("ascii")


def take_in(home: Path, data: bytes) -> Measurement:
    """Keeps a file that somebody handed over; taken twice it still counts once.

    Raises:
        UsageError: it is no measurement file, was changed after it was signed, or was exported here.
        LimitError: it is larger than any such file, or there are too many.
    """
    measurement = read(data)
    folder = home / FOLDER
    if measurement.key in _owned(home):
        raise UsageError("this file was exported here; what it counts is in this ledger already")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{measurement.key}.json"
    if not path.exists() and sum(1 for _ in folder.glob("*.json")) >= MAX_FILES:
        raise LimitError(f"there are {MAX_FILES} measurement files in {folder} already")
    path.write_bytes(data)
    return measurement


def imported(home: Path) -> Iterator[Measurement]:
    """Every file that was taken in; one that was damaged since is left out."""
    for path in sorted((home / FOLDER).glob("*.json")):
        try:
            yield read(path.read_bytes())
        except (UsageError, LimitError, OSError):
            continue


def read(data: bytes) -> Measurement:
    """A measurement file, checked.

    Raises:
        UsageError: it is none, or its signature does not hold.
        LimitError: it is too large.
    """
    if len(data) > MAX_FILE:
        raise LimitError(f"a measurement file has at most {MAX_FILE} bytes, this has {len(data)}")
    try:
        document = json.loads(data)
        if not isinstance(document, dict) or document.get("schema") != SCHEMA:
            raise UsageError(f"this is no measurement file (schema {SCHEMA})")
        signature = _bytes(document.pop("signature"))
        Ed25519PublicKey.from_public_bytes(_bytes(document["key"])).verify(signature, rfc8785.dumps(document))
        sites = {str(site): _seen(site, seen) for site, seen in document["sites"].items()}
        rows = tuple(_rows(document["rows"], sites))
    except InvalidSignature:
        raise UsageError("the signature does not hold: this file was changed after it was made") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(f"this is no measurement file that can be read: {error}") from error
    return Measurement(_key_name(document["key"]), sites, rows)


def _rows(items: Any, sites: Mapping[str, Seen]) -> Iterator[Row]:
    if not isinstance(items, list) or len(items) > MAX_ROWS:
        raise ValueError(f"rows are a list of at most {MAX_ROWS}")
    known = set()
    for item in items:
        row = Row(item["site"], item["profile"], item["kind"], item["name"], item["outcomes"])
        if not _well_named(row.site, row.profile, row.kind, row.name) or row.site not in sites or row[:4] in known:
            raise ValueError("a row is named as none can be, or twice")
        known.add(row[:4])
        for outcome, times in row.outcomes.items():
            if outcome not in tallies.RANKS:
                raise ValueError("a row has an unknown outcome")
            _number(times, 1)
        if _number(item["n"], LEAST_POSTINGS) != sum(row.outcomes.values()):
            raise ValueError("a row's outcomes do not add up")
        yield row


def _well_named(site: object, profile: object, kind: object, name: object) -> bool:
    return (
        isinstance(site, str)
        and _SITE.fullmatch(site) is not None
        and isinstance(profile, str)
        and _DAY.fullmatch(profile) is not None
        and kind in _KINDS
        and isinstance(name, str)
        and _NAME.fullmatch(name) is not None
        and (kind != "column" or name in COLUMNS)
    )


def _seen(site: object, seen: Any) -> Seen:
    if not isinstance(site, str) or not _SITE.fullmatch(site) or not _DAY.fullmatch(seen["last"]):
        raise ValueError("a site is named as none can be")
    return Seen(_number(seen["postings"], LEAST_POSTINGS), seen["last"])


def _number(value: object, least: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MAX_NUMBER:
        raise ValueError(f"{value!r:.40} is no count")
    return value


def _owned(home: Path) -> set[str]:
    try:
        return set((home / FOLDER / "exported").read_text("ascii").split())
    except (OSError, ValueError):
        return set()


def _own(home: Path, key: str) -> None:
    (home / FOLDER).mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home / FOLDER / "exported").open("a", encoding="ascii") as file:
        file.write(f"{key}\n")


def _key_name(key: str) -> str:
    return hashlib.sha256(_bytes(key)).hexdigest()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def described(measurements: Iterable[Measurement]) -> str:
    """What was taken in, in one sentence."""
    found = list(measurements)
    sites = sorted({site for one in found for site in one.sites})
    return f"{len(found)} measurement file{'s'[: len(found) != 1]} taken in, on {len(sites)} sites."
