"""The conformance programme's list of products: which signer is a product, and what it must never claim.

The copy in the package keeps, of each conforming generator product, the names in its certificate, its assurance level
and its disallowed signals (`trust_lists/README.md`). Organisational units are not in what the SDK reports, so products
that differ in nothing else are taken together: the lowest level of them, and what all of them must not claim.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from creditline.model.errors import MissingPartError

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "conforming-products.json"
ISSUED = "2026-08-21"
"""The date of the copy, ISO 8601."""

INCEPTIONS = frozenset({"c2pa.created", "c2pa.opened"})
"""Actions whose source type says what a picture is (conformance rubric, "inception")."""

SIGNALS: Mapping[str, tuple[str, ...]] = {
    "capturedMedia": ("digitalCapture", "computationalCapture"),
    "capturedMediaStitched": ("compositeCapture",),
    "nonGenAIDigitalCreation": ("digitalCreation",),
}
"""Signal of the rubric → the source types that give it."""


@dataclass(frozen=True, slots=True)
class Product:
    """One product; `must_not_claim` are source types that it may not give as an inception."""

    name: str
    organisation: str
    assurance_level: int | None
    must_not_claim: tuple[str, ...]


def product(name: str, organisation: str) -> Product | None:
    """The listed product whose signing certificate has this common name and organisation; None if there is none.

    Raises:
        MissingPartError: the package's copy of the list is absent or damaged.
    """
    return _products().get((name, organisation))


@cache
def _products() -> dict[tuple[str, str], Product]:
    try:
        text = resources.files("creditline.vocab").joinpath("trust_lists", FILE).read_text(encoding="utf-8")
        found = [_product(entry) for entry in json.loads(text)]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MissingPartError(
            f"the list {FILE} in the package is absent or damaged", next_step="reinstall creditline"
        ) from error
    return {(one.name, one.organisation): one for one in found}


def _product(entry: dict[str, object]) -> Product:
    records = entry["records"]
    if not isinstance(records, list) or not records:
        raise TypeError("a product without a record")
    levels = [record["level"] for record in records]
    forbidden = set.intersection(*(set(record["disallowed"]) for record in records))
    terms = tuple(term for signal, terms in SIGNALS.items() if signal in forbidden for term in terms)
    return Product(str(entry["name"]), str(entry["organisation"]), None if None in levels else min(levels), terms)
