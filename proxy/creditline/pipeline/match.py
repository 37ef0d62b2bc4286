"""Whether a copy shows the same work as an original, and how that is known.

The strongest proof decides: equal bytes, then equal pixels, then a binding (the site itself said which upload this
address belongs to), then the fingerprint. Fingerprints decide only between pictures with enough to see in them.
A cut or framed copy is far from its original by fingerprint, so `different` here means: not the whole picture.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from creditline.fingerprints.perceptual import distance
from creditline.model.audit import Match
from creditline.vocab.thresholds import ALONE, CANDIDATE, MINIMUM_QUALITY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from creditline.model.observation import Fingerprint

_STRENGTH = ("identical", "same-pixels", "same-work", "contains", "undecided", "different")
_FARTHEST = 257  # behind every distance that was measured


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a picture for recognising it: hex SHA-256 of its bytes and, if taken, its fingerprint."""

    sha256: str
    fingerprint: Fingerprint | None = None


def match(original: Known, copy: Known, *, rule: str | None = None) -> Match:
    """How the copy was recognised as the original, or that it was not.

    `rule` names the binding rule that led from the upload to this copy. Distance and quality (the lower of the
    two) are given wherever both pictures have a code, also when something else decided. `undecided` has no method:
    nothing decided.
    """
    measured = _measured(original.fingerprint, copy.fingerprint)
    if original.sha256 == copy.sha256:
        return replace(measured, verdict="identical", method="bytes", rule=rule)
    if _same_pixels(original.fingerprint, copy.fingerprint):
        return replace(measured, verdict="same-pixels", method="pixels", rule=rule)
    if rule is not None:
        return replace(measured, verdict="same-work", method="binding", rule=rule)
    return _by_fingerprint(measured)


def ranked[K](candidates: Iterable[tuple[K, Known]], copy: Known) -> tuple[tuple[K, Match], ...]:
    """Every candidate with its match, best first: by strength of proof, then by distance, then as they came."""
    judged = [(key, match(original, copy)) for key, original in candidates]
    return tuple(sorted(judged, key=lambda item: _rank(item[1])))


def best[K](candidates: Iterable[tuple[K, Known]], copy: Known) -> tuple[K, Match] | None:
    """The candidate that `copy` is a copy of; None if none of them is known to be."""
    order = ranked(candidates, copy)
    return order[0] if order and order[0][1].same else None


def _rank(judged: Match) -> tuple[int, int]:
    return _STRENGTH.index(judged.verdict), _FARTHEST if judged.distance is None else judged.distance


def _measured(a: Fingerprint | None, b: Fingerprint | None) -> Match:
    """Distance and quality, with nothing decided; neither where one code is missing or of another kind."""
    if a is None or b is None or a.code is None or b.code is None or a.kind != b.kind:
        return Match("undecided", None)
    qualities = [q for q in (a.quality, b.quality) if q is not None]
    quality = min(qualities) if len(qualities) == 2 else None
    return Match("undecided", None, distance=distance(a.code, b.code), quality=quality)


def _same_pixels(a: Fingerprint | None, b: Fingerprint | None) -> bool:
    return a is not None and b is not None and a.pixels is not None and a.pixels == b.pixels


def _by_fingerprint(measured: Match) -> Match:
    if measured.distance is None or measured.quality is None or measured.quality < MINIMUM_QUALITY:
        return measured
    if measured.distance <= ALONE.distance:
        return replace(
            measured,
            verdict="same-work",
            method="fingerprint",
            threshold=ALONE.distance,
            false_match_rate=ALONE.false_match_rate,
        )
    if measured.distance > CANDIDATE.distance:
        return replace(measured, verdict="different", method="fingerprint", threshold=CANDIDATE.distance)
    return replace(measured, threshold=ALONE.distance)
