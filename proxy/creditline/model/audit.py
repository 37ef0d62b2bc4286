"""What became of a picture between two stages: the values behind `creditline audit` (contract §4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from creditline.model.picture import Presence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from creditline.model.reading import Value

SCHEMA = "creditline/audit/1"
type Outcome = Literal["kept", "moved", "altered", "removed", "added", "unreadable", "not_examined"]
OUTCOMES: tuple[Outcome, ...] = (
    "kept",
    "altered",
    "moved",
    "removed",
    "added",
    "unreadable",
    "not_examined",
)
STAGES = ("original", "uploaded", "served", "exported")
"""Values of all stages stand in this order; the last only where the site gave a copy back in an account export."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a picture's way. `variant` names one size of several; `url` only where it was seen."""

    sha256: str
    via: str
    url: str | None = None
    variant: str | None = None
    observation: str | None = None

    def to_json(self) -> dict[str, Any]:
        """`stages.<stage>` of the audit (contract §4)."""
        return {
            "sha256": self.sha256,
            "via": self.via,
            "url": self.url,
            "variant": self.variant,
            "observation": self.observation,
        }


@dataclass(frozen=True, slots=True)
class Match:
    """How the copy was recognised. `distance` and `threshold` are in bits of 256.

    `luma` is what became of comparing the small pictures that lie beside two near codes: `correlation` of the whole and
    of the `detail`, −1 to 1. None where they were not compared: a fingerprint that decides without it decides alone.
    """

    verdict: Literal["identical", "same-pixels", "same-work", "contains", "different", "undecided"]
    method: Literal["bytes", "pixels", "binding", "fingerprint", "geometry"] | None
    distance: int | None = None
    threshold: int | None = None
    quality: int | None = None
    false_match_rate: float | None = None
    geometry: dict[str, Any] | None = None
    rule: str | None = None
    luma: dict[str, float] | None = None

    @property
    def same(self) -> bool:
        """Whether the copy is known to show the work; only `different` rules a comparison out."""
        return self.verdict in {"identical", "same-pixels", "same-work", "contains"}

    def to_json(self) -> dict[str, Any]:
        """`match` of the audit (contract §4)."""
        return {
            "verdict": self.verdict,
            "method": self.method,
            "distance": self.distance,
            "threshold": self.threshold,
            "quality": self.quality,
            "false_match_rate": self.false_match_rate,
            "geometry": self.geometry,
            "rule": self.rule,
            "luma": self.luma,
        }


type Presences = tuple[Presence | None, ...]
"""Presence at each of `STAGES`; None where there is no such stage."""


def _by_stage(values: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(STAGES, values, strict=False))


@dataclass(frozen=True, slots=True)
class CarrierOutcome:
    """What became of one carrier."""

    carrier: str
    presence: Presences
    outcome: Outcome

    def to_json(self) -> dict[str, Any]:
        """`carriers[]` of the audit (contract §4)."""
        return {
            "carrier": self.carrier,
            "presence": _by_stage(self.presence),
            "outcome": self.outcome,
        }


