"""What is known of the pictures on a page, for the extension's labels: by the address that a copy was served from.

A label says what the served copy itself declares, never more; beside it stands what its audit found removed, and what
the work's original says, so that a stripped copy still leads to its credit. Only copies of known works keep their
address (contract §1), so only those are known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from creditline.ledger import queries, scrub, sights

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from creditline.ledger.store import Ledger
    from creditline.services.refs import Refs

FIELDS = ("creator", "credit_line", "copyright_notice", "license_url")


def labels(
    ledger: Ledger, pictures: Sequence[tuple[str, str | None]], refs: Refs | None = None
) -> list[dict[str, Any]]:
    """One label for each (address, ref), in their order (contract §6); `known` false where nothing is known.

    A ref that `refs` knows says better than the page where the picture was served from.
    """
    served = [(refs.address(ref) if refs is not None else None) or url for url, ref in pictures]
    scrubbed = {url: scrub.url(url) for url in served}
    seen = sights.served_from(ledger, sorted(set(scrubbed.values())))
    made: dict[str, dict[str, Any]] = {}
    for address, sight in seen.items():
        made[address] = _label(ledger, sight)
    return [
        {"url": url, "ref": ref, **made.get(scrubbed[at], _UNKNOWN)}
        for (url, ref), at in zip(pictures, served, strict=True)
    ]


def _said(reading: Mapping[str, Any]) -> dict[str, Any]:
    """What one file declares; None for each thing that no reading says."""
    resolved, c2pa = reading.get("resolved") or {}, reading.get("c2pa") or {}
    return {
        "ai": reading.get("ai"),
        **{name: resolved.get(name) for name in FIELDS},
        "consent": (reading.get("consent") or {}).get("ai_training"),
        "c2pa": {"state": c2pa.get("state"), "signer": c2pa.get("signer")} if c2pa else None,
    }


_UNKNOWN: Mapping[str, Any] = {
    "known": False,
    "work": None,
    **_said({}),
    "removed": [],
    "restored": False,
    "original": None,
}


def _label(ledger: Ledger, sight: sights.Sight) -> dict[str, Any]:
    served = queries.reading(ledger, sight.copy) if sight.copy else None
    original = next(filter(None, (queries.reading(ledger, sha256) for sha256 in sight.originals)), None)
    return {
        "known": True,
        "work": sight.work,
        **_said(served or {}),
        "removed": list(sight.removed),
        "restored": sight.reattached == "restored",
        "original": _said(original) if original else None,
    }
