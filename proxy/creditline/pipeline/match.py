"""Whether a copy shows the same work as an original, and how that is known.

The cheapest proof that decides is used and named: equal bytes, then equal pixels, then a binding (the site itself said
which upload this address belongs to), then the fingerprint of the whole, then those of crops and turned forms, then a
placement of one picture in the other. Fingerprints decide only between pictures with enough to see in them, and where
small pictures are kept beside the codes, only if these agree: a code alone can be forged.
A part cut from anywhere is far from its original by every fingerprint, so without a placement `different` means: not
the whole picture, and no crop that sites make.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from creditline.fingerprints.glimpse import agreement
from creditline.fingerprints.perceptual import distance
from creditline.model.audit import Match
from creditline.vocab.thresholds import ALONE, CANDIDATE, MINIMUM_QUALITY, PLACED_RATE, SMALL, VARIANT, WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from creditline.model.observation import Fingerprint, Form, Placement

_STRENGTH = ("identical", "same-pixels", "same-work", "contains", "undecided", "different")
_FARTHEST = 257  # behind every distance that was measured


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a picture for recognising it: hex SHA-256 of its bytes and, if taken, its fingerprint.

    `crops` are looked at in an original, `forms` in a copy, and so are `tokens`: what it says that may be a probe's.
    """

    sha256: str
    fingerprint: Fingerprint | None = None
    crops: tuple[Fingerprint, ...] = ()
    forms: tuple[Form, ...] = ()
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Near:
    """The nearest pair of codes of two pictures that is not whole against plain whole; `crop` is a fingerprint kind."""

    distance: int
    quality: int
    crop: str | None
    form: Form | None
    lumas: tuple[bytes | None, bytes | None] = (None, None)

    @property
    def mirrored(self) -> bool:
        """Whether the copy's form had to be mirrored for it."""
        return self.form is not None and self.form.mirrored


def match(original: Known, copy: Known, *, rule: str | None = None, placement: Placement | None = None) -> Match:
    """How the copy was recognised as the original, or that it was not.

    `rule` names the binding rule that led from the upload to this copy; `placement` is what aligning the two found.
    Distance and quality (the lower of the two) are those of the whole pictures wherever both have a code, also when
    something else decided; where a crop or a form decided, or made it undecided, they are of that. `undecided` has no
    method: nothing decided.
    """
    measured = _measured(original.fingerprint, copy.fingerprint)
    if original.sha256 == copy.sha256:
        return replace(measured, verdict="identical", method="bytes", rule=rule)
    if _same_pixels(original.fingerprint, copy.fingerprint):
        return replace(measured, verdict="same-pixels", method="pixels", rule=rule)
    if rule is not None:
        return replace(measured, verdict="same-work", method="binding", rule=rule)
    lumas = [None if print_ is None else print_.luma for print_ in (original.fingerprint, copy.fingerprint)]
    judged = _by_variant(_by_fingerprint(measured, lumas[0], lumas[1]), original, copy)
    return judged if judged.same or placement is None else _by_placement(measured, placement)


def near(original: Known, copy: Known) -> Near | None:
    """The nearest of all pairs of the original's whole and crops with the copy's whole and forms.

    Whole with whole is left out. None where there is no such pair of codes.
    """
    whole, plain = original.fingerprint, copy.fingerprint
    stored: list[tuple[str | None, Fingerprint]] = [] if whole is None else [(None, whole)]
    stored += [(crop.kind, crop) for crop in original.crops]
    asked: list[tuple[Form | None, bytes, int, bytes | None]] = [
        (form, form.code, form.quality, form.luma) for form in copy.forms
    ]
    if plain is not None and plain.code is not None and plain.quality is not None:
        asked.append((None, plain.code, plain.quality, plain.luma))
    kind = None if plain is None else plain.kind
    found = [
        Near(distance(print_.code, code), min(print_.quality, quality), crop, form, (print_.luma, luma))
        for crop, print_ in stored
        for form, code, quality, luma in asked
        if (crop, form) != (None, None)
        and print_.code is not None
        and print_.quality is not None
        and print_.kind.partition("/")[0] == kind
    ]
    return min(found, key=lambda item: item.distance, default=None)


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


def _by_variant(judged: Match, original: Known, copy: Known) -> Match:
    """What crops and forms add to a pair that its whole pictures do not decide."""
    best = None if judged.same else near(original, copy)
    # A whole picture that is a candidate by itself stays one, unless a variant decides.
    reach = VARIANT if judged.threshold == ALONE.distance else CANDIDATE
    if best is None or best.distance > reach.distance:
        return judged
    found = replace(
        judged, distance=best.distance, quality=best.quality, threshold=VARIANT.distance, geometry=_how(best)
    )
    if best.distance > VARIANT.distance or best.quality < MINIMUM_QUALITY:
        if judged.verdict == "undecided" and judged.distance is not None and judged.distance <= best.distance:
            return judged
        return replace(found, verdict="undecided", method=None, geometry=None)
    compared = _compared(*best.lumas)
    if not _alike(compared):
        return replace(found, verdict="undecided", method=None, geometry=None, luma=compared)
    part = best.crop is not None or (best.form is not None and best.form.trimmed)
    return replace(
        found,
        verdict="contains" if part else "same-work",
        method="fingerprint",
        false_match_rate=VARIANT.false_match_rate,
        luma=compared,
    )


def _how(best: Near) -> dict[str, object]:
    """`match.geometry` of a hit by codes: which crop of the original, turned how, inside which border."""
    form = best.form
    return {
        "rotation": float(form.rotation) if form is not None else 0.0,
        "mirrored": best.mirrored,
        "crop": None if best.crop is None else best.crop.partition("/")[2],
        "trimmed": form is not None and form.trimmed,
    }


def _by_placement(measured: Match, placement: Placement) -> Match:
    whole = placement.shown >= WHOLE and placement.filled >= WHOLE
    return replace(
        measured,
        verdict="same-work" if whole else "contains",
        method="geometry",
        false_match_rate=PLACED_RATE,
        geometry=placement.to_json(),
    )


def _compared(one: bytes | None, other: bytes | None) -> dict[str, float] | None:
    if one is None or other is None:
        return None
    correlation, detail = agreement(one, other)
    return {"correlation": round(correlation, 3), "detail": round(detail, 3)}


def _alike(compared: dict[str, float] | None) -> bool:
    """Whether the small pictures do not speak against the codes; without them nothing does."""
    return compared is None or (
        compared["correlation"] >= SMALL.correlation and compared["detail"] >= SMALL.detail
    )


def _by_fingerprint(measured: Match, one: bytes | None, other: bytes | None) -> Match:
    if measured.distance is None or measured.quality is None or measured.quality < MINIMUM_QUALITY:
        return measured
    if measured.distance <= ALONE.distance:
        compared = _compared(one, other)
        if not _alike(compared):
            return replace(measured, threshold=ALONE.distance, luma=compared)
        return replace(
            measured,
            verdict="same-work",
            method="fingerprint",
            threshold=ALONE.distance,
            false_match_rate=ALONE.false_match_rate,
            luma=compared,
        )
    if measured.distance > CANDIDATE.distance:
        return replace(measured, verdict="different", method="fingerprint", threshold=CANDIDATE.distance)
    return replace(measured, threshold=ALONE.distance)