@dataclass(frozen=True, slots=True)
class FieldOutcome:
    """What became of one field. `detail` says how a value was altered; `lost_between` names two stages."""

    id: str
    category: int | None
    values: tuple[Value | None, ...]
    presence: Presences
    outcome: Outcome
    lost_between: tuple[str, str] | None = None
    detail: str | None = None

    def to_json(self) -> dict[str, Any]:
        """`fields[]` of the audit (contract §4)."""
        return {
            "id": self.id,
            "category": self.category,
            **_by_stage(self.values),
            "presence": _by_stage(self.presence),
            "outcome": self.outcome,
            "lost_between": list(self.lost_between) if self.lost_between else None,
            "detail": self.detail,
        }


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one judgement that is a word: the C2PA state, the AI label, the consent."""

    values: tuple[str | None, ...]
    outcome: Outcome | None
    lost_between: tuple[str, str] | None = None

    def to_json(self) -> dict[str, Any]:
        """`c2pa`, `ai` and `consent` of the audit (contract §4)."""
        return {
            **_by_stage(self.values),
            "outcome": self.outcome,
            "lost_between": list(self.lost_between) if self.lost_between else None,
        }


@dataclass(frozen=True, slots=True)
class Pixels:
    """Whether the picture itself changed; sizes in pixels. `identical` is None where that was not examined."""

    identical: bool | None
    original: tuple[int, int] | None
    served: tuple[int, int] | None
    format_changed: bool

    def to_json(self) -> dict[str, Any]:
        """`pixels` of the audit (contract §4)."""
        return {
            "identical": self.identical,
            "original": list(self.original) if self.original else None,
            "served": list(self.served) if self.served else None,
            "format_changed": self.format_changed,
        }


@dataclass(frozen=True, slots=True)
class Audit:
    """One original, one served copy, and what lay between.

    A stage without a file is None; one of `original` and `uploaded` is always there. `exported`: what an account
    export of the site held; outcomes are those of the served copy, and of the exported one where none was served.
    """

    original: Stage | None
    uploaded: Stage | None
    served: Stage | None
    match: Match
    pixels: Pixels
    carriers: tuple[CarrierOutcome, ...] = ()
    fields: tuple[FieldOutcome, ...] = ()
    c2pa: Change = field(default_factory=lambda: Change((None, None, None), None))
    ai: Change = field(default_factory=lambda: Change((None, None, None), None))
    consent: Change = field(default_factory=lambda: Change((None, None, None), None))
    exported: Stage | None = None

    def counts(self) -> dict[str, int]:
        """Fields with a § 1202(c) category by outcome."""
        counts = dict.fromkeys(OUTCOMES, 0)
        for item in self.fields:
            if item.category is not None:
                counts[item.outcome] += 1
        return {str(k): v for k, v in counts.items()}

    def summary(self) -> dict[str, Any]:
        """`summary` of the audit (contract §4): moved, unreadable and not_examined are never lost."""
        cmi = self.counts()
        lost = ("removed", "altered")
        return {
            "cmi": cmi,
            "cmi_lost": cmi["removed"] + cmi["altered"] > 0,
            "ai_label_lost": self.ai.outcome in lost,
            "c2pa_lost": self.c2pa.outcome in lost,
            "consent_lost": self.consent.outcome in lost,
        }

    @property
    def lost(self) -> bool:
        """Whether anything was lost, which is what exit code 1 means (contract §4)."""
        summary = self.summary()
        return any(summary[key] for key in ("cmi_lost", "ai_label_lost", "c2pa_lost", "consent_lost"))

    def to_json(self) -> dict[str, Any]:
        """The whole line of `creditline audit --json` (contract §4)."""
        return {
            "schema": SCHEMA,
            "stages": {
                "original": self.original.to_json() if self.original else None,
                "uploaded": self.uploaded.to_json() if self.uploaded else None,
                "served": self.served.to_json() if self.served else None,
                **({"exported": self.exported.to_json()} if self.exported else {}),
            },
            "match": self.match.to_json(),
            "carriers": [c.to_json() for c in self.carriers],
            "fields": [f.to_json() for f in self.fields],
            "c2pa": self.c2pa.to_json(),
            "ai": self.ai.to_json(),
            "consent": self.consent.to_json(),
            "pixels": self.pixels.to_json(),
            "summary": self.summary(),
        }

    @classmethod
    def from_json(cls, line: Mapping[str, Any]) -> Audit:
        """The audit behind a stored line (contract §4)."""
        original, uploaded, served, *more = (Stage(**s) if s else None for s in _values(line["stages"]))
        pixels = line["pixels"]
        return cls(
            original,
            uploaded,
            served,
            match=Match(**line["match"]),
            pixels=Pixels(
                pixels["identical"], _pair(pixels["original"]), _pair(pixels["served"]), pixels["format_changed"]
            ),
            carriers=tuple(
                CarrierOutcome(c["carrier"], _presences(c["presence"]), c["outcome"]) for c in line["carriers"]
            ),
            fields=tuple(
                FieldOutcome(
                    id=f["id"],
                    category=f["category"],
                    values=_values(f),
                    presence=_presences(f["presence"]),
                    outcome=f["outcome"],
                    lost_between=_pair(f["lost_between"]),
                    detail=f["detail"],
                )
                for f in line["fields"]
            ),
            c2pa=_change(line["c2pa"]),
            ai=_change(line["ai"]),
            consent=_change(line["consent"]),
            exported=more[0] if more else None,
        )


def _values(line: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(line[name] for name in STAGES if name != "exported" or name in line)


def _presences(line: Mapping[str, Any]) -> Presences:
    return tuple(None if state is None else Presence(state) for state in _values(line))


def _pair(value: list[Any] | None) -> Any:
    return tuple(value) if value is not None else None


def _change(line: Mapping[str, Any]) -> Change:
    return Change(_values(line), line["outcome"], _pair(line["lost_between"]))
