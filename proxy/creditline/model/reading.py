"""What a picture says about its origin: the values behind `creditline inspect` (contract §3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from creditline.model.picture import Presence, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

type Value = str | list[str] | dict[str, str]
"""A field's value: text, an ordered list, or `{language: text}` for language alternatives."""

SCHEMA = "creditline/inspection/1"


@dataclass(frozen=True, slots=True)
class Property:
    """One property as one carrier holds it, before the crosswalk gives it a canonical id.

    `key` is the standard's own name: `2:080` (IIM), `dc:creator` (XMP, usual prefix whatever the packet
    says; struct members as `plus:Licensor/plus:LicensorURL`), `IFD0:Artist` (EXIF), `Author` (PNG text).
    """

    carrier: str
    key: str
    value: Value


@dataclass(frozen=True, slots=True)
class Carrier:
    """One carrier's state in one file. `location`, `bytes` and `sha256` are None unless something is there."""

    carrier: str
    state: Presence
    location: str | None = None
    bytes: int | None = None
    sha256: str | None = None

    def to_json(self) -> dict[str, Any]:
        """`carriers[]` of the inspection (contract §3)."""
        return {
            "carrier": self.carrier,
            "location": self.location,
            "bytes": self.bytes,
            "sha256": self.sha256,
            "state": str(self.state),
        }


@dataclass(frozen=True, slots=True)
class Field:
    """A canonical field with the place it was read from; `category` is that of 17 U.S.C. § 1202(c)."""

    id: str
    value: Value
    carrier: str
    key: str
    category: int | None
    categories: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        """`fields[]` of the inspection (contract §3)."""
        return {
            "id": self.id,
            "value": self.value,
            "carrier": self.carrier,
            "key": self.key,
            "category": self.category,
            "categories": list(self.categories),
        }


@dataclass(frozen=True, slots=True)
class C2paProblem:
    """A validation failure as the C2PA specification codes it."""

    code: str
    url: str | None = None
    explanation: str | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a picture: `rectangle` (x, y top left), `circle` (x, y centre, width the diameter) or `polygon`.

    `unit` is `pixel` or `percent`; without `inside` everything but the shape is meant.
    """

    shape: str
    unit: str
    x: float
    y: float
    width: float = 0.0
    height: float = 0.0
    vertices: tuple[tuple[float, float], ...] = ()
    inside: bool = True


@dataclass(frozen=True, slots=True)
class C2paAction:
    """One `c2pa.actions` entry; `depth` 0 is the active manifest, `relationship` how that manifest is reached.

    `regions` is what it says to have changed; None where it does not say, or says it in a way not understood.
    """

    action: str
    digital_source_type: str | None
    software_agent: str | None
    depth: int = 0
    relationship: str | None = None
    regions: tuple[Region, ...] | None = None


@dataclass(frozen=True, slots=True)
class C2paIdentity:
    """Who a CAWG identity assertion names: `kind` is `x509` or `aggregation`, `issuer` who vouches for the names.

    `state` is `signed` (its signature holds, but no list knows its signer), or `unconfirmed`: a claim that this
    program could not check, which for an aggregation takes the network.
    """

    kind: str
    issuer: str | None
    names: tuple[str, ...]
    state: str

    def to_json(self) -> dict[str, Any]:
        """`c2pa.identities[]` of the inspection."""
        return {"kind": self.kind, "issuer": self.issuer, "names": list(self.names), "state": self.state}


@dataclass(frozen=True, slots=True)
class C2paProduct:
    """What the conformance programme's list has on a trusted signer.

    `must_not_claim` are source types that this product may not give a picture it makes; `claimed` those of them
    that this manifest gives all the same.
    """

    name: str
    organisation: str
    assurance_level: int | None
    must_not_claim: tuple[str, ...] = ()
    claimed: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """`c2pa.product` of the inspection."""
        return {
            "name": self.name,
            "organisation": self.organisation,
            "assurance_level": self.assurance_level,
            "must_not_claim": list(self.must_not_claim),
            "claimed": list(self.claimed),
        }


@dataclass(frozen=True, slots=True)
class C2paReading:
    """The manifest store's state (contract §3) and what its manifests declare.

    `training` maps `data_mining`, `ai_training`, … to allowed, notAllowed or constrained.
    `properties` are XMP-shaped metadata assertions, keyed as in `Property`.
    """

    state: str
    label: str | None = None
    claim_generator: str | None = None
    signer: str | None = None
    signed_at: str | None = None
    remote_url: str | None = None
    tampered: bool = False
    trust_list: str | None = None
    worst_ingredient: str | None = None
    problems: tuple[C2paProblem, ...] = ()
    claim_version: int | None = None
    actions: tuple[C2paAction, ...] = ()
    training: tuple[tuple[str, str], ...] = ()
    properties: tuple[Property, ...] = ()
    identities: tuple[C2paIdentity, ...] = ()
    product: C2paProduct | None = None

    @property
    def only_identity_unconfirmed(self) -> bool:
        """Whether an identity (CAWG) that takes the network to be confirmed is all that failed to hold."""
        codes = {problem.code for problem in self.problems} - {"signingCredential.untrusted"}
        return bool(codes) and not self.tampered and all(code.startswith("cawg.") for code in codes)

    def to_json(self) -> dict[str, Any]:
        """`c2pa` of the inspection (contract §3)."""
        return {
            "state": self.state,
            "label": self.label,
            "claim_generator": self.claim_generator,
            "signer": self.signer,
            "signed_at": self.signed_at,
            "remote_url": self.remote_url,
            "tampered": self.tampered,
            "trust_list": self.trust_list,
            "worst_ingredient": self.worst_ingredient,
            "problems": [{"code": p.code, "url": p.url, "explanation": p.explanation} for p in self.problems],
            "identities": [identity.to_json() for identity in self.identities],
            "product": None if self.product is None else self.product.to_json(),
        }

    @classmethod
    def from_json(cls, line: Mapping[str, Any]) -> C2paReading:
        """The reading behind a stored line; one written before a key was added lacks it."""
        product = line.get("product")
        return cls(
            **{k: v for k, v in line.items() if k not in {"problems", "identities", "product"}},
            problems=tuple(C2paProblem(**p) for p in line["problems"]),
            identities=tuple(
                C2paIdentity(i["kind"], i["issuer"], tuple(i["names"]), i["state"])
                for i in line.get("identities", ())
            ),
            product=None
            if product is None
            else C2paProduct(
                product["name"],
                product["organisation"],
                product["assurance_level"],
                tuple(product["must_not_claim"]),
                tuple(product["claimed"]),
            ),
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a declaration was read: the carrier, the key there, and the value as it stands."""

    claim: str
    value: str
    carrier: str
    key: str

    def to_json(self) -> dict[str, str]:
        """`ai.evidence[]` of the inspection (contract §3)."""
        return {"claim": self.claim, "value": self.value, "carrier": self.carrier, "key": self.key}


