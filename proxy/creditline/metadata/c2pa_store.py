"""Whether a picture's Content Credentials hold, who signed them, what they declare: the reader's door to the SDK.

Nothing is ever fetched: remote manifests and all network hosts are off, so a crafted XMP packet cannot make this
program call an address. A signature that is good is `valid`; only a list can make it `trusted`.
"""

from __future__ import annotations

import io
import json
import os
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from c2pa import C2paError, Context, Reader

from creditline.metadata import c2pa_manifest as manifest_store
from creditline.metadata.c2pa_identity import identities
from creditline.metadata.c2pa_metadata import properties
from creditline.metadata.c2pa_regions import regions
from creditline.model.errors import CarrierError, LimitError, UsageError
from creditline.model.picture import MEDIA_TYPES
from creditline.model.reading import C2paProblem, C2paProduct, C2paReading
from creditline.vocab import conforming, trust
from creditline.vocab.source_types import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_FILE = 64 * 1024 * 1024
"""Bytes of a file that is validated: the whole of it is hashed once per trust list that is tried."""
MAX_REPORT = 16 * 1024 * 1024
"""Characters of the SDK's JSON report; the largest of real files is 40 thousand."""

SHIPPED = "interim"
"""The lists of the package, named for the wider of the two."""
OFFICIAL_ANCHORS = "system_anchors"
"""The SDK's word for where a signer's root was found, when it was among the `trust_anchors`."""

STORE_TYPE = "application/c2pa"
"""The media type of a bare manifest store."""

STATES = {"Trusted": "trusted", "Valid": "valid", "Invalid": "invalid"}
"""The SDK's word → contract §3."""

_REMOTE = re.compile(r"must fetch remote manifests from url\s+(\S+)")
_SDK_ERRORS = (C2paError, ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError)


@dataclass(frozen=True, slots=True)
class DeclaredStore:
    """The id of a store's active manifest, and the soft bindings (algorithm, value) that it declares."""

    label: str
    soft_bindings: tuple[tuple[str, str], ...] = ()


def read(data: bytes, format: str, *, user_anchors: str | None = None) -> C2paReading:  # noqa: A002 - contract §3's word
    """The state of the manifest store in a file, and what its manifests declare.

    `format` is one of `model.picture.FORMATS`; `user_anchors` PEM text with the user's own roots,
    by default those of `vocab.trust`. `trust_list`
    names the list that made the signer known: the official one before the interim one before the user's. What the
    SDK cannot read is `unreadable`, with the reason in `problems`; a format that it does not know is
    `not_examined`. An identity (CAWG) that only a network could confirm leaves the SDK's state at `invalid`,
    never `tampered`, with `cawg.ica.did_unavailable` among the problems.

    Raises:
        LimitError: a file over `MAX_FILE` bytes, or a store past a cap on manifests, actions or text.
        UsageError: `user_anchors` holds no certificate, or a damaged one.
    """
    if len(data) > MAX_FILE:
        raise LimitError(f"Content Credentials are checked in files up to {MAX_FILE} bytes, this has {len(data)}")
    user_anchors = user_anchors or trust.user_roots()
    if user_anchors:
        trust.count_certificates(user_anchors)
    if format not in MEDIA_TYPES or MEDIA_TYPES[format] not in _media_types():
        return C2paReading(state="not_examined")
    reading = C2paReading(state="unreadable")
    for name, context in _contexts(user_anchors):
        try:
            report = _report(data, MEDIA_TYPES[format], context)
            reading = _reading(report)
        except _SDK_ERRORS as error:
            return _unread(error)
        if reading.state == "trusted":
            official = name == SHIPPED and manifest_store.anchors(report) == OFFICIAL_ANCHORS
            if not official:
                return replace(reading, trust_list=name)
            return replace(reading, trust_list="c2pa", product=_product(report, reading))
    return reading


def read_under(data: bytes, media_type: str, lists: Mapping[str, str]) -> C2paReading:
    """As `read`, but under exactly these of the SDK's `trust` settings and no list of ours, to compare settings.

    `media_type` may also be that of a bare manifest store, `application/c2pa`.
    """
    if len(data) > MAX_FILE:
        raise LimitError(f"Content Credentials are checked in files up to {MAX_FILE} bytes, this has {len(data)}")
    try:
        return _reading(_report(data, media_type, _own_context(tuple(sorted(lists.items())), os.getpid())))
    except _SDK_ERRORS as error:
        return _unread(error)


def read_store(store: bytes) -> DeclaredStore:
    """What a bare manifest store, with no picture around it, says of itself; signatures are not judged.

    Raises:
        CarrierError: the SDK cannot read it, or finds no active manifest in it.
        LimitError: over `MAX_FILE` bytes, or a report past a cap.
    """
    if len(store) > MAX_FILE:
        raise LimitError(f"manifest stores are read up to {MAX_FILE} bytes, this has {len(store)}")
    try:
        report = _report(store, STORE_TYPE, _own_context((), os.getpid()))
        visits = manifest_store.walk(report)
    except _SDK_ERRORS as error:
        raise CarrierError(f"the bytes are no manifest store: {str(error)[:200]}") from error
    if not visits:
        raise CarrierError("the manifest store has no active manifest")
    return DeclaredStore(visits[0].label, manifest_store.soft_bindings(visits[0]))


