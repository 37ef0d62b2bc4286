"""The shapes of answers of /api/v1, for its OpenAPI description: one schema for each thing that a handler sends."""

from __future__ import annotations

from typing import Any

from creditline.model.observation import STAGES

CODED = {"type": "string"}
_MAYBE = {"type": ["string", "null"]}
_NUMBER = {"type": "integer"}
_MAYBE_NUMBER = {"type": ["integer", "null"]}
THING = {"type": "object"}
_OUTCOMES = {
    "type": "object",
    "description": "Name → outcome → how often.",
    "additionalProperties": {"type": "object", "additionalProperties": _NUMBER},
}
_LIST = {"type": "array", "items": {"type": "object"}}


def _object(**members: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": members, "required": list(members)}


SCHEMAS: dict[str, Any] = {
    "Health": _object(name=CODED, version=CODED, status=CODED),
    "Problem": {
        "type": "object",
        "description": "RFC 9457; `code` is stable, `next_step` says what helps.",
        "properties": {
            "type": CODED,
            "title": CODED,
            "status": _NUMBER,
            "detail": CODED,
            "code": CODED,
            "next_step": CODED,
        },
        "required": ["type", "title", "status", "detail", "code"],
    },
    "Inspection": _object(
        schema={"const": "creditline/inspection/1"},
        path=_MAYBE,
        sha256=CODED,
        bytes=_NUMBER,
        format=CODED,
        width=_MAYBE_NUMBER,
        height=_MAYBE_NUMBER,
        orientation=_MAYBE_NUMBER,
        frames=_MAYBE_NUMBER,
        carriers=_LIST,
        fields=_LIST,
        resolved=THING,
        c2pa=THING,
        ai=THING,
        consent=THING,
        private={"type": "array", "items": CODED},
        errors=_LIST,
        sync=THING,
    ),
    "Audit": _object(
        schema={"const": "creditline/audit/1"},
        stages=THING,
        match=THING,
        carriers=_LIST,
        fields=_LIST,
        c2pa=THING,
        ai=THING,
        consent=THING,
        pixels=THING,
        summary=THING,
    ),
    "Observation": _object(
        schema={"const": "creditline/observation/1"},
        id=CODED,
        at=CODED,
        site=_MAYBE,
        account=_MAYBE,
        profile=_MAYBE,
        stage={"enum": list(STAGES)},
        role=CODED,
        form=_MAYBE,
        url=_MAYBE,
        filename=_MAYBE,
        sha256=_MAYBE,
        bytes=_MAYBE_NUMBER,
        format=_MAYBE,
        width=_MAYBE_NUMBER,
        height=_MAYBE_NUMBER,
        work=_MAYBE,
        via=CODED,
        exchange=_MAYBE,
        declared=THING,
        state=CODED,
        missed=_MAYBE,
        chain=_MAYBE,
        prev=_MAYBE,
    ),
    "Work": _object(
        id=CODED,
        at=CODED,
        title=_MAYBE,
        sha256=_MAYBE,
        thumbnail=_MAYBE,
        mine={"type": "boolean"},
        state=CODED,
        originals=_NUMBER,
        uploaded=_NUMBER,
        served=_NUMBER,
        exported=_NUMBER,
        audits=_NUMBER,
        last_seen=_MAYBE,
        sites={"type": "array", "items": CODED},
    ),
    "Site": _object(
        id=CODED,
        uploaded=_NUMBER,
        served=_NUMBER,
        works=_NUMBER,
        last_seen=CODED,
        audits=_NUMBER,
        lost=_NUMBER,
        fields=_OUTCOMES,
        carriers=_OUTCOMES,
        judgements=_OUTCOMES,
    ),
    "Scoreboard": _object(
        schema={"const": "creditline/scoreboard/1"},
        site=CODED,
        postings=_NUMBER,
        own_postings=_NUMBER,
        measurement_files=_NUMBER,
        last_seen=CODED,
        columns={"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Cell"}},
    ),
    "Cell": _object(
        level={"enum": ["kept", "sometimes", "removed", "not_measured"]},
        n=_NUMBER,
        lost=_NUMBER,
        low={"type": "number"},
        high={"type": "number"},
    ),
    "Label": _object(
        url=CODED,
        ref=_MAYBE,
        known={"type": "boolean"},
        work=_MAYBE,
        ai={"type": ["object", "null"]},
        creator={},
        credit_line={},
        copyright_notice={},
        license_url={},
        consent=_MAYBE,
        c2pa={"type": ["object", "null"]},
        removed={"type": "array", "items": CODED},
        restored={"type": "boolean"},
        original={"type": ["object", "null"]},
    ),
    "Labels": _object(labels={"type": "array", "items": {"$ref": "#/components/schemas/Label"}}),
    "Original": _object(schema={"const": "creditline/original/1"}, observation=_MAYBE, work=_MAYBE),
    "Screenshot": _object(schema={"const": "creditline/screenshot/1"}, observation=_MAYBE),
}


def _listing(name: str) -> dict[str, Any]:
    items = {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}
    return _object(schema={"const": f"creditline/{name.lower()}s/1"}, items=items, next=_MAYBE)


for _name in ("Observation", "Work", "Site", "Scoreboard"):
    SCHEMAS[f"{_name}s"] = _listing(_name)