@dataclass(frozen=True, slots=True)
class Generation:
    """What one generator's own record says; `raw` is that record, kept whole.

    `unresolved` says why a field could not be had from a record that should hold it.
    """

    generator: str
    models: tuple[str, ...] = ()
    prompt: str | None = None
    negative_prompt: str | None = None
    seed: str | None = None
    settings: tuple[tuple[str, str], ...] = ()
    raw: str = ""
    carrier: str = ""
    key: str = ""
    unresolved: str | None = None


@dataclass(frozen=True, slots=True)
class Ai:
    """AI provenance as declared. A label always rests on `evidence`; pixels are never scored."""

    label: str = "none"
    digital_source_type: str | None = None
    generators: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    prompt: str | None = None
    negative_prompt: str | None = None
    seed: str | None = None
    share: float | None = None
    evidence: tuple[Evidence, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """`ai` of the inspection (contract §3)."""
        return {
            "label": self.label,
            "digital_source_type": self.digital_source_type,
            "generators": list(self.generators),
            "models": list(self.models),
            "prompt": self.prompt,
            "negative_prompt": self.negative_prompt,
            "seed": self.seed,
            "share": self.share,
            "evidence": [e.to_json() for e in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class Consent:
    """What the picture says of its use for AI training; `until` is an ISO 8601 date."""

    ai_training: str = "unspecified"
    until: str | None = None
    evidence: tuple[Evidence, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """`consent` of the inspection (contract §3)."""
        return {
            "ai_training": self.ai_training,
            "until": self.until,
            "evidence": [{"carrier": e.carrier, "key": e.key, "value": e.value} for e in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that Exif, XMP and IPTC do not say alike. `state` is `differs`, or `cut` where IPTC only holds the
    others' text up to its limit in bytes; `values` are those of each carrier.
    """

    id: str
    state: str
    values: tuple[tuple[str, Value], ...]

    def to_json(self) -> dict[str, Any]:
        """`sync.differences[]` of the inspection."""
        return {"id": self.id, "state": self.state, "values": dict(self.values)}


@dataclass(frozen=True, slots=True)
class Sync:
    """Whether the carriers that hold the same fields agree.

    `iim_digest` is whether the digest that writers of XMP leave beside the IIM fits it: `fits`, `differs` (IIM was
    changed by a program that knows no XMP), or None where there is none to compare. `compared` are the fields that
    stand in two or more of Exif, XMP and IPTC.
    """

    iim_digest: str | None = None
    compared: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """`sync` of the inspection."""
        return {
            "iim_digest": self.iim_digest,
            "compared": list(self.compared),
            "differences": [d.to_json() for d in self.differences],
        }

    @classmethod
    def from_json(cls, line: Mapping[str, Any] | None) -> Sync:
        """The finding behind a stored line; nothing compared in one written before there was any."""
        if line is None:
            return cls()
        return cls(
            line["iim_digest"],
            tuple(line["compared"]),
            tuple(Difference(d["id"], d["state"], tuple(d["values"].items())) for d in line["differences"]),
        )


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything one picture says about its origin.

    `fields` are canonical; `properties` also hold what has no canonical id. `width` and `height` are pixels as
    coded, before `orientation` (EXIF 1–8) is applied.
    """

    path: str | None
    sha256: str
    bytes: int
    format: str
    width: int | None
    height: int | None
    orientation: int | None
    frames: int | None
    carriers: tuple[Carrier, ...]
    fields: tuple[Field, ...]
    resolved: tuple[tuple[str, Value], ...]
    c2pa: C2paReading
    ai: Ai
    consent: Consent
    private: tuple[str, ...] = ()
    errors: tuple[Problem, ...] = ()
    properties: tuple[Property, ...] = field(default=(), compare=False)
    sync: Sync = field(default_factory=Sync)

    def to_json(self) -> dict[str, Any]:
        """The whole line of `creditline inspect --json` (contract §3)."""
        return {
            "schema": SCHEMA,
            "path": self.path,
            "sha256": self.sha256,
            "bytes": self.bytes,
            "format": self.format,
            "width": self.width,
            "height": self.height,
            "orientation": self.orientation,
            "frames": self.frames,
            "carriers": [c.to_json() for c in self.carriers],
            "fields": [f.to_json() for f in self.fields],
            "resolved": dict(self.resolved),
            "c2pa": self.c2pa.to_json(),
            "ai": self.ai.to_json(),
            "consent": self.consent.to_json(),
            "private": list(self.private),
            "errors": [e.to_json() for e in self.errors],
            "sync": self.sync.to_json(),
        }

    @classmethod
    def from_json(cls, line: Mapping[str, Any]) -> Inspection:
        """The inspection behind a stored line; what §3 does not print (`properties`, C2PA actions) is empty."""
        ai, consent = line["ai"], line["consent"]
        return cls(
            path=line["path"],
            sha256=line["sha256"],
            bytes=line["bytes"],
            format=line["format"],
            width=line["width"],
            height=line["height"],
            orientation=line["orientation"],
            frames=line["frames"],
            carriers=tuple(
                Carrier(c["carrier"], Presence(c["state"]), c["location"], c["bytes"], c["sha256"])
                for c in line["carriers"]
            ),
            fields=tuple(
                Field(f["id"], f["value"], f["carrier"], f["key"], f["category"], tuple(f["categories"]))
                for f in line["fields"]
            ),
            resolved=tuple(line["resolved"].items()),
            c2pa=C2paReading.from_json(line["c2pa"]),
            ai=Ai(
                **{k: v for k, v in ai.items() if k not in {"generators", "models", "evidence"}},
                generators=tuple(ai["generators"]),
                models=tuple(ai["models"]),
                evidence=tuple(Evidence(**e) for e in ai["evidence"]),
            ),
            consent=Consent(
                ai_training=consent["ai_training"],
                until=consent["until"],
                evidence=tuple(
                    Evidence("consent", e["value"], e["carrier"], e["key"]) for e in consent["evidence"]
                ),
            ),
            private=tuple(line["private"]),
            errors=tuple(Problem(e["code"], e["message"], e["carrier"]) for e in line["errors"]),
            sync=Sync.from_json(line.get("sync")),
        )