def _contexts(user_anchors: str | None) -> Iterator[tuple[str, Context]]:
    """Which lists to believe: those in the package at once, then the user's own roots with them."""
    yield SHIPPED, _context("", os.getpid())
    if user_anchors:
        try:
            yield "user", _context(user_anchors, os.getpid())
        except _SDK_ERRORS as error:
            raise UsageError(f"the SDK does not take the trusted roots: {error}") from error


@lru_cache(maxsize=8)
def _context(user_anchors: str, _process: int) -> Context:
    """An SDK context, shared by threads; one per process, since the SDK refuses those inherited over a fork.

    The official list goes in as the system's anchors, any other as the user's, so that the report of one reading
    tells which of them made a signer known.
    """
    return Context.from_dict(
        settings(
            {
                "trust_anchors": "\n".join(trust.load(part).pem for part in ("c2pa", "c2pa-tsa")),
                "user_anchors": f"{trust.load('interim').pem}\n{user_anchors}",
                "allowed_list": trust.load("interim-allowed").pem,
                "trust_config": trust.eku_config(),
            }
        )
    )


@lru_cache(maxsize=8)
def _own_context(lists: tuple[tuple[str, str], ...], _process: int) -> Context:
    return Context.from_dict(settings(dict(lists)))


def settings(lists: dict[str, str]) -> dict[str, Any]:
    """The SDK's settings for a set of trust lists; everything that could reach the network is off."""
    return {
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
        "core": {"allowed_network_hosts": []},
        "trust": lists,
    }


@lru_cache(maxsize=1)
def _media_types() -> frozenset[str]:
    return frozenset(Reader.get_supported_mime_types())


def _report(data: bytes, media_type: str, context: Context) -> dict[str, Any]:
    with Reader(media_type, io.BytesIO(data), context=context) as reader:
        text = reader.json()
    if len(text) > MAX_REPORT:
        raise LimitError(f"the manifest store's report is longer than {MAX_REPORT} characters")
    report = json.loads(text)
    if not isinstance(report, dict):
        raise TypeError("the manifest store's report is no object")
    return report


def _reading(report: dict[str, Any]) -> C2paReading:
    visits = manifest_store.walk(report)
    active = visits[0].manifest if visits else {}
    signature = manifest_store.as_dict(active.get("signature_info"))
    version = active.get("claim_version")
    return C2paReading(
        state=STATES.get(str(report.get("validation_state")), "unreadable"),
        label=manifest_store.as_text(report.get("active_manifest")),
        claim_generator=manifest_store.claim_generator(active),
        signer=manifest_store.as_text(signature.get("issuer"))
        or manifest_store.as_text(signature.get("common_name")),
        signed_at=manifest_store.as_text(signature.get("time")),
        tampered=manifest_store.tampered(report),
        worst_ingredient=manifest_store.worst_ingredient(report, visits),
        problems=manifest_store.problems(report, visits),
        claim_version=version if isinstance(version, int) else None,
        actions=manifest_store.actions(visits, regions),
        training=manifest_store.training(visits),
        properties=properties(visits),
        identities=identities(visits[0], report) if visits else (),
    )


def _product(report: dict[str, Any], reading: C2paReading) -> C2paProduct | None:
    """The signer as the conformance programme lists it; only the official list's certificates name such products."""
    active = manifest_store.as_dict(manifest_store.as_dict(report.get("manifests")).get(reading.label or ""))
    signature = manifest_store.as_dict(active.get("signature_info"))
    name = manifest_store.as_text(signature.get("common_name"))
    organisation = manifest_store.as_text(signature.get("issuer"))
    if name is None or organisation is None:
        return None
    listed = conforming.product(name, organisation)
    if listed is None:
        return None
    given = (
        normalise(action.digital_source_type)
        for action in reading.actions
        if action.depth == 0 and action.digital_source_type and action.action in conforming.INCEPTIONS
    )
    claimed = tuple(dict.fromkeys(term for term in given if term in listed.must_not_claim))
    return C2paProduct(name, organisation, listed.assurance_level, listed.must_not_claim, claimed)


def _unread(error: Exception) -> C2paReading:
    """A failure of the SDK as a reading; it tells its kinds apart by class and by the message's first word."""
    message = str(error)[: manifest_store.MAX_TEXT]
    remote = _REMOTE.search(message)
    if remote is not None:
        return C2paReading(state="remote", remote_url=remote.group(1))
    if isinstance(error, C2paError.ManifestNotFound):
        return C2paReading(state="none")
    kind = message.partition(":")[0] if isinstance(error, C2paError) else type(error).__name__
    return C2paReading(state="unreadable", problems=(C2paProblem(kind, None, message),))
