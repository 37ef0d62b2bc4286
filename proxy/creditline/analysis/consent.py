"""What a picture says of its use for AI training; of several statements the strictest holds.

Read: `plus:DataMining`, `plus:OtherConstraints`, C2PA or CAWG training-mining entries, TDMRep's reservation and policy,
and the words `noai` and `noimageai` among keywords. Nothing outside the file is asked (TDMRep and `noai` are mostly
said by web pages and headers), and silence is `unspecified`, never consent.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from creditline.model.reading import Consent, Evidence
from creditline.vocab import consent_terms as terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from creditline.model.reading import C2paReading, Property, Value

NOTHING_SAID = Consent()
CLAIM = "ai_training"
DATA_MINING, CONSTRAINTS = "plus:datamining", "plus:otherconstraints"
RESERVATION = frozenset({"tdm:reservation", "tdm-reservation", "tdm_reservation"})
POLICY = frozenset({"tdm:policy", "tdm-policy", "tdm_policy"})
KEYWORDS = frozenset({"dc:subject", "2:025", "ifd0:xpkeywords", "keywords", "robots"})
_STATED = frozenset({DATA_MINING, CONSTRAINTS}) | RESERVATION | POLICY | KEYWORDS
CONSTRAINT_SUFFIX = "/constraint_info"
MAX_TEXT = 64 * 1024
"""Characters of a constraint that are searched; licence texts are shorter."""

# Compiled when a picture first states something: most never do.
_ABOUT_AI = (
    r"(?i)\b(?:AI|ML|artificial intelligence|machine learning|deep learning|data ?mining|text and data mining|TDM|"
    r"training)\b"
)
_UNTIL = r"(?i)\buntil\s+(\d{4}-\d{2}-\d{2})\b"


def consent(properties: tuple[Property, ...], c2pa: C2paReading) -> Consent:
    """The strictest statement on AI training, with every statement as evidence, contradicting ones too.

    `properties` already include those of the manifest. `until` is the latest date that a constraint names as
    "until YYYY-MM-DD". `plus:OtherConstraints` alone is `constrained` only where its text speaks of AI, training
    or data mining. An entry on inference says nothing about training; it is evidence and no more.
    """
    said = [*_declared(properties), *_training(c2pa)]
    if not said:
        return NOTHING_SAID
    statements = tuple(statement for statement, _ in said)
    return Consent(
        ai_training=terms.strictest(statements),
        until=max((day for _, e in said for day in _dates(e.value)), default=None),
        evidence=tuple(dict.fromkeys(evidence for _, evidence in said)),
    )


def _declared(properties: tuple[Property, ...]) -> Iterator[tuple[str, Evidence]]:
    policy = any(_name(item.key) in POLICY and _texts(item.value) for item in properties)
    for item in properties:
        name = _name(item.key)
        if name not in _STATED and item.carrier != "c2pa":
            continue
        for text in _texts(item.value):
            evidence = Evidence(CLAIM, text, item.carrier, item.key)
            if name in KEYWORDS:
                if any(word.strip() in terms.ROBOTS for word in re.split("[,;]", text[:MAX_TEXT].casefold())):
                    yield terms.PROHIBITED, evidence
            elif name in RESERVATION:
                yield terms.from_tdm_reservation(text, policy=policy), evidence
            elif name in POLICY:
                yield terms.UNSPECIFIED, evidence
            elif name == DATA_MINING:
                yield terms.from_data_mining(text), evidence
            elif name == CONSTRAINTS or (item.carrier == "c2pa" and name.endswith(CONSTRAINT_SUFFIX)):
                about = re.search(_ABOUT_AI, text[:MAX_TEXT]) is not None
                yield terms.CONSTRAINED if about else terms.UNSPECIFIED, evidence


@lru_cache(maxsize=4_096)
def _name(key: str) -> str:
    """In lower case; a batch of pictures has the same few hundred keys over and over."""
    return key.casefold()


def _training(c2pa: C2paReading) -> Iterator[tuple[str, Evidence]]:
    for entry, use in c2pa.training:
        known = entry in terms.TRAINING_ENTRIES
        statement = terms.from_training_use(use) if known else terms.UNSPECIFIED
        yield statement, Evidence(CLAIM, use, "c2pa", f"training-mining/{entry}")


def _dates(text: str) -> Iterator[str]:
    for match in re.finditer(_UNTIL, text[:MAX_TEXT]):
        try:
            yield date.fromisoformat(match.group(1)).isoformat()
        except ValueError:
            continue


def _texts(value: Value) -> list[str]:
    texts = [value] if isinstance(value, str) else list(value.values() if isinstance(value, dict) else value)
    return [text for text in texts if text.strip()]
