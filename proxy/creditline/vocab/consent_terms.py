"""What a picture may say about its use for AI training: PLUS `DataMining` codes and training-mining uses, as data.

Sources: PLUS Licence Data Format vocabulary (`plus:DataMining`), C2PA 1.x and CAWG 1.1 training-mining assertions, the
TDM Reservation Protocol (W3C community group report, 2024-05-10).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ALLOWED = "allowed"
PROHIBITED = "prohibited"
CONSTRAINED = "constrained"
UNSPECIFIED = "unspecified"

STRICTEST_FIRST = (PROHIBITED, CONSTRAINED, ALLOWED, UNSPECIFIED)
"""Of several statements the strictest holds."""

PLUS_URI = "http://ns.useplus.org/ldf/vocab/"

DATA_MINING: Mapping[str, str] = {
    "DMI-UNSPECIFIED": UNSPECIFIED,
    "DMI-ALLOWED": ALLOWED,
    "DMI-PROHIBITED-AIMLTRAINING": PROHIBITED,
    "DMI-PROHIBITED-GENAIMLTRAINING": PROHIBITED,
    "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING": PROHIBITED,
    "DMI-PROHIBITED": PROHIBITED,
    "DMI-PROHIBITED-SEECONSTRAINT": CONSTRAINED,
    "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR": CONSTRAINED,
    "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR": CONSTRAINED,
}
"""PLUS code → what it says about AI training."""

TRAINING_USES: Mapping[str, str] = {
    "allowed": ALLOWED,
    "notallowed": PROHIBITED,
    "constrained": CONSTRAINED,
}
"""`use` of a training-mining entry, in lower case → what it says."""

TDM_RESERVATION, TDM_POLICY = "reservation", "policy"
"""TDMRep's two words, in whatever spelling: `tdm:reservation`, `tdmrep:reservation`, `tdm-reservation`."""

ROBOTS = frozenset({"noai", "noimageai"})
"""Words of a convention of DeviantArt's, meant for web pages and headers; people put them among keywords too."""

TRAINING_ENTRIES = frozenset({"data_mining", "ai_training", "ai_generative_training"})
"""Entries that speak of training. `ai_inference` is use by a finished model, so it says nothing about training."""

MAX_CODE = 256
"""Longer than any code with its address."""

_SEPARATOR = re.compile(r"[/:#]")


def from_data_mining(raw: str) -> str:
    """What a `plus:DataMining` value says; an unknown code is taken for a prohibition, nothing for nothing."""
    code = _SEPARATOR.split(raw.strip().rstrip("/")[-MAX_CODE:])[-1].upper()
    if not code:
        return UNSPECIFIED
    return DATA_MINING.get(code, PROHIBITED)


def from_training_use(use: str) -> str:
    """What the `use` of a training-mining entry says; an unknown word says nothing."""
    return TRAINING_USES.get(use.strip().replace("_", "").casefold(), UNSPECIFIED)


def from_tdm_reservation(raw: str, *, policy: bool) -> str:
    """What `tdm-reservation` says (TDMRep, section 3): 1 reserves text and data mining, with a policy on terms."""
    said = raw.strip()
    if said == "1":
        return CONSTRAINED if policy else PROHIBITED
    return ALLOWED if said == "0" else UNSPECIFIED


def strictest(statements: tuple[str, ...]) -> str:
    """The strictest of several statements; `unspecified` when there are none."""
    return min(statements, key=STRICTEST_FIRST.index, default=UNSPECIFIED)
